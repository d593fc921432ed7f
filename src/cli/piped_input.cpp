#include "cli/piped_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "cli/command.h"
#include "credential/base64.h"
#include "system/error.h"
#include "system/file_descriptor.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t most = 64UL * 1024;  // as much as a pipe holds

std::string first_of(ssize_t size, std::string buffer) {
  buffer.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return buffer;
}

std::string peek_file() {
  std::string buffer(most, '\0');
  const ssize_t size =
      pread(STDIN_FILENO, buffer.data(), buffer.size(), lseek(STDIN_FILENO, 0, SEEK_CUR));
  return first_of(size, std::move(buffer));
}

// Nothing while it is open and empty.
std::optional<std::string> peek_pipe() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, 0) == 0) return std::nullopt;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const FileDescriptor out(ends[0]), in(ends[1]);
  const ssize_t copied = tee(STDIN_FILENO, in.get(), most, SPLICE_F_NONBLOCK);
  if (copied <= 0) return std::string();
  std::string buffer(most, '\0');
  const ssize_t size = read(out.get(), buffer.data(), buffer.size());
  return first_of(size, std::move(buffer));
}

// What a document begins with, and the rest of a script that a shell reads does not.
bool is_document(std::string_view text) {
  constexpr std::array<std::string_view, 8> starts{
      "{", "[", "---", "apiVersion:", "metadata:", "kind:", "data:", "items:"};
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

// As far as one can tell by its first bytes, of which the rest may be missing.
bool is_for_pullsecret(std::string_view text) {
  constexpr std::array<std::string_view, 7> words{
      "\"auths\"",  "\"credsStore\"", "\"credHelpers\"", ".dockerconfigjson",
      ".dockercfg", "image:",         "\"image\""};
  return is_document(trim(text)) &&
         std::any_of(words.begin(), words.end(), [&](std::string_view word) {
           return text.find(word) != std::string_view::npos;
         });
}

}  // namespace

PipedInput piped_input() {
  struct stat input {};
  if (fstat(STDIN_FILENO, &input) != 0 || (!S_ISFIFO(input.st_mode) && !S_ISREG(input.st_mode)))
    return PipedInput::nothing;
  const std::optional<std::string> text = S_ISREG(input.st_mode) ? peek_file() : peek_pipe();
  if (!text) return PipedInput::unknown;
  const auto decoded = decode_base64(trim(*text));
  return is_for_pullsecret(*text) || (decoded && is_for_pullsecret(*decoded)) ? PipedInput::config
                                                                              : PipedInput::nothing;
}

void refuse_piped_input(const Streams& streams, const std::string& hint, bool quiet) {
  const PipedInput input = piped_input();
  if (input == PipedInput::config)
    throw WrongUsage("", "what is piped in is read as - alone", hint);
  if (input == PipedInput::unknown && !quiet)
    print_note(streams, "standard input is a pipe, and is not read: " + hint);
}

}  // namespace pullsecret
