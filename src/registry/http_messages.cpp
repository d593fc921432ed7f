#include "registry/http_messages.h"

#include <cstdint>
#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "system/error.h"

namespace pullsecret {
namespace {

using Json = nlohmann::json;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Whatever is wrong with a message, the other end is not the program it should be.
template <typename Read>
auto read_message(std::string_view line, Read read) {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception&) {
    throw Error("", "a message of the HTTP program cannot be read",
                "it and pullsecret must be of the same version: install both again");
  }
}

Json headers_json(const std::vector<HttpHeader>& headers) {
  Json json = Json::array();
  for (const auto& [name, value] : headers)
    json.push_back({name, value});
  return json;
}

std::vector<HttpHeader> headers_in(const Json& json) {
  std::vector<HttpHeader> headers;
  for (const Json& header : json)
    headers.push_back({header.at(0).get<std::string>(), header.at(1).get<std::string>()});
  return headers;
}

// None that is less than 0 or has a fraction; a number as large as a float can be has no whole one.
std::uint64_t whole_number_in(const Json& json) {
  return json.get_ref<const std::uint64_t&>();
}

std::string path_or_empty(const std::optional<std::filesystem::path>& path) {
  return path ? path->string() : "";
}

std::optional<std::filesystem::path> path_in(const Json& json) {
  const auto& text = json.get_ref<const std::string&>();
  return text.empty() ? std::nullopt : std::optional<std::filesystem::path>(text);
}

Json trust_json(const TlsTrust& trust) {
  Json authorities = Json::array();
  for (const auto& file : trust.authorities)
    authorities.push_back(file.string());
  return {{"authorities", std::move(authorities)},
          {"certificate", path_or_empty(trust.client_certificate)},
          {"key", path_or_empty(trust.client_key)},
          {"anybody", trust.anybody}};
}

TlsTrust trust_in(const Json& json) {
  TlsTrust trust;
  for (const Json& file : json.at("authorities"))
    trust.authorities.emplace_back(file.get<std::string>());
  trust.client_certificate = path_in(json.at("certificate"));
  trust.client_key = path_in(json.at("key"));
  trust.anybody = json.at("anybody").get<bool>();
  return trust;
}

// An enumeration's value, which goes as its number.
template <typename Enumeration>
Enumeration value_in(const Json& json, Enumeration last) {
  const std::uint64_t number = whole_number_in(json);
  if (number > static_cast<std::uint64_t>(last))
    throw Json::other_error::create(501, "no such value", &json);
  return static_cast<Enumeration>(number);
}

HttpRequest request_in(const Json& json) {
  return {.method = value_in(json.at("method"), HttpMethod::post),
          .url = json.at("url").get<std::string>(),
          .headers = headers_in(json.at("headers")),
          .authorization = json.at("authorization").get<std::string>(),
          .form = json.at("form").get<std::string>(),
          .trust = trust_in(json.at("trust")),
          .may_be_private = json.at("may_be_private").get<bool>(),
          .wants_token = json.at("wants_token").get<bool>()};
}

HttpReply reply_in(const Json& json) {
  if (json.contains("failure"))
    return HttpFailure{value_in(json.at("failure"), HttpFailure::Kind::response),
                       json.at("message").get<std::string>(), json.at("host").get<std::string>(),
                       json.at("hint").get<std::string>()};
  return HttpResponse{.status = static_cast<int>(whole_number_in(json.at("status"))),
                      .headers = headers_in(json.at("headers")),
                      .body = json.at("body").get<std::string>(),
                      .redirect = json.at("redirect").get<std::string>(),
                      .is_private = json.at("is_private").get<bool>(),
                      .wants_certificate = json.at("wants_certificate").get<bool>()};
}

}  // namespace

std::string format_http_request(std::size_t number, const HttpRequest& request) {
  return line_of({{"number", number},
                  {"method", static_cast<int>(request.method)},
                  {"url", request.url},
                  {"headers", headers_json(request.headers)},
                  {"authorization", request.authorization},
                  {"form", request.form},
                  {"trust", trust_json(request.trust)},
                  {"may_be_private", request.may_be_private},
                  {"wants_token", request.wants_token}});
}

std::string format_http_reply(std::size_t number, const HttpReply& reply) {
  if (const auto* failure = std::get_if<HttpFailure>(&reply))
    return line_of({{"number", number},
                    {"failure", static_cast<int>(failure->kind)},
                    {"message", failure->message},
                    {"host", failure->host},
                    {"hint", failure->hint}});
  const auto& response = std::get<HttpResponse>(reply);
  return line_of({{"number", number},
                  {"status", response.status},
                  {"headers", headers_json(response.headers)},
                  {"body", response.body},
                  {"redirect", response.redirect},
                  {"is_private", response.is_private},
                  {"wants_certificate", response.wants_certificate}});
}

std::pair<std::size_t, HttpRequest> parse_http_request(std::string_view line) {
  return read_message(line, [](const Json& json) {
    return std::pair(whole_number_in(json.at("number")), request_in(json));
  });
}

std::pair<std::size_t, HttpReply> parse_http_reply(std::string_view line) {
  return read_message(line, [](const Json& json) {
    return std::pair(whole_number_in(json.at("number")), reply_in(json));
  });
}

}  // namespace pullsecret
