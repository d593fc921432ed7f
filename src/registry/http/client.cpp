#include "registry/http/client.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "registry/origin.h"
#include "system/error.h"

namespace pullsecret {
namespace {

constexpr auto pause = std::chrono::milliseconds(100);

// ---- What libcurl has of credentials is wiped as it frees it: operator delete does (hardening.h).

void* allocate(std::size_t size) {
  return ::operator new(size, std::nothrow);
}

void release(void* memory) {
  ::operator delete(memory);
}

void* allocate_zeros(std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
  void* memory = allocate(bytes);
  return memory == nullptr ? nullptr : std::memset(memory, 0, bytes);
}

void* reallocate(void* memory, std::size_t size) {
  void* moved = allocate(size);
  if (memory == nullptr || moved == nullptr) return moved;
  std::memcpy(moved, memory, std::min(malloc_usable_size(memory), size));
  release(memory);
  return moved;
}

char* duplicate(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  void* memory = allocate(size);
  return static_cast<char*>(memory == nullptr ? nullptr : std::memcpy(memory, text, size));
}

CURLM* start_libcurl() {
  // A program that was built with a newer libcurl than this one's would give it options that it
  // does not know.
  const auto* libcurl = curl_version_info(CURLVERSION_NOW);
  if (libcurl->version_num < 0x075500)
    throw Error("",
                fmt::format("libcurl {} is too old: it must be 7.85 or newer", libcurl->version));
  // It would make libcurl write the keys of each connection into a file.
  unsetenv("SSLKEYLOGFILE");
  const bool is_ready = curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, release, reallocate,
                                             duplicate, allocate_zeros) == CURLE_OK;
  CURLM* multi = is_ready ? curl_multi_init() : nullptr;
  if (multi == nullptr) throw Error("", "libcurl cannot be used");
  return multi;
}

}  // namespace

HttpClient::HttpClient(HttpLimits limits, Clock clock)
    : limits_(limits), clock_(std::move(clock)), begun_(clock_()), multi_(start_libcurl()) {}

// What a request that begins now may take.
std::chrono::milliseconds HttpClient::time_left() const {
  if (!limits_.timeout_is_for_all) return limits_.timeout;
  return std::chrono::floor<std::chrono::milliseconds>(begun_ + limits_.timeout - clock_());
}

// The failure of one that cannot be begun.
std::optional<HttpReply> HttpClient::start(std::size_t number, const HttpRequest& request,
                                           Running& running) {
  if (auto refusal = refusal_of(request)) return refusal;
  const auto left = time_left();
  if (left.count() <= 0)  // which libcurl takes for no limit
    return HttpFailure{
        .kind = HttpFailure::Kind::time,
        .message = fmt::format("timed out: there is nothing left of {} ms to ask {}",
                               limits_.timeout.count(), origin_of(request.url)->host)};
  try {
    auto transfer = std::make_unique<Transfer>(number, request, left);
    CURL* handle = transfer->handle();
    curl_multi_add_handle(multi_.get(), handle);
    running.emplace(handle, std::move(transfer));
    return std::nullopt;
  } catch (const Error& error) {
    return file_failure(error);
  }
}

void HttpClient::take_replies(Running& running, std::vector<HttpReply>& replies) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode result = message->data.result;  // gone with the handle
    const auto ended = running.find(message->easy_handle);
    curl_multi_remove_handle(multi_.get(), ended->first);
    replies[ended->second->number()] = ended->second->reply(result, wanting_certificates_);
    running.erase(ended);
  }
}

std::vector<HttpReply> HttpClient::exchange(const std::vector<HttpRequest>& requests,
                                            const Progress& progress) {
  std::vector<HttpReply> replies(requests.size());
  Running running;
  std::size_t next = 0;
  while (true) {
    for (; next < requests.size() && running.size() < limits_.jobs; ++next)
      if (auto failure = start(next, requests[next], running)) replies[next] = *std::move(failure);
    if (running.empty()) return replies;
    if (progress)
      progress(next - running.size(), requests.size(),
               requests[running.begin()->second->number()].url);
    int count = 0;
    curl_multi_perform(multi_.get(), &count);
    take_replies(running, replies);
    const bool can_start = next < requests.size() && running.size() < limits_.jobs;
    if (!running.empty() && !can_start)
      curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(pause.count()), nullptr);
  }
}

}  // namespace pullsecret
