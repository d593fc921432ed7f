#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

/// The length in bytes (1 to 4) of the UTF-8 sequence that `text` starts with, 0 if it starts with
/// none: truncated, overlong, a surrogate, past U+10FFFF (RFC 3629, section 4), or empty.
std::size_t utf8_sequence(std::string_view text);

/// The character of a UTF-8 sequence.
char32_t code_point(std::string_view sequence);

/// Whether a terminal may obey `c`, or nobody sees it, though it is no ASCII control character
/// below the space: DEL, C1, and what has no width, turns the text around it or separates lines.
bool is_hidden(char32_t c);

bool is_utf8(std::string_view text);

/// `text` with every byte that belongs to no UTF-8 sequence replaced by U+FFFD, as Go's JSON
/// decoder does.
std::string replace_invalid_utf8(std::string text);

inline constexpr std::size_t longest_printable = 400;

/// `text` fit for a terminal and a log: control characters (C0, DEL, C1) and bytes that are not
/// UTF-8 become `\n`, `\t`, `\r` or `\xNN`; what nobody sees, or what turns the text around it
/// (zero width, bidirectional controls, line separators), becomes `\uNNNN` or `\UNNNNNNNN`; and
/// what exceeds `limit` bytes becomes `…`. A line break is a control character: the answer is
/// always one line.
std::string printable(std::string_view text, std::size_t limit = longest_printable);

/// The same for a name that means another one with a blank more: in double quotes where there is a
/// blank in it or anything that does not stand as it is, such as a no-break space.
std::string printable_name(std::string_view text);

/// Whether there is an ASCII control character in `text`: C0 or DEL.
bool has_control_character(std::string_view text);

/// `text` as one word of a shell's command line, printable: as it is if that needs no quotes, else
/// in single ones; with control characters or bytes that are not UTF-8 as $'…'
/// (POSIX.1-2024, 2.2.4).
std::string shell_word(std::string_view text);

/// The same where a command takes options, too: `--` stands before what begins with a hyphen.
std::string shell_operand(std::string_view text);

/// `text` without the white space (space, tab, CR, LF) at its ends.
std::string_view trim(std::string_view text);

/// The same, and without what looks like white space there, or like nothing: a no-break space, what
/// has no width.
std::string_view trim_unseen(std::string_view text);

/// ASCII letters in lower case, other bytes as they are: independent of any locale.
std::string lower_case(std::string_view text);

/// Splits at every `separator`; an empty text gives one empty piece.
std::vector<std::string> split(std::string_view text, char separator);

/// The texts with `separator` between each two.
std::string join(const std::vector<std::string>& texts, std::string_view separator);

/// `texts` in their order, each once.
std::vector<std::string> without_repeats(std::vector<std::string> texts);

/// Whether `text` is one of `words`.
bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words);

/// Whether the two are equal but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// How many bytes have to be put in, taken out or replaced to make `to` of `from` (Levenshtein).
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The one of `candidates` that is meant by a mistyped `word`: it begins with it, or differs in two
/// characters at most. Nothing if there is none.
std::optional<std::string> nearest(const std::string& word,
                                   const std::vector<std::string>& candidates);

/// A size as a message says it: "1 MiB", "300 bytes".
std::string size_in_words(std::size_t bytes);

}  // namespace pullsecret
