#include "cli/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

std::vector<std::string> names_of(const cxxopts::Options& options) {
  std::vector<std::string> names;
  for (const auto& option : options.group_help("").options)
    for (const std::string& name : option.l)
      names.push_back("--" + name);
  return names;
}

Error unmatched(const cxxopts::Options& options, const std::string& argument) {
  if (argument.size() < 2 || argument[0] != '-')
    return {"", "an argument too many: it belongs to no option",
            fmt::format("pullsecret help {}", options.program())};
  const std::string name = argument.substr(0, argument.find('='));
  return {"", fmt::format("unknown option {}", printable(name, 40)),
          fmt::format("the nearest is {}; pullsecret help {} has them all",
                      nearest(name, names_of(options)), options.program())};
}

}  // namespace

cxxopts::ParseResult parse_options(cxxopts::Options& options, const Arguments& arguments) {
  std::vector<const char*> words{"pullsecret"};
  for (const std::string& argument : arguments)
    words.push_back(argument.c_str());
  options.allow_unrecognised_options();
  try {
    cxxopts::ParseResult parsed = options.parse(static_cast<int>(words.size()), words.data());
    if (!parsed.unmatched().empty()) throw unmatched(options, parsed.unmatched().front());
    return parsed;
  } catch (const cxxopts::exceptions::missing_argument&) {
    // That is the last one: any other takes the word behind it. So it is no value.
    throw Error("", printable(arguments.back(), 40) + " needs an argument",
                fmt::format("pullsecret help {}", options.program()));
  } catch (const cxxopts::exceptions::exception&) {
    throw Error("", "the options cannot be read",
                fmt::format("pullsecret help {}", options.program()));
  }
}

std::vector<std::string> values_of(const cxxopts::ParseResult& parsed, const std::string& option) {
  if (parsed.count(option) == 0) return {};
  return parsed[option].as<std::vector<std::string>>();
}

std::optional<std::string> value_of(const cxxopts::ParseResult& parsed, const std::string& option) {
  if (parsed.count(option) == 0) return std::nullopt;
  return parsed[option].as<std::string>();
}

std::vector<std::pair<std::string, Image>> images_of(const cxxopts::ParseResult& parsed) {
  std::vector<std::pair<std::string, Image>> images;
  for (const std::string& name : values_of(parsed, "image"))
    images.emplace_back(name, with_place("--image", [&] { return parse_image(name); }));
  return images;
}

std::size_t choice_of(std::string_view option, std::string_view value,
                      const std::vector<std::string>& choices) {
  const auto choice = std::find(choices.begin(), choices.end(), value);
  if (choice == choices.end())
    throw Error(std::string(option), "it is one of " + join(choices, ", "));
  return static_cast<std::size_t>(choice - choices.begin());
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  return *std::min_element(candidates.begin(), candidates.end(),
                           [&](const std::string& a, const std::string& b) {
                             return edit_distance(word, a) < edit_distance(word, b);
                           });
}

}  // namespace pullsecret
