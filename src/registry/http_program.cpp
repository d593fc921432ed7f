#include "registry/http_program.h"

#include <system_error>
#include <utility>

#include "registry/http_messages.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"

namespace pullsecret {
namespace {

constexpr auto pause = std::chrono::milliseconds(100);

}  // namespace

std::filesystem::path http_program() {
  namespace fs = std::filesystem;
  const fs::path self = own_program();
  fs::path program = (self.parent_path() / PULLSECRET_HTTP_PROGRAM).lexically_normal();
  std::error_code failed;
  if (self.empty() || !fs::exists(program, failed))
    throw Error(place_of(program), "pullsecret's HTTP program is not there",
                "install pullsecret again: ./install.sh puts both where they find each other");
  return program;
}

HttpClient::HttpClient(const std::filesystem::path& program, HttpLimits limits)
    : name_(place_of(program)),
      conversation_(program, {std::to_string(limits.jobs), std::to_string(limits.timeout.count())},
                    max_http_message) {}

std::vector<HttpReply> HttpClient::exchange(const std::vector<HttpRequest>& requests,
                                            const Progress& progress) {
  for (std::size_t i = 0; i < requests.size(); ++i)
    conversation_.tell(format_http_request(i, requests[i]));
  std::vector<std::optional<HttpReply>> replies(requests.size());
  for (std::size_t done = 0, first_open = 0; done < requests.size();) {
    while (replies[first_open])
      ++first_open;
    if (progress) progress(done, requests.size(), requests[first_open].url);
    const auto line = conversation_.hear(pause);
    if (!line) continue;
    auto [number, reply] = parse_http_reply(*line);
    if (number >= replies.size() || replies[number])
      throw Error(name_, "it answered what it was not asked");
    replies[number] = std::move(reply);
    ++done;
  }
  std::vector<HttpReply> in_order;
  in_order.reserve(replies.size());
  for (auto& reply : replies)
    in_order.push_back(*std::move(reply));
  return in_order;
}

}  // namespace pullsecret
