#include "kubernetes/image_triggers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "kubernetes/secret.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

const Tree& value_in(const Tree& object, const char* name) {
  static const Tree absent;
  if (!object.is_object()) return absent;
  const auto found = object.find(name);
  return found == object.end() ? absent : *found;
}

std::string text_in(const Tree& object, const char* name) {
  const Tree& value = value_in(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

std::string source_in_words(const Tree& from) {
  const std::string name_space = text_in(from, "namespace");
  return fmt::format("{} {}{}{}", text_in(from, "kind"), name_space, name_space.empty() ? "" : "/",
                     text_in(from, "name"));
}

void add_of_config(const Tree& object, std::vector<ImageTrigger>& triggers) {
  const Tree& given = value_in(value_in(object, "spec"), "triggers");
  if (!given.is_array()) return;
  for (const Tree& trigger : given) {
    const Tree& change = value_in(trigger, "imageChangeParams");
    const Tree& names = value_in(change, "containerNames");
    if (text_in(trigger, "type") != "ImageChange" || !names.is_array()) continue;
    for (const Tree& name : names)
      if (name.is_string())
        triggers.push_back({.container = name.get<std::string>(),
                            .source = source_in_words(value_in(change, "from"))});
  }
}

// The text between the two, of `containers[?(@.name=="web")].image` or `containers[0].image`.
std::optional<std::string_view> between(std::string_view text, std::string_view begin,
                                        std::string_view end) {
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + begin.size());
  return text.substr(0, text.find(end));
}

void add_of_annotation(const Tree& object, std::vector<ImageTrigger>& triggers) {
  const std::string text =
      text_in(value_in(value_in(object, "metadata"), "annotations"), "image.openshift.io/triggers");
  if (text.size() > max_annotations) return;  // the API server takes no more
  const Tree given = Tree::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!given.is_array()) return;
  for (const Tree& trigger : given) {
    ImageTrigger found{.source = source_in_words(value_in(trigger, "from"))};
    const std::string path = text_in(trigger, "fieldPath");
    const auto name = between(path, ".containers[?(@.name==", ")]");
    const auto position = between(path, ".containers[", "]");
    if (!position) continue;
    if (name) {
      found.container = *name;
      std::erase_if(found.container, [](char c) { return c == '"' || c == '\''; });
    } else if (std::from_chars(position->data(), position->data() + position->size(),
                               found.position)
                   .ec != std::errc()) {
      continue;
    }
    triggers.push_back(std::move(found));
  }
}

}  // namespace

std::vector<ImageTrigger> image_triggers(const nlohmann::json& object, std::string_view kind) {
  std::vector<ImageTrigger> triggers;
  if (kind == "DeploymentConfig")
    add_of_config(object, triggers);
  else
    add_of_annotation(object, triggers);
  return triggers;
}

const ImageTrigger* trigger_of(const std::vector<ImageTrigger>& triggers, std::string_view name,
                               std::size_t position) {
  const auto found =
      std::find_if(triggers.begin(), triggers.end(), [&](const ImageTrigger& trigger) {
        return trigger.container.empty() ? trigger.position == position : trigger.container == name;
      });
  return found == triggers.end() ? nullptr : &*found;
}

}  // namespace pullsecret
