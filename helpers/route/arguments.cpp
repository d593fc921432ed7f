#include "helpers/route/arguments.h"

#include <fmt/format.h>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

Error refused(const std::string& why) {
  return {"", why, "`docker-credential-route --help` lists what there is"};
}

}  // namespace

Arguments read_arguments(const std::vector<std::string>& arguments, std::size_t least,
                         std::size_t most, const std::set<std::string>& known) {
  Arguments read;
  for (const std::string& argument : arguments)
    if (known.contains(argument))
      read.options.insert(argument);
    else if (argument.starts_with('-') || read.words.size() == most)
      throw refused(fmt::format("unexpected argument: {}", printable(argument, 80)));
    else
      read.words.push_back(argument);
  if (read.words.size() < least) throw refused("arguments are missing");
  return read;
}

}  // namespace pullsecret
