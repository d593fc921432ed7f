// Feeds the reader of workloads: it returns or throws Error, no message has a control character,
// and what it finds is bounded and can be asked for.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "fuzz/require.h"
#include "kubernetes/pod_secrets.h"
#include "kubernetes/workloads.h"
#include "system/error.h"

using namespace pullsecret;

namespace {

void check(const Workloads& workloads) {
  require(workloads.images.size() <= max_workload_images);
  std::set<std::string> names;
  for (const auto& [name, image] : workloads.images) {
    require(names.insert(name).second && is_printable(name));
    require(image.repository.starts_with(image.registry_host + "/"));
    require(!image.reference.empty() && image.reference.find('/') == std::string::npos);
  }
  for (const InvalidImage& image : workloads.invalid_images)
    require(names.insert(image.name).second && is_printable(image.reason.what()));
  for (const Pod& pod : workloads.pods) {
    require(is_printable(pod.in_words()));
    for (const std::string& image : pod.images)
      require(names.contains(image));
  }
  for (const PassedOver& object : workloads.passed_over)
    require(!object.kind.empty() && is_printable(object.in_words));
  const PodJoin join({.secrets = {}, .accounts = workloads.accounts}, workloads.pods);
  for (const Pod& pod : workloads.pods)
    for (const PodSecrets& found : join.secrets_of(pod))
      for (const Remark& finding : found.findings)
        require(is_printable(finding.message) && is_printable(finding.hint));
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const JsonText source{"manifest", std::string(reinterpret_cast<const char*>(data), size)};
  try {
    check(read_workloads(read_documents(source, PlainScalars::typed)));
  } catch (const Error& error) {
    require(is_printable(error.what()) && is_printable(error.hint()));
  }
  return 0;
}
