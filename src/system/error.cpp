#include "system/error.h"

#include <cctype>
#include <cerrno>
#include <system_error>
#include <utility>

namespace pullsecret {

Error::Error(std::string place, std::string message, std::string hint)
    : std::runtime_error(place.empty() ? message : place + ": " + message),
      place_(std::move(place)),
      message_(std::move(message)),
      hint_(std::move(hint)) {}

std::string error_text(int error_number) {
  std::string text = std::generic_category().message(error_number);
  // "Is a directory" becomes "is a directory", but an acronym stays.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Error system_error(std::string place, std::string hint) {
  return {std::move(place), error_text(errno), std::move(hint)};
}

}  // namespace pullsecret
