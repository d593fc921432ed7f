#include "registry/http/client.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "catch.h"
#include "support.h"
#include "system/child_program.h"
#include "system/file_descriptor.h"
#include "temporary_folder.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

bool has_openssl() {
  return std::system("command -v openssl >/dev/null") == 0;  // NOLINT(cert-env33-c)
}

/// OpenSSL's own server, which answers every request with a web page. Its certificate is for
/// 127.0.0.1, and signed by nobody but itself.
class TlsServer {
 public:
  TlsServer() : program_(start_program("/bin/sh", {"-c", script, folder_.path()}, std::nullopt)) {
    const std::string ready = "ACCEPT 127.0.0.1:";
    std::string said;
    std::size_t at = std::string::npos;
    while ((at = said.find(ready)) == std::string::npos ||
           said.find('\n', at) == std::string::npos) {
      pollfd descriptor{program_.output.get(), POLLIN, 0};
      poll(&descriptor, 1, -1);
      read_available(program_.output, said, 64UL * 1024);
      if (!program_.output.is_open()) FAIL("no server: " << said);
    }
    port_ = said.substr(at + ready.size(), said.find('\n', at) - at - ready.size());
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    kill(program_.process, SIGKILL);
    wait_status(program_.process);
  }

  std::string url(const std::string& host) const { return "https://" + host + ":" + port_ + "/"; }
  std::filesystem::path certificate() const { return folder_.path() / "certificate"; }

 private:
  static constexpr auto script = R"(cd "$0" && exec 2>&1 &&
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
      -subj /CN=test -addext subjectAltName=IP:127.0.0.1 -keyout key -out certificate &&
    exec openssl s_server -accept 127.0.0.1:0 -cert certificate -key key -www)";

  TemporaryFolder folder_;
  StartedProgram program_;
  std::string port_;
};

/// One that takes connections, and says nothing.
class SilentServer {
 public:
  SilentServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast)
    REQUIRE(bind(socket_.get(), any, size) == 0);
    REQUIRE(listen(socket_.get(), 8) == 0);
    REQUIRE(getsockname(socket_.get(), any, &size) == 0);
    port_ = ntohs(address.sin_port);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  FileDescriptor socket_;
  int port_ = 0;
};

HttpReply reply_to(const std::string& url, const TlsTrust& trust) {
  return HttpClient({}).exchange({{.url = url, .trust = trust}}).at(0);
}

int status_in(const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  return response == nullptr ? 0 : response->status;
}

std::optional<HttpFailure::Kind> failure_in(const HttpReply& reply) {
  const auto* failure = std::get_if<HttpFailure>(&reply);
  return failure == nullptr ? std::nullopt : std::optional(failure->kind);
}

}  // namespace

TEST_CASE("who is at the other end is believed by its certificate alone") {
  if (!has_openssl()) return skip("openssl is not there");
  const TlsServer server;
  const TlsTrust nobody, itself{.authorities = {server.certificate()}}, anybody{.anybody = true};
  CHECK(failure_in(reply_to(server.url("127.0.0.1"), nobody)) == HttpFailure::Kind::authority);
  CHECK(status_in(reply_to(server.url("127.0.0.1"), itself)) == 200);
  CHECK(failure_in(reply_to(server.url("localhost"), itself)) == HttpFailure::Kind::other_name);
  CHECK(status_in(reply_to(server.url("localhost"), anybody)) == 200);
}

TEST_CASE("requests are made side by side, and their replies are in their order") {
  if (!has_openssl()) return skip("openssl is not there");
  const TlsServer server;
  std::vector<HttpRequest> requests;
  requests.reserve(9);
  for (int i = 0; i < 9; ++i)
    requests.push_back({.url = i % 3 == 0 ? "ftp://127.0.0.1/" : server.url("127.0.0.1"),
                        .trust = {.anybody = true}});
  std::size_t most_done = 0;
  const auto progress = [&](std::size_t done, std::size_t total, const std::string& url) {
    most_done = std::max(most_done, done);
    CHECK(total == requests.size());
    CHECK(url == server.url("127.0.0.1"));
  };
  HttpClient client({.jobs = 2});
  const auto replies = client.exchange(requests, progress);
  REQUIRE(replies.size() == requests.size());
  for (std::size_t i = 0; i < replies.size(); ++i)
    CHECK(status_in(replies[i]) == (i % 3 == 0 ? 0 : 200));
  CHECK(most_done < requests.size());
  CHECK(client.exchange({}).empty());
}

TEST_CASE("a time limit for all is that of the requests together") {
  std::chrono::steady_clock::time_point now;
  const auto failure_after = [&](bool is_for_all, std::chrono::milliseconds passed) {
    HttpClient client({.timeout = 50s, .timeout_is_for_all = is_for_all}, [&] { return now; });
    now += passed;
    return std::get<HttpFailure>(client.exchange({{.url = "http://127.0.0.1:1/"}}).at(0));
  };
  CHECK(failure_after(true, 49s).kind == HttpFailure::Kind::connection);
  CHECK(failure_after(true, 50s).kind == HttpFailure::Kind::time);
  CHECK(failure_after(true, 73s).message ==
        "timed out: there is nothing left of 50000 ms to ask 127.0.0.1");
  CHECK(failure_after(false, 73s).kind == HttpFailure::Kind::connection);
}

TEST_CASE("a request that hangs has what those before it left of the time for all") {
  const SilentServer server;
  std::chrono::steady_clock::time_point now;
  HttpClient client({.timeout = 50s, .timeout_is_for_all = true}, [&] { return now; });
  now += 49'900ms;
  CHECK(std::get<HttpFailure>(client.exchange({{.url = server.url()}}).at(0)).message ==
        "timed out: 127.0.0.1 has not answered within 100 ms");
}

TEST_CASE("a certificate that cannot be read is a failure of its request alone") {
  const TlsTrust absent{.authorities = {"/nonexistent/ca.crt"}};
  CHECK(failure_in(reply_to("https://127.0.0.1:1/", absent)) == HttpFailure::Kind::file);
  CHECK(failure_in(reply_to("https://127.0.0.1:1/", {.anybody = true})) ==
        HttpFailure::Kind::connection);
}
