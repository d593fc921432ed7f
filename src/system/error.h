#pragma once

#include <stdexcept>
#include <string>

namespace pullsecret {

/// The one way anything here fails: what failed, where, and what to do about it.
///
/// All three are whole phrases for people, without capital and full stop, and never hold a secret.
/// Text from outside (a file, a helper's answer) goes in through printable() only, and into a
/// command of a hint through shell_word() or shell_operand(). A command stands in backticks where
/// the hint has other words, or gets them from who catches the Error.
class Error : public std::runtime_error {
 public:
  /// `place` is what the message is about: a file with line and column, a program, an option; it
  /// may be empty. `hint` is what to do next; it may be empty.
  Error(std::string place, std::string message, std::string hint = {});

  const std::string& place() const { return place_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }

 private:
  std::string place_, message_, hint_;
};

/// The Error for a system call that failed: the reason in words, from `errno`.
Error system_error(std::string place, std::string hint = {});

/// What `work` returns. An Error from it gets `place`; the one that it has comes behind that.
template <typename Work>
auto with_place(const std::string& place, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(place, error.what(), error.hint());
  }
}

/// What strerror(3) says of `error_number`, in the form of this project's messages: no capital.
std::string error_text(int error_number);

}  // namespace pullsecret
