#include "cli/options.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

// What people call an option that has another name here, as docker, kubectl, skopeo and podman do.
constexpr std::array<std::array<std::string_view, 5>, 6> same_meaning{{
    {"registry", "server", "host", "hostname", "url"},
    {"username", "user", "login"},
    {"output", "format", "json", "yaml"},
    {"config", "file", "filename", "authfile", "docker-config"},
    {"password-stdin", "pass", "token", "secret"},
    {"to", "use", "store", "creds-store"},
}};

struct KnownOption {
  std::string letter;  // empty: it has none
  std::string name;
  bool is_flag = false;
  bool is_offered = true;
};

std::vector<KnownOption> options_of(const cxxopts::Options& options) {
  std::vector<KnownOption> known;
  for (const auto& option : options.group_help("").options)
    if (!option.l.empty())
      known.push_back({option.s, option.l.front(), option.is_boolean, option.desc != not_offered});
  return known;
}

bool is_alike(std::string_view a, std::string_view b) {
  return std::any_of(same_meaning.begin(), same_meaning.end(), [&](const auto& names) {
    const auto has = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return has(a) && has(b);
  });
}

// The option that is meant by `name`, if one can tell.
std::optional<std::string> meant_option(const std::vector<KnownOption>& known,
                                        const std::string& name) {
  std::vector<std::string> names;
  for (const KnownOption& option : known)
    if (option.is_offered) names.push_back(option.name);
  if (auto near = nearest(name, names)) return near;
  const auto alike = std::find_if(names.begin(), names.end(), [&](const std::string& candidate) {
    return is_alike(name, candidate);
  });
  return alike == names.end() ? std::nullopt : std::optional(*alike);
}

Error unknown_option(const cxxopts::Options& options, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::size_t dashes = std::min(name.find_first_not_of('-'), name.size());
  const auto meant = meant_option(options_of(options), name.substr(dashes));
  return {"", fmt::format("unknown option {}", printable(name, 40)),
          (meant ? fmt::format("the nearest is --{}; ", *meant) : "") +
              fmt::format("pullsecret help {} has them all", options.program())};
}

// `ghcr.io`, `localhost:5000/app`: not a word that could be anything.
bool is_registry_or_image(const std::string& argument) {
  const std::string host = argument.substr(0, argument.find('/'));
  if (host.find_first_of(".:") == std::string::npos) return false;
  try {
    parse_image(argument);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// What people leave out before a registry or an image. No command that has these options is ever
// given a password.
std::string option_for(const std::vector<KnownOption>& known, const std::string& argument) {
  const auto has = [&](std::string_view name) {
    return std::any_of(known.begin(), known.end(), [&](const KnownOption& option) {
      return option.is_offered && option.name == name;
    });
  };
  if (!has("registry")) return {};
  return has("image") && argument.find('/') != std::string::npos ? "--image" : "--registry";
}

Error unexpected_argument(const cxxopts::Options& options, const std::string& argument) {
  const std::string option = option_for(options_of(options), argument);
  if (option.empty() || !is_registry_or_image(argument))
    return {"", "an argument too many: it belongs to no option",
            fmt::format("pullsecret help {}", options.program())};
  return {printable(argument, 100), "an argument too many: it belongs to no option",
          fmt::format("pullsecret {} {} {}", options.program(), option, shell_word(argument))};
}

Error unmatched(const cxxopts::Options& options, const std::string& argument) {
  const bool is_option = argument.size() > 1 && argument[0] == '-';
  return is_option ? unknown_option(options, argument) : unexpected_argument(options, argument);
}

// cxxopts takes letters and digits alone for the value of `-nVALUE`, and no `-n=VALUE`; `-n VALUE`
// says the same. What is an option's value already stays as it is.
std::vector<std::string> with_split_letters(const std::vector<KnownOption>& known,
                                            const Arguments& arguments) {
  std::vector<std::string> words;
  bool is_value = false, is_past_options = false;
  for (const std::string& argument : arguments) {
    is_past_options = is_past_options || (argument == "--" && !is_value);
    const auto option = std::find_if(known.begin(), known.end(), [&](const KnownOption& candidate) {
      return !candidate.is_flag &&
             (argument == "--" + candidate.name ||
              (!candidate.letter.empty() && argument.starts_with("-" + candidate.letter)));
    });
    const bool is_option = option != known.end() && !is_value && !is_past_options;
    const bool has_value = is_option && argument[1] != '-' && argument.size() > 2;
    words.push_back(has_value ? argument.substr(0, 2) : argument);
    if (has_value) words.push_back(argument.substr(argument[2] == '=' ? 3 : 2));
    is_value = is_option && !has_value;
  }
  return words;
}

// All options but flags take any text, so that a flag has a value which is neither true nor false.
Error refused_flag_value(const cxxopts::Options& options, const std::vector<std::string>& words) {
  const std::string hint = fmt::format("pullsecret help {}", options.program());
  for (const KnownOption& option : options_of(options))
    for (const std::string& word : words)
      if (option.is_flag && word.starts_with("--" + option.name + "="))
        return {"--" + option.name, "it takes no value but true and false", hint};
  return {"", "an option has a value that it does not take", hint};
}

}  // namespace

cxxopts::ParseResult parse_options(cxxopts::Options& options, const Arguments& arguments) {
  const std::vector<KnownOption> known = options_of(options);
  const std::vector<std::string> words = with_split_letters(known, arguments);
  std::vector<const char*> pointers{"pullsecret"};
  for (const std::string& word : words)
    pointers.push_back(word.c_str());
  options.allow_unrecognised_options();
  try {
    cxxopts::ParseResult parsed = options.parse(static_cast<int>(pointers.size()), pointers.data());
    if (!parsed.unmatched().empty()) throw unmatched(options, parsed.unmatched().front());
    return parsed;
  } catch (const cxxopts::exceptions::missing_argument&) {
    // That is the last one: any other takes the word behind it. So it is no value.
    throw Error("", printable(words.back(), 40) + " needs an argument",
                fmt::format("pullsecret help {}", options.program()));
  } catch (const cxxopts::exceptions::incorrect_argument_type&) {
    throw refused_flag_value(options, words);
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

std::size_t choice_of(std::string_view option, std::string_view value,
                      const std::vector<std::string>& choices) {
  const auto choice = std::find(choices.begin(), choices.end(), value);
  if (choice == choices.end())
    throw Error(std::string(option), "it is one of " + join(choices, ", "));
  return static_cast<std::size_t>(choice - choices.begin());
}

std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates) {
  constexpr std::size_t most_edits = 2, least_prefix = 2;
  const auto longer =
      std::find_if(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
        return word.size() >= least_prefix && candidate.starts_with(word);
      });
  if (longer != candidates.end()) return *longer;
  const auto closest = std::min_element(candidates.begin(), candidates.end(),
                                        [&](const std::string& a, const std::string& b) {
                                          return edit_distance(word, a) < edit_distance(word, b);
                                        });
  if (closest == candidates.end()) return std::nullopt;
  const std::size_t edits = edit_distance(word, *closest);
  return edits <= most_edits && edits < word.size() ? std::optional(*closest) : std::nullopt;
}

}  // namespace pullsecret
