#include "kubernetes/provider_request.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view request_kind = "CredentialProviderRequest";

constexpr std::array provider_api_versions{
    std::string_view("credentialprovider.kubelet.k8s.io/v1"),
    std::string_view("credentialprovider.kubelet.k8s.io/v1beta1"),
    std::string_view("credentialprovider.kubelet.k8s.io/v1alpha1")};

constexpr std::array request_fields{GoField{"kind", &go_string}, GoField{"apiVersion", &go_string},
                                    GoField{"image", &go_string},
                                    GoField{"serviceAccountToken", &go_string},
                                    GoField{"serviceAccountAnnotations", &go_string_map}};

Image image_of(const GoJsonReader& reader, const std::string& name) {
  if (name.empty()) throw Error(reader.file(), "the request names no image");
  try {
    return parse_image(name);
  } catch (const Error& error) {
    throw Error(reader.file(), fmt::format("image {}: {}", printable(name, 100), error.what()));
  }
}

// Of what is there twice each name counts once, and the last value: null empties the map.
std::map<std::string, std::string> annotations_in(const std::vector<JsonMember>& request) {
  std::map<std::string, std::string> annotations;
  for (const JsonMember& field : request) {
    if (!is_field(field.name, "serviceAccountAnnotations")) continue;
    if (kind_of(field.value) == JsonKind::null)
      annotations.clear();
    else
      for (const JsonMember& annotation : members_of(field.value))
        annotations[annotation.name] =
            kind_of(annotation.value) == JsonKind::null ? "" : decode_string(annotation.value);
  }
  return annotations;
}

}  // namespace

ProviderRequest read_provider_request(JsonText json) {
  const GoJsonReader reader(std::move(json), TextBehind::refused);
  if (reader.value().empty())
    throw Error(reader.file(), fmt::format("no {}: it is empty", request_kind));
  const auto members = reader.members_of_object(reader.value(), "the request");
  reader.check_fields(members, request_fields);
  const auto text_of = [&](std::string_view field) {
    return string_field(members, field).value_or("");
  };
  if (text_of("kind") != request_kind)
    throw Error(reader.file(), fmt::format("no {}: its kind is \"{}\"", request_kind,
                                           printable(text_of("kind"), 60)));
  ProviderRequest request{.api_version = text_of("apiVersion"), .image = {}};
  if (!is_provider_api_version(request.api_version))
    throw Error(reader.file(), fmt::format("its apiVersion \"{}\" is not known",
                                           printable(request.api_version, 60)));
  request.image = image_of(reader, text_of("image"));
  request.service_account_token = text_of("serviceAccountToken");
  request.service_account_annotations = annotations_in(members);
  return request;
}

std::string format_provider_request(const ProviderRequest& request) {
  JsonObjectWriter writer;
  writer.add_string("kind", request_kind);
  writer.add_string("apiVersion", request.api_version);
  writer.add_string("image", request.image.repository);
  if (!request.service_account_token.empty())
    writer.add_string("serviceAccountToken", request.service_account_token);
  if (!request.service_account_annotations.empty()) {
    JsonObjectWriter annotations;
    for (const auto& [key, value] : request.service_account_annotations)
      annotations.add_string(key, value);
    writer.add_value("serviceAccountAnnotations", annotations.text());
  }
  return writer.text() + "\n";
}

bool is_provider_api_version(const std::string& api_version) {
  return std::find(provider_api_versions.begin(), provider_api_versions.end(), api_version) !=
         provider_api_versions.end();
}

}  // namespace pullsecret
