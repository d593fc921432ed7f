#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"

namespace pullsecret {

enum class WordRole { option, value, operand };

/// What one word of a command line says, or a part of one: `-n=VALUE` is an option and its value.
struct Word {
  WordRole role;
  std::string text;                ///< `--name` or `-n`; the value; the operand
  const Option* option = nullptr;  ///< that of an option or a value, in the command
};

/// What `arguments` say to `command`, in kubectl's ways: `-n VALUE`, `-nVALUE`, `-n=VALUE` and
/// `--name=VALUE` are one, `-qn VALUE` is two, `=VALUE` may stand behind a flag, and what follows
/// `--` is an operand. Throws Error for an unknown option, which names the one that is meant if one
/// can tell, and repeats no value.
std::vector<Word> words_of(const Command& command, const Arguments& arguments);

/// The option whose value is to follow `words`; nullptr if none is.
const Option* option_awaiting_value(const std::vector<Word>& words);

/// The one of `candidates` that is meant by a mistyped `word`: it begins with it, or differs in two
/// characters at most. Nothing if there is none.
std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates);

}  // namespace pullsecret
