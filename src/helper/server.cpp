#include "helper/server.h"

#include <unistd.h>

#include <exception>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "helper/json_message.h"
#include "helper/protocol.h"
#include "system/error.h"
#include "system/file.h"
#include "system/hardening.h"
#include "system/text.h"

namespace pullsecret {
namespace {

void refuse_control_characters(std::string_view what, std::string_view text) {
  if (has_control_character(text))
    throw Error("", fmt::format("the {} holds a control character: {}", what, key_in_words(text)));
}

std::string check_server_url(std::string_view text) {
  const std::string_view server_url = trim(text);
  if (server_url.empty()) throw Error("", std::string(no_server_url));
  if (!is_utf8(server_url)) throw Error("", "the server URL is not UTF-8");
  refuse_control_characters("server URL", server_url);
  return std::string(server_url);
}

struct StoreRequest {
  std::string server_url;
  StoredCredential credential;
};

StoreRequest parse_store_request(std::string_view input) {
  CredentialFields fields = read_credential_fields(
      input, "the credential to store", R"(it is {"ServerURL":…,"Username":…,"Secret":…})");
  if (!fields.is_utf8) throw Error("", "the credential to store is not UTF-8");
  StoreRequest request{.server_url = check_server_url(fields.server_url.value_or("")),
                       .credential = {.username = std::move(fields.username).value_or(""),
                                      .secret = std::move(fields.secret).value_or("")}};
  if (request.credential.username.empty()) throw Error("", std::string(no_username));
  refuse_control_characters("username", request.credential.username);
  if (request.credential.secret.find('\0') != std::string::npos)
    throw Error("", "the secret holds a NUL, which no store keeps");
  return request;
}

std::vector<std::string> spellings_in(const Store& store, const std::string& server_url) {
  return store.knows_spellings() ? std::vector<std::string>() : other_spellings(server_url);
}

std::string get(Store& store, const std::string& server_url) {
  std::vector<std::string> spellings = spellings_in(store, server_url);
  spellings.insert(spellings.begin(), server_url);
  for (const std::string& spelling : spellings)
    if (const auto found = store.get(spelling))
      return format_credential_message(server_url, *found);
  throw Error("", std::string(credentials_not_found));
}

// What Docker asks for is gone by each name under which `get` would still answer it: docker logout
// sends that name alone. Any other name is one entry's own: whoever cleans up after it means no
// more.
void erase(Store& store, const std::string& server_url) {
  store.erase(server_url);
  if (docker_server_url(server_url) != server_url) return;
  for (const std::string& spelling : spellings_in(store, server_url))
    store.erase(spelling);
}

std::string list(Store& store) {
  JsonObjectWriter answer;
  for (const auto& [server_url, username] : store.list())
    answer.add_string(server_url, username);
  return answer.text() + '\n';
}

bool is_protocol_action(std::string_view action) {
  return action == "store" || action == "get" || action == "erase" || action == "list";
}

std::string names_of(const std::vector<OwnAction>& actions) {
  std::vector<std::string> names;
  names.reserve(actions.size());
  for (const OwnAction& action : actions)
    names.emplace_back(action.name);
  return join(names, ", ");
}

Error usage(const HelperProgram& program) {
  return {"",
          fmt::format("usage: {}{} <store|get|erase|list|version>", helper_program_prefix,
                      program.name),
          fmt::format("for people: {}, --help", names_of(program.own_actions))};
}

Error unknown_action(const HelperProgram& program, std::string_view action) {
  return {std::string(program.name), fmt::format("unknown action: {}", printable(action, 40)),
          fmt::format("the actions are store, get, erase, list, version; for people: {}",
                      names_of(program.own_actions))};
}

// The answer to arguments that need no store.
std::optional<std::string> plain_answer(const HelperProgram& program, std::string_view argument) {
  if (argument == "version" || argument == "--version" || argument == "-v")
    return fmt::format("{}{} (pullsecret) {}\n", helper_program_prefix, program.name,
                       PULLSECRET_VERSION);
  if (argument == "--help" || argument == "-h") return std::string(program.help);
  return std::nullopt;
}

// Who types the command is to know that it waits, and for what.
void say_what_it_waits_for(const HelperProgram& program, std::string_view action) {
  const std::string_view what =
      action == "store" ? R"({"ServerURL":"…","Username":"…","Secret":"…"})" : "a server URL";
  try {
    write_all(STDERR_FILENO, "standard error",
              fmt::format("{}{}: waiting for {} on standard input; Ctrl-D on a line of its own "
                          "ends it\n",
                          helper_program_prefix, program.name, what));
  } catch (const Error&) {
    return;  // nobody is left to tell
  }
}

std::string read_input(const HelperProgram& program, std::string_view action) {
  if (isatty(STDIN_FILENO) != 0) {
    if (action == "list") return {};
    say_what_it_waits_for(program, action);
  }
  return read_all(STDIN_FILENO, "standard input", max_message);
}

std::string serve_protocol(const HelperProgram& program,
                           const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) throw usage(program);
  const std::string& action = arguments.front();
  if (auto text = plain_answer(program, action)) return std::move(*text);
  if (!is_protocol_action(action)) throw unknown_action(program, action);
  const std::string input = read_input(program, action);
  return answer(*program.open(), action, input);
}

// Errors are one line on the stream where their reader looks for them.
int report(int descriptor, const std::string& prefix, const Error& error) {
  const std::string hint = error.hint().empty() ? "" : "; " + error.hint();
  try {
    write_all(descriptor, "", fmt::format("{}{}{}\n", prefix, error.what(), hint));
  } catch (const Error&) {
    return 1;  // nobody is left to tell
  }
  return 1;
}

int serve_own_action(const HelperProgram& program, const OwnAction& action,
                     const std::vector<std::string>& arguments) {
  const std::string prefix = fmt::format("{}{}: error: ", helper_program_prefix, program.name);
  try {
    action.run({arguments.begin() + 1, arguments.end()});
    return 0;
  } catch (const Error& error) {
    return report(STDERR_FILENO, prefix, error);
  } catch (const std::exception& error) {
    return report(STDERR_FILENO, prefix, Error("", error.what()));
  }
}

// Whether `status` is to be in words, by its arguments.
bool is_for_people(const HelperProgram& program, const std::vector<std::string>& arguments) {
  if (arguments.empty()) return false;
  const bool is_output = arguments.front() == "-o" || arguments.front() == "--output";
  if (is_output && arguments.size() == 2 && arguments[1] == "text") return true;
  if (is_output && arguments.size() == 2 && arguments[1] == "json") return false;
  throw Error(
      "", fmt::format("unexpected arguments: {}", printable(join(arguments, " "), 80)),
      fmt::format("`{}{} --help` lists what there is", helper_program_prefix, program.name));
}

OwnAction status_action(const HelperProgram& program) {
  return {"status", [&program](const std::vector<std::string>& arguments) {
            const auto format = is_for_people(program, arguments) ? status_in_words : format_status;
            write_all(STDOUT_FILENO, "standard output", format(program.name, program.status()));
          }};
}

}  // namespace

int serve_once(HelperProgram program, const std::vector<std::string>& arguments) {
  program.own_actions.push_back(status_action(program));
  for (const OwnAction& action : program.own_actions)
    if (!arguments.empty() && arguments.front() == action.name)
      return serve_own_action(program, action, arguments);
  try {
    write_all(STDOUT_FILENO, "standard output", serve_protocol(program, arguments));
    return 0;
  } catch (const Error& error) {
    return report(STDOUT_FILENO, "", error);
  } catch (const std::exception& error) {
    return report(STDOUT_FILENO, "", Error("", error.what()));
  }
}

std::string answer(Store& store, std::string_view action, std::string_view input) {
  if (action == "list") return list(store);
  if (action == "store") {
    const StoreRequest request = parse_store_request(input);
    store.store(request.server_url, request.credential);
    return {};
  }
  const std::string server_url = check_server_url(input);
  if (action == "get") return get(store, server_url);
  erase(store, server_url);
  return {};
}

int serve(HelperProgram program, int argc, char** argv) {
  harden_process();
  const int status = serve_once(std::move(program), {argv + 1, argv + argc});
  wipe_stack();
  return status;
}

}  // namespace pullsecret
