#include "helpers/secretservice/bus_login.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "helpers/secretservice/secret_service_api.h"
#include "system/error.h"
#include "system/text.h"
#include "system/uninterrupted.h"

namespace pullsecret {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view line_end = "\r\n";

/// The bus until it is logged in to: it is told lines, and says lines.
class Greeting {
 public:
  Greeting(int socket, seconds limit)
      : socket_(socket), limit_(limit), deadline_(steady_clock::now() + limit) {}

  void say(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count =
          uninterrupted(send, socket_, text.data(), text.size(), static_cast<int>(MSG_NOSIGNAL));
      if (count < 0 && errno != EAGAIN) throw lost_bus_error();
      if (count < 0)
        wait(POLLOUT);
      else
        text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  // Its next line, which is all that it says before it is told more.
  std::string hear() const {
    std::string line;
    std::array<char, 256> buffer{};
    while (!line.ends_with(line_end)) {
      wait(POLLIN);
      const ssize_t count = uninterrupted(recv, socket_, buffer.data(), buffer.size(), 0);
      if (count < 0 && errno == EAGAIN) continue;
      if (count <= 0) throw lost_bus_error();
      line.append(buffer.data(), static_cast<std::size_t>(count));
      const std::size_t end = line.find('\n');
      const bool goes_on = end != std::string::npos && end + 1 < line.size();
      if (goes_on || line.size() > max_greeting) throw no_bus_error("what answers there is no bus");
    }
    return line.substr(0, line.size() - line_end.size());
  }

 private:
  void wait(short event) const {
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now());
    pollfd socket{socket_, event, 0};
    if (left <= milliseconds::zero() || poll(&socket, 1, static_cast<int>(left.count())) == 0)
      throw silent_bus_error(limit_);
  }

  int socket_;
  seconds limit_;
  steady_clock::time_point deadline_;
};

std::string own_user_in_hex() {
  std::string hex;
  for (const char digit : std::to_string(geteuid()))
    hex += fmt::format("{:02x}", static_cast<unsigned char>(digit));
  return hex;
}

}  // namespace

void log_in_to_bus(int socket, seconds limit) {
  const Greeting bus(socket, limit);
  bus.say(fmt::format("{}AUTH EXTERNAL {}{}", '\0', own_user_in_hex(), line_end));
  const std::string answer = bus.hear();
  if (!answer.starts_with("OK "))
    throw no_bus_error(fmt::format("it does not let this user in: {}", printable(answer, 80)));
  bus.say(fmt::format("BEGIN{}", line_end));
}

}  // namespace pullsecret
