#pragma once

#include <fnmatch.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/base64.h"
#include "registry/http.h"
#include "registry/origin.h"
#include "system/text.h"

// Registries and token servers as lines, for transcripts:
//
//   [METHOD ]URL  WHO  STATUS  [NAME: VALUE]  [BODY]
//
// with two spaces or more between the columns. The first line counts that fits; what fits none is
// answered by nobody. A `*` in a URL is
// anything. WHO is `nobody`, `USER:PASSWORD` in Basic or a form, a
// token, `subject TOKEN` of an exchange, what is posted as JSON, or `any`. `private` says that the
// answer came from a private address; the body `echo` is all that was sent.
class RegistryTable {
 public:
  void add(std::string_view line) {
    std::vector<std::string> columns;
    while (!(line = pullsecret::trim(line)).empty()) {
      const std::size_t end = std::min(line.find("  "), line.size());
      columns.emplace_back(line.substr(0, end));
      line.remove_prefix(end);
    }
    if (columns.size() > 2) rows_.push_back(std::move(columns));
  }

  pullsecret::HttpExchange exchange() {
    if (rows_.empty()) return {};
    return [this](const std::vector<pullsecret::HttpRequest>& requests) {
      std::vector<pullsecret::HttpReply> replies;
      replies.reserve(requests.size());
      for (const auto& request : requests)
        replies.push_back(reply_to(request));
      return replies;
    };
  }

  /// `METHOD URL  WHO` of each request since the last call.
  std::string take_log() { return std::exchange(log_, ""); }

 private:
  using Row = std::vector<std::string>;

  static std::string method_of(const pullsecret::HttpRequest& request) {
    using enum pullsecret::HttpMethod;
    return request.method == get ? "GET" : request.method == head ? "HEAD" : "POST";
  }

  static std::string decoded(std::string_view form) {
    std::string text;
    for (std::size_t at = 0; at < form.size(); ++at)
      if (form[at] != '%')
        text += form[at];
      else
        text += static_cast<char>(
            std::stoi(std::string(form.substr(std::exchange(at, at + 2) + 1, 2)), nullptr, 16));
    return text;
  }

  static std::string field(std::string_view form, std::string_view name) {
    const std::size_t at = form.find(name);
    if (at == std::string_view::npos) return "";
    const std::string_view value = form.substr(at + name.size());
    return decoded(value.substr(0, value.find('&')));
  }

  static std::string who_asks(const pullsecret::HttpRequest& request) {
    const std::string_view authorization = request.authorization;
    if (authorization.starts_with("Basic "))
      return pullsecret::decode_base64(authorization.substr(6)).value_or("?");
    if (authorization.starts_with("Bearer ")) return std::string(authorization.substr(7));
    if (request.form.empty()) return "nobody";
    if (request.form.starts_with('{')) return request.form;
    if (const std::string subject = field(request.form, "subject_token="); !subject.empty())
      return "subject " + subject;
    return field(request.form, "&username=") + ":" + field(request.form, "&password=");
  }

  static bool fits(const std::string& pattern, const std::string& text) {
    return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
  }

  static pullsecret::HttpResponse answer_of(const Row& row, const pullsecret::HttpRequest& request,
                                            const std::string& who) {
    pullsecret::HttpResponse answer{.status = std::stoi(row[2])};
    for (auto column = row.begin() + 3; column != row.end(); ++column) {
      const std::size_t colon = column->find(": ");
      const std::string name = column->substr(0, colon);
      if (*column == "private")
        answer.is_private = true;
      else if (*column == "echo")
        answer.body = fmt::format("{} {} {}", who, request.authorization, request.form);
      else if (name == "Location")
        answer.redirect = column->substr(colon + 2);
      else if (colon != std::string::npos && name.find_first_of("{< ") == std::string::npos)
        answer.headers.push_back({name, column->substr(colon + 2)});
      else
        answer.body = *column;
    }
    if (request.method == pullsecret::HttpMethod::head) answer.body.clear();
    return answer;
  }

  pullsecret::HttpReply reply_to(const pullsecret::HttpRequest& request) {
    const std::string who = who_asks(request), method = method_of(request);
    log_ += fmt::format("{} {}  {}\n", method, request.url, who);
    for (const Row& row : rows_)
      if ((fits(row[0], request.url) || fits(row[0], method + " " + request.url)) &&
          (row[1] == "any" || row[1] == who))
        return answer_of(row, request, who);
    const auto origin = pullsecret::origin_of(request.url);
    return pullsecret::HttpFailure{.message = "nobody is at " + request.url,
                                   .host = origin ? origin->authority() : ""};
  }

  std::vector<Row> rows_;
  std::string log_;
};
