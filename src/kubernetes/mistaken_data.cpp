#include "kubernetes/mistaken_data.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "credential/base64.h"
#include "credential/go_json_reader.h"
#include "credential/unfilled_template.h"
#include "kubernetes/pull_data.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::optional<MistakenData> text_of_template(std::string_view text) {
  const TemplateMark* mark = find_template_mark(text);
  if (mark == nullptr) return std::nullopt;
  return MistakenData{in_words("a text that", *mark), std::string(mark->way.secrets)};
}

// A quote behind `"{` ends the string, which is no JSON with it.
bool has_unescaped_object(std::string_view text) {
  for (std::size_t at = 0; (at = text.find("\"{", at)) != std::string_view::npos; at += 2)
    if (trim(text.substr(at + 2)).starts_with('"')) return true;
  return false;
}

// The data itself, or base64 of it.
bool is_pull_data(const std::string& text) {
  if (type_of_data(text)) return true;
  const auto decoded = decode_base64(trim(text));
  return decoded && type_of_data(*decoded);
}

bool is_wrapped_in(std::string_view value) {
  if (kind_of(value) == JsonKind::string) return is_pull_data(decode_string(value));
  return kind_of(value) == JsonKind::object &&
         type_of_data(std::string(value)) == SecretType::dockerconfigjson;
}

std::optional<MistakenData> wrapped_in(const JsonMember& member) {
  if (!is_wrapped_in(member.value)) return std::nullopt;
  if (is_field(member.name, "auths"))
    return MistakenData{"JSON in a JSON string that is in \"auths\"",
                        "\"auths\" is an object: leave out one toJson, jsonencode or the like"};
  return MistakenData{
      fmt::format("a config.json that is in the member \"{}\" of another object, as stores of "
                  "secrets give it out",
                  printable(member.name, 60)),
      "what that member has is the data, with nothing around it"};
}

}  // namespace

std::optional<MistakenData> mistaken_data(const std::string& text) {
  const std::string_view bare = trim(text);
  if (bare.starts_with("-----BEGIN "))
    return MistakenData{"a certificate or key in PEM, and no login",
                        "the nodes read a registry's certificate, from containerd's certs.d; a "
                        "pull secret has a username and a password"};
  if (bare.starts_with("b'") || bare.starts_with("b\""))
    return MistakenData{"what Python prints of bytes",
                        "leave out the b and the quotes, as .decode() does"};
  if (bare.starts_with('"') || bare.starts_with('\''))
    return bare.find('{') != std::string_view::npos
               ? MistakenData{"JSON in a JSON string",
                              "leave out one toJson, jsonencode or the like; jq prints it with -r"}
               : MistakenData{"a text in quotes", "leave out the quotes; jq prints none with -r"};
  if (has_unescaped_object(bare) && find_json_fault({"", text}))
    return MistakenData{"JSON with a service account's key in it that is not escaped",
                        "`pullsecret create --server HOST --username _json_key --password-file "
                        "key.json` writes it right"};
  return text_of_template(bare);
}

MistakenData mistaken_base64(const std::string& value) {
  const auto without = [&](std::string_view characters) {
    std::string text(trim(value));
    std::erase_if(text, [&](char c) { return characters.find(c) != std::string_view::npos; });
    return text;
  };
  if (decode_base64(without(" ")))
    return {"", "it has spaces in it: write the value with | in place of >"};
  if (trim(value).starts_with('{') && !trim(value).starts_with("{{"))
    return {"", "plain text belongs in \"stringData\""};
  if (const auto mistaken = mistaken_data(value)) return *mistaken;
  if (std::string padded = without("=\r\n");
      decode_base64(padded.append((4 - padded.size() % 4) % 4, '=')))
    return {"base64 whose padding is wrong",
            "base64 ends in as many = as make its length a "
            "multiple of four; something may be cut off"};
  if (decode_url_base64(trim(value)) || decode_unpadded_url_base64(trim(value)))
    return {"base64 for URLs", "take + and / in place of - and _"};
  return {"", "it has to be base64 of a config.json, as `base64 -w 0 config.json` prints it"};
}

std::optional<MistakenData> wrapped_data(const std::string& text) {
  if (!trim(text).starts_with('{')) return std::nullopt;
  try {
    const GoJsonReader json({"", text}, TextBehind::ignored);
    for (const JsonMember& member : members_of(json.value()))
      if (auto wrapped = wrapped_in(member)) return wrapped;
  } catch (const Error&) {
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace pullsecret
