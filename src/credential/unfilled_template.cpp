#include "credential/unfilled_template.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "credential/json_syntax.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr WayToFill way_of_helm{
    "give the value that is missing, and look at what comes of it: `helm template . | pullsecret "
    "inspect`",
    "give the value that is missing, and look at what comes of it: `helm template . | pullsecret "
    "check --images-in -`"};
constexpr WayToFill way_of_variables{
    "set the variables, and look at what comes of them: `envsubst <FILE | pullsecret inspect`",
    "set the variables, and look at what comes of them: `envsubst <FILE | pullsecret check "
    "--images-in -`"};
constexpr WayToFill way_of_kustomize{
    "put the value in, and look at what comes of it: `kubectl kustomize . | pullsecret inspect`",
    "put the value in, and look at what comes of it: `kubectl kustomize . | pullsecret check "
    "--images-in -`"};
// In a manifest it is kustomize's, elsewhere any shell's or pipeline's.
constexpr WayToFill way_of_parentheses{way_of_variables.secrets, way_of_kustomize.images};
// Build systems fill it in, each its own.
constexpr WayToFill way_of_sed{
    "put the value in, and look at what comes of it: `sed 's|MARK|VALUE|g' FILE | pullsecret "
    "inspect`",
    "put the value in, and look at what comes of it: `sed 's|MARK|VALUE|g' FILE | pullsecret check "
    "--images-in -`"};
constexpr WayToFill ways_of_sops{way_of_sops, "`sops -d FILE | pullsecret check --images-in -`"};

// The first that fits counts.
constexpr std::array marks{
    TemplateMark{.words = "SOPS's ENC[…]",
                 .way = ways_of_sops,
                 .begin = "ENC[",
                 .end = "]",
                 .is_alone = true},
    // What Go's fmt and text/template print where there is no value.
    TemplateMark{.words = "%!s(…)", .way = way_of_helm, .begin = "%!s(", .end = ")"},
    TemplateMark{.words = "%!v(…)", .way = way_of_helm, .begin = "%!v(", .end = ")"},
    TemplateMark{.words = "%!d(…)", .way = way_of_helm, .begin = "%!d(", .end = ")"},
    TemplateMark{.words = "%!q(…)", .way = way_of_helm, .begin = "%!q(", .end = ")"},
    TemplateMark{.words = "%!(…)", .way = way_of_helm, .begin = "%!(", .end = ")"},
    TemplateMark{.words = "<no value>", .way = way_of_helm, .begin = "<no value>"},
    TemplateMark{.words = "<nil>", .way = way_of_helm, .begin = "<nil>"},
    TemplateMark{.words = "{{ … }}", .way = way_of_helm, .begin = "{{", .end = "}}"},
    TemplateMark{
        .words = "${…}", .way = way_of_variables, .begin = "${", .end = "}", .is_name = true},
    TemplateMark{.words = "#{…}", .way = way_of_sed, .begin = "#{", .end = "}", .is_name = true},
    TemplateMark{
        .words = "$(…)", .way = way_of_parentheses, .begin = "$(", .end = ")", .is_alone = true},
    TemplateMark{.words = "$NAME",
                 .way = way_of_variables,
                 .may_be_meant = true,
                 .begin = "$",
                 .is_alone = true,
                 .is_name = true},
    TemplateMark{.words = "%NAME%",
                 .way = way_of_sed,
                 .may_be_meant = true,
                 .begin = "%",
                 .end = "%",
                 .is_alone = true,
                 .is_name = true},
    TemplateMark{.words = "@NAME@",
                 .way = way_of_sed,
                 .may_be_meant = true,
                 .begin = "@",
                 .end = "@",
                 .is_alone = true,
                 .is_name = true},
    TemplateMark{.words = "__NAME__",
                 .way = way_of_sed,
                 .may_be_meant = true,
                 .begin = "__",
                 .end = "__",
                 .is_alone = true,
                 .is_name = true},
    TemplateMark{
        .words = "((…))", .way = way_of_kustomize, .begin = "((", .end = "))", .is_alone = true},
    // Argo CD's Vault plugin, Bank-Vaults, vals, 1Password.
    TemplateMark{.words = "<path:…>", .way = way_of_kustomize, .begin = "<path:", .end = ">"},
    TemplateMark{.words = "vault:…", .way = way_of_kustomize, .begin = "vault:", .is_alone = true},
    TemplateMark{.words = "ref+…", .way = way_of_kustomize, .begin = "ref+", .is_alone = true},
    TemplateMark{.words = "op://…", .way = way_of_kustomize, .begin = "op://", .is_alone = true},
    TemplateMark{.words = "<…>",
                 .way = way_of_kustomize,
                 .may_be_meant = true,
                 .begin = "<",
                 .end = ">",
                 .is_alone = true}};

constexpr TemplateMark word_mark{
    .words = "a word such as REPLACE_ME", .way = way_of_kustomize, .may_be_meant = true};

constexpr TemplateMark mask_mark{
    .words = "a mask such as ***", .way = way_of_kustomize, .may_be_meant = true};

// In lower case, without what stands between words. Programs print some of them where a value is
// missing.
constexpr std::array<std::string_view, 11> words{"null",   "none",        "nil",     "undefined",
                                                 "todo",   "tbd",         "fixme",   "redacted",
                                                 "masked", "placeholder", "changeit"};
constexpr std::array<std::string_view, 20> beginnings{
    "replaceme",    "replacewith", "replacethis", "changeme",   "changethis",
    "tobereplaced", "insertyour",  "enteryour",   "putyour",    "addyour",
    "youruser",     "yourpass",    "yourtoken",   "youraccess", "yourname",
    "youremail",    "yourgithub",  "yourgitlab",  "yourdocker", "yourregistry"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.:-").find(c) != std::string_view::npos;
}

// In lower case it may as well be a password.
bool is_shouted_name(std::string_view text) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return (text.front() == '_' || is_upper(text.front())) && lower_case(text) != text &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_name_character(c) && (c < 'a' || c > 'z'); });
}

bool fits_alone(std::string_view text, const TemplateMark& mark) {
  if (text.size() <= mark.begin.size() + mark.end.size() || !text.starts_with(mark.begin) ||
      !text.ends_with(mark.end))
    return false;
  const std::string_view inner =
      text.substr(mark.begin.size(), text.size() - mark.begin.size() - mark.end.size());
  if (inner.find_first_of("<>\n") != std::string_view::npos) return false;
  return !mark.is_name || is_shouted_name(inner);
}

// Reads the text once, whatever stands in it.
bool fits_anywhere(std::string_view text, const TemplateMark& mark) {
  std::size_t at = 0;
  while ((at = text.find(mark.begin, at)) != std::string_view::npos) {
    at += mark.begin.size();
    if (!mark.is_name) return text.find(mark.end, at) != std::string_view::npos;
    const std::size_t first = at;
    while (at < text.size() && is_name_character(text[at]))
      ++at;
    if (at > first && text.substr(at).starts_with(mark.end)) return true;
  }
  return false;
}

// Whether a mark that else stands alone is a part of `name`.
bool fits_in_name(std::string_view name, const TemplateMark& mark) {
  if (mark.end.empty()) return false;
  const std::size_t begin = name.find(mark.begin);
  if (begin == std::string_view::npos) return false;
  const std::size_t inner = begin + mark.begin.size(), end = name.find(mark.end, inner);
  if (end == std::string_view::npos) return false;
  const std::string_view named = name.substr(inner, end - inner);
  return std::any_of(named.begin(), named.end(), is_name_character) &&
         fits_alone(name.substr(begin, end + mark.end.size() - begin), mark);
}

constexpr std::size_t longest_word = 100;

bool is_mask(std::string_view text) {
  return text.size() > 2 && text.size() <= longest_word &&
         std::string_view("*xX").find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(text.front()) == std::string_view::npos;
}

bool is_placeholder_word(std::string_view text) {
  if (text.empty() || text.size() > longest_word) return false;
  std::string bare = lower_case(text);
  std::erase_if(bare,
                [](char c) { return c == '_' || c == '-' || c == ' ' || c == '[' || c == ']'; });
  return std::find(words.begin(), words.end(), bare) != words.end() ||
         std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return bare.starts_with(beginning); });
}

}  // namespace

const TemplateMark* find_template_mark(std::string_view text) {
  text = trim(text);
  if (text.starts_with('{') && !find_json_fault({"", std::string(text)})) return nullptr;
  for (const TemplateMark& mark : marks)
    if (mark.is_alone ? fits_alone(text, mark) : fits_anywhere(text, mark)) return &mark;
  if (is_mask(text)) return &mask_mark;
  return is_placeholder_word(text) ? &word_mark : nullptr;
}

const TemplateMark* find_template_mark_in_name(std::string_view name) {
  if (const TemplateMark* mark = find_template_mark(name)) return mark;
  for (const TemplateMark& mark : marks)
    if (mark.is_alone && fits_in_name(name, mark)) return &mark;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find_first_of("/:@"), name.size());
    const std::string_view part = name.substr(0, end);
    if (const TemplateMark* mark = find_template_mark(part);
        mark != nullptr && std::any_of(part.begin(), part.end(), is_name_character))
      return mark;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return nullptr;
}

std::string in_words(std::string_view what, const TemplateMark& mark) {
  return fmt::format("{} has {} in it: nobody has put the value there", what, mark.words);
}

}  // namespace pullsecret
