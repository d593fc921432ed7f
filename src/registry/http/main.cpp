// pullsecret-http JOBS TIMEOUT: makes the requests that stand on standard input and writes what
// comes of them to standard output, as registry/http_messages.h says; JOBS at once, each within
// TIMEOUT milliseconds. It ends with its input. Started by pullsecret check.

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "registry/http/transfer.h"
#include "registry/http_messages.h"
#include "system/error.h"
#include "system/file.h"
#include "system/process.h"
#include "system/started_program.h"

namespace {

using namespace pullsecret;

/// Requests that wait and run, over one libcurl "multi" handle, which keeps the connections.
class Transfers {
 public:
  Transfers(std::size_t jobs, std::chrono::milliseconds timeout) : jobs_(jobs), timeout_(timeout) {}

  void add(std::string_view line) {
    auto [number, request] = parse_http_request(line);
    waiting_.emplace_back(number, std::move(request));
  }

  bool has_work() const { return !waiting_.empty() || !running_.empty(); }

  /// Starts what may run, and writes the replies of what has ended; until what waits, if anything,
  /// waits for what runs.
  void step() {
    do {
      for (; !waiting_.empty() && running_.size() < jobs_; waiting_.pop_front())
        start(waiting_.front().first, waiting_.front().second);
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
        if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
    } while (!waiting_.empty() && running_.size() < jobs_);
  }

  /// Waits until there is something to do, or to read on `descriptor`, if that is not -1.
  void wait(int descriptor) {
    curl_waitfd input{descriptor, CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi_.get(), &input, descriptor == -1 ? 0 : 1, INT_MAX, nullptr);
  }

 private:
  struct MultiCleanup {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };

  static void write(std::size_t number, const HttpReply& reply) {
    write_all(STDOUT_FILENO, "standard output", format_http_reply(number, reply) + "\n");
  }

  void start(std::size_t number, const HttpRequest& request) {
    if (const auto refusal = refusal_of(request)) return write(number, *refusal);
    try {
      auto transfer = std::make_unique<Transfer>(number, request, timeout_);
      CURL* handle = transfer->handle();
      curl_multi_add_handle(multi_.get(), handle);
      running_.emplace(handle, std::move(transfer));
    } catch (const Error& error) {
      write(number, file_failure(error));
    }
  }

  void end(CURL* handle, CURLcode result) {
    const auto ended = running_.find(handle);
    curl_multi_remove_handle(multi_.get(), handle);
    write(ended->second->number(), ended->second->reply(result, wanting_certificates_));
    running_.erase(ended);
  }

  std::size_t jobs_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<CURLM, MultiCleanup> multi_{curl_multi_init()};
  std::deque<std::pair<std::size_t, HttpRequest>> waiting_;
  std::map<CURL*, std::unique_ptr<Transfer>> running_;
  std::set<std::string> wanting_certificates_;  // hosts, with port
};

void serve(Transfers& transfers) {
  FileDescriptor input(dup(STDIN_FILENO));
  fcntl(input.get(), F_SETFL, O_NONBLOCK);
  std::string text;
  while (input.is_open() || transfers.has_work()) {
    if (input.is_open()) read_available(input, text, 2 * max_http_message);
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1))
      transfers.add(std::string_view(text).substr(0, end));
    if (text.size() > max_http_message) throw Error("", "a line of its input is too long");
    transfers.step();
    if (input.is_open() || transfers.has_work()) transfers.wait(input.get());
  }
}

long number_in(std::string_view text) {
  long number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number < 1)
    throw Error("", "usage: pullsecret-http JOBS TIMEOUT, started by pullsecret check");
  return number;
}

// A program that was built with a newer libcurl than this one's would give it options that it does
// not know.
void check_version() {
  const auto* libcurl = curl_version_info(CURLVERSION_NOW);
  if (libcurl->version_num < 0x075500)
    throw Error("",
                fmt::format("libcurl {} is too old: it must be 7.85 or newer", libcurl->version));
}

int run(int argc, char** argv) {
  try {
    const long jobs = number_in(argc == 3 ? argv[1] : ""),
               timeout = number_in(argc == 3 ? argv[2] : "");
    // It would make libcurl write the keys of each connection into a file.
    unsetenv("SSLKEYLOGFILE");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      throw Error("", "libcurl cannot be used");
    check_version();
    Transfers transfers(static_cast<std::size_t>(jobs), std::chrono::milliseconds(timeout));
    serve(transfers);
    return 0;
  } catch (const Error& error) {
    write_all(STDERR_FILENO, "standard error", std::string(error.what()) + "\n");
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  harden_process();
  const int status = run(argc, argv);
  wipe_stack();
  std::_Exit(status);  // the system frees at once what OpenSSL would free bit by bit
}
