#include "cli/read_pull_secrets.h"

#include "cli/image_options.h"
#include "kubernetes/documents.h"
#include "operations/inspect.h"

namespace pullsecret {

std::vector<InspectedSecret> read_pull_secrets(const std::string& file, const Streams& streams) {
  auto [secrets, notices] =
      pull_secrets_in(read_file_or_input(file, max_manifest_size), streams.now);
  print_notices(streams, notices);
  return std::move(secrets);
}

}  // namespace pullsecret
