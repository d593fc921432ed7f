#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/plugin.h"
#include "cli/registry_table.h"
#include "cli/run_command.h"
#include "credential/base64.h"
#include "helper/server.h"
#include "helpers/encryptedfile/actions.h"
#include "helpers/encryptedfile/encrypted_file_status.h"
#include "helpers/encryptedfile/encrypted_file_store.h"
#include "helpers/pass/gpg_key.h"
#include "helpers/pass/pass_status.h"
#include "helpers/pass/pass_store.h"
#include "helpers/route/actions.h"
#include "helpers/route/route_status.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret_manifest.h"
#include "system/run_programs.h"
#include "system/text.h"

// What commands say, as transcripts: the files cases/*.txt. In one of them
//
//   == NAME        begins a case, which has a home folder of its own; words for readers may follow
//   -- FILE        the lines below are a file in that folder
//   -- store NAME  the lines below are what docker-credential-NAME has, each `KEY USERNAME SECRET`;
//                  what it is asked is noted in NAME.log
//   -- registries  the lines below are what registries answer, as registry_table.h says
//   $ COMMAND      runs it; the lines below are what it says
//
// Files above the first case are in all of them.
//
// A command is one of pullsecret or of its helpers encryptedfile, pass and route, run in this
// process, or the shell's; of several with ` | ` between them each gets what the one before
// printed. `VARIABLE=VALUE` may stand before it and `<FILE` behind it. `entries` prints what a
// Secret has, `KEY USERNAME PASSWORD [EMAIL]` each, `asked` what the registries of the table were
// asked since it was printed last, `hook COMMAND ERROR` what docker shows after its COMMAND failed
// with ERROR. The time is noon of 15 January 2027, 1800014400 in seconds. The JSON of doctor and
// check is shown an object a line.
//
// Below a command stands its standard output, then, with `! ` before each line, its standard error,
// and then, if it is not 0, `? ` and its exit status. Empty lines at the end do not count; `…`
// stands for any text in a line, and alone for any lines; $HOME for the home folder. What is said
// to who is not root does not count. A password with hunter2 in it must not be on standard error.
//
// With JSON_OUTPUTS in the environment, a folder, each JSON that a command prints for programs is
// put there whole, as NUMBER.COMMAND.json, and JUnit's XML as NUMBER.COMMAND.xml; cases without any
// do not run.
//
// With UPDATE_CASES in the environment, what came out is put in the place of what does not fit.

using namespace pullsecret;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view anything = "…";

using Lines = std::vector<std::string>;

std::string text_of(const Lines& lines) {
  return lines.empty() ? "" : join(lines, "\n") + "\n";
}

void cut_empty_end(Lines& lines) {
  while (!lines.empty() && lines.back().empty())
    lines.pop_back();
}

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

// ---- Comparing

bool fits(std::string_view line, std::string_view expected) {
  const std::size_t end = expected.find(anything);
  if (end == std::string_view::npos) return line == expected;
  if (!line.starts_with(expected.substr(0, end))) return false;
  expected.remove_prefix(end + anything.size());
  for (line.remove_prefix(end);; line.remove_prefix(1)) {
    if (fits(line, expected)) return true;
    if (line.empty()) return false;
  }
}

bool fit(Lines::const_iterator line, Lines::const_iterator end, Lines::const_iterator expected,
         Lines::const_iterator expected_end) {
  if (expected == expected_end) return line == end;
  if (*expected == anything) {
    while (!fit(line, end, expected + 1, expected_end))
      if (line++ == end) return false;
    return true;
  }
  return line != end && fits(*line, *expected) && fit(line + 1, end, expected + 1, expected_end);
}

// ---- Running

// In single and double quotes a space is no end, and nothing is special.
Lines words_of(std::string_view command) {
  Lines words;
  char quote = 0;
  bool in_word = false;
  for (const char c : command)
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      if (!std::exchange(in_word, true)) words.emplace_back();
    } else if (quote == 0 && c == ' ') {
      in_word = false;
    } else {
      if (!std::exchange(in_word, true)) words.emplace_back();
      words.back() += c;
    }
  return words;
}

Lines parts_of(const std::string& command) {
  Lines parts;
  for (std::size_t begin = 0; begin <= command.size();) {
    const std::size_t end = std::min(command.find(" | ", begin), command.size());
    parts.push_back(command.substr(begin, end - begin));
    begin = end + 3;
  }
  return parts;
}

Outcome run_shell(const std::string& command, std::string input) {
  const ProgramResult result = run_program({.program = "/bin/sh",
                                            .arguments = {"-c", command},
                                            .input = std::move(input),
                                            .timeout = std::chrono::seconds(60),
                                            .max_output = 1024UL * 1024});
  const auto* exited = std::get_if<Exited>(&result.end);
  return {result.output, result.error_output, exited == nullptr ? -1 : exited->status};
}

std::string all_in(const FileDescriptor& file) {
  lseek(file.get(), 0, SEEK_SET);
  return read_all(file.get(), "output", 1024UL * 1024);
}

// Those of pullsecret that run in this process, by their names on PATH.
const std::map<std::string, HelperProgram>& helper_programs() {
  static const std::map<std::string, HelperProgram> programs{
      {"docker-credential-encryptedfile",
       {.name = "encryptedfile",
        .open = [] { return std::make_unique<EncryptedFileStore>(find_paths()); },
        .status = [] { return encrypted_file_status(find_paths()); },
        .own_actions = encrypted_file_actions()}},
      {"docker-credential-pass",
       {.name = "pass",
        .open = [] { return std::make_unique<PassStore>(password_store_folder()); },
        .status = [] { return pass_status(password_store_folder()); }}},
      {"docker-credential-route",
       {.name = "route",
        .open = open_route,
        .status = route_status,
        .own_actions = route_actions()}},
  };
  return programs;
}

Outcome run_helper(const std::string& name, const Arguments& words, std::string_view input) {
  const ScopedInput standard_input(input);
  const FileDescriptor out(memfd_create("out", MFD_CLOEXEC)), err(memfd_create("err", MFD_CLOEXEC)),
      own_out(dup(STDOUT_FILENO)), own_err(dup(STDERR_FILENO));
  dup2(out.get(), STDOUT_FILENO);
  dup2(err.get(), STDERR_FILENO);
  const int status = serve_once(helper_programs().at(name), words);
  dup2(own_out.get(), STDOUT_FILENO);
  dup2(own_err.get(), STDERR_FILENO);
  return {all_in(out), all_in(err), status};
}

Outcome print_entries(const std::string& manifests) {
  std::string lines;
  for (const SecretManifest& secret : read_manifests({"", manifests}).secrets)
    for (const SecretType type : {SecretType::dockerconfigjson, SecretType::dockercfg})
      if (const auto data = secret.data.find(std::string(names_of(type).data_key));
          data != secret.data.end())
        for (const PullEntry& entry : read_pull_data(type, *decode_base64(data->second)).entries)
          lines += fmt::format("{} {} {}{}{}\n", entry.key, entry.credential.username,
                               entry.credential.password, entry.credential.email.empty() ? "" : " ",
                               entry.credential.email);
  return {.out = lines};
}

// What doctor and check say to programs, an object a line.
std::string objects_in(const std::string& json) {
  if (!json.starts_with("[\n")) return json;
  std::string lines;
  for (const auto& finding : nlohmann::ordered_json::parse(json))
    lines += (lines.empty() ? "" : ",\n") + finding.dump();
  return fmt::format("[\n{}\n]\n", lines);
}

Outcome answer_of_hook(const std::string& command, const std::string& error) {
  const nlohmann::json request{{"RootCmd", command}, {"CommandError", error}};
  return {.out = nlohmann::json::parse(answer_hook(request.dump()))["Template"].get<std::string>()};
}

// A command has an environment of its own.
const char* const json_outputs = std::getenv("JSON_OUTPUTS");

// Keeps what `words` printed for programs, if that is asked for.
void keep_output(const Lines& words, const std::string& output) {
  static int number = 0;
  if (json_outputs == nullptr || words.size() < 2) return;
  const bool is_test = words[1] == "credential-provider" && words.size() > 2 && words[2] == "test";
  const std::string command = is_test ? "credential-provider-test" : words[1];
  const bool is_json = output.starts_with("[") || output.starts_with("{");
  if (is_test || is_one_of(command, {"check", "doctor", "get", "inspect", "status"}))
    if (is_json || output.starts_with("<?xml"))
      std::ofstream(fs::path(json_outputs) /
                    fmt::format("{}.{}.{}", ++number, command, is_json ? "json" : "xml"))
          << output;
}

Outcome run_part(const std::string& command, std::string input, RegistryTable& registries) {
  Lines words = words_of(command);
  std::list<ScopedVariable> set;
  auto word = words.begin();
  for (; word != words.end() && word->find('=') != std::string::npos && !word->starts_with('-');
       ++word)
    set.emplace_back(word->substr(0, word->find('=')), word->substr(word->find('=') + 1));
  words.erase(words.begin(), word);
  if (words.size() > 1 && words.back().starts_with('<')) {
    input = read_file(words.back().substr(1), 64UL * 1024 * 1024);
    words.pop_back();
  }
  if (words.front() == "entries") return print_entries(input);
  if (words.front() == "hook") return answer_of_hook(words.at(1), words.at(2));
  if (words.front() == "asked") return {.out = registries.take_log()};
  if (helper_programs().contains(words.front())) {
    Outcome outcome = run_helper(words.front(), {words.begin() + 1, words.end()}, input);
    keep_output(words, outcome.out);
    return outcome;
  }
  if (words.front() != "pullsecret") return run_shell(command, std::move(input));
  Outcome outcome = run_command({words.begin() + 1, words.end()}, input, registries.exchange());
  keep_output(words, outcome.out);
  if (words.size() > 1 && (words[1] == "doctor" || words[1] == "check"))
    outcome.out = objects_in(outcome.out);
  return outcome;
}

// What came of it, as a transcript has it.
Lines lines_of(const std::string& command, RegistryTable& registries) {
  Outcome outcome;
  std::string messages;
  for (const std::string& part : parts_of(command)) {
    outcome = run_part(part, outcome.out, registries);
    messages += outcome.err;
  }
  CHECK_THAT(messages, !Catch::Contains("hunter2"));
  Lines lines = split(outcome.out, '\n');
  cut_empty_end(lines);
  for (const std::string& line : split(trim(messages), '\n'))
    if (!line.empty() && !line.starts_with("pullsecret: note: the kubelet runs "))
      lines.push_back("! " + line);
  if (outcome.status != 0) lines.push_back(fmt::format("? {}", outcome.status));
  return lines;
}

constexpr std::string_view store_script = R"sh(#!/bin/sh
cd "$HOME"
name=${0##*docker-credential-} entries=$0.entries
IFS= read -r input
server=$input
[ "$1" != store ] || server=$(printf %s "$input" | sed 's/{"ServerURL":"\([^"]*\)".*/\1/')
echo "$1 $server" >>"$name.log"
case $1 in
get)
  while read -r key username secret; do
    [ "$key" != "$server" ] && continue
    printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}\n' "$key" "$username" "$secret"
    exit
  done <"$entries"
  echo credentials not found in native keychain
  exit 1 ;;
list)
  comma=
  printf {
  while read -r key username _; do
    printf '%s"%s":"%s"' "$comma" "$key" "$username"
    comma=,
  done <"$entries"
  echo } ;;
store)
  sed -i "\\|^$server |d" "$entries"
  printf %s "$input" | sed 's/{"ServerURL":"\(.*\)","Username":"\(.*\)","Secret":"\(.*\)"}/\1 \2 \3\n/' >>"$entries" ;;
erase) sed -i "\\|^$server |d" "$entries" ;;
esac
)sh";

/// A part of a case: its first line, and those below it.
struct Block {
  std::string head;
  Lines body = {};
};

// Does what the block says; of a command the lines that came of it.
Lines run_block(const Block& block, const CommandHome& home, RegistryTable& registries) {
  const std::string place = home.path().string();
  const std::string words = replaced(block.head, "$HOME", place);
  const std::string body = replaced(text_of(block.body), "$HOME", place);
  if (words.starts_with("$ ")) {
    Lines lines = lines_of(words.substr(2), registries);
    for (std::string& line : lines)
      line = replaced(line, place, "$HOME");
    return lines;
  }
  constexpr std::string_view store = "-- store ";
  if (words.starts_with(store)) {
    const std::string program = "bin/docker-credential-" + words.substr(store.size());
    home.write(program, store_script);
    home.write(program + ".entries", body);
  } else if (words == "-- registries") {
    registries = {};
    for (const std::string& line : block.body)
      registries.add(line);
  } else {
    home.write(words.substr(3), body);
  }
  return block.body;
}

// ---- The files

struct Case {
  Lines name;  // and what is said of it
  std::vector<Block> blocks = {};
};

struct CaseFile {
  fs::path path;
  Case common = {};  // what is said of all, and files that all have
  std::vector<Case> cases = {};
};

void add_line(CaseFile& file, std::string line) {
  if (line.starts_with("== ")) file.cases.emplace_back();
  Case& here = file.cases.empty() ? file.common : file.cases.back();
  if (line.starts_with("-- ") || line.starts_with("$ "))
    here.blocks.push_back({std::move(line)});
  else
    (here.blocks.empty() ? here.name : here.blocks.back().body).push_back(std::move(line));
}

CaseFile read_cases(const fs::path& path) {
  CaseFile file{.path = path};
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);)
    add_line(file, std::move(line));
  for (Case& one : file.cases)
    for (Block& block : one.blocks)
      cut_empty_end(block.body);
  for (Block& block : file.common.blocks)
    cut_empty_end(block.body);
  cut_empty_end(file.common.name);
  return file;
}

std::string text_of(const Case& one) {
  std::string text = text_of(one.name);
  for (const Block& block : one.blocks)
    text += block.head + "\n" + text_of(block.body);
  return text;
}

// Whether nothing that it prints is for programs.
bool has_none_for_programs(const Case& one) {
  return std::none_of(one.blocks.begin(), one.blocks.end(), [](const Block& block) {
    constexpr std::array words{"-o json", "-o junit", " status", "pullsecret get"};
    return std::any_of(words.begin(), words.end(), [&](const char* word) {
      return block.head.find(word) != std::string::npos;
    });
  });
}

// Read once: Catch2 runs the test case again for each of its sections.
std::vector<CaseFile>& case_files() {
  static std::vector<CaseFile> files = [] {
    std::set<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(TEST_DATA_DIR "/../unit/cli/cases"))
      paths.insert(entry.path());
    std::vector<CaseFile> read;
    read.reserve(paths.size());
    for (const fs::path& path : paths) {
      CaseFile file = read_cases(path);
      if (json_outputs != nullptr) std::erase_if(file.cases, has_none_for_programs);
      read.push_back(std::move(file));
    }
    return read;
  }();
  return files;
}

void write_cases(const CaseFile& file) {
  std::string text = text_of(file.common);
  for (const Case& one : file.cases)
    text += "\n" + text_of(one);
  std::ofstream(file.path) << text;
}

}  // namespace

TEST_CASE("commands say what the transcripts of cases/ have") {
  const bool is_update = std::getenv("UPDATE_CASES") != nullptr;
  for (CaseFile& file : case_files())
    for (Case& one : file.cases)
      DYNAMIC_SECTION(file.path.filename().string() << " " << one.name.front()) {
        const CommandHome home;
        RegistryTable registries;
        for (const Block& block : file.common.blocks)
          run_block(block, home, registries);
        for (Block& block : one.blocks) {
          const Lines lines = run_block(block, home, registries);
          if (fit(lines.begin(), lines.end(), block.body.begin(), block.body.end())) continue;
          INFO(block.head << "\n" << text_of(block.body) << "is not what came of it:");
          if (!is_update) FAIL_CHECK(text_of(lines));
          block.body = lines;
        }
        if (is_update) write_cases(file);
      }
}
