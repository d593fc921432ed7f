#include "registry/http/certificate_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/file_descriptor.h"
#include "system/text.h"

namespace pullsecret {

std::string read_certificates(const std::filesystem::path& file) {
  const FileDescriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!descriptor.is_open() || fstat(descriptor.get(), &status) != 0)
    throw system_error(place_of(file), "see who may read it");
  if (!S_ISREG(status.st_mode))
    throw Error(place_of(file), "it is no regular file",
                "put the certificate or key itself there, as PEM");
  if (status.st_size > static_cast<off_t>(max_certificates))
    throw Error(place_of(file),
                fmt::format("it has more than {}, which is no certificate or key",
                            size_in_words(max_certificates)),
                "put the certificate or key alone there, as PEM");
  return read_all(descriptor.get(), place_of(file), max_certificates);
}

}  // namespace pullsecret
