#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "credential/basic_auth.h"
#include "credential/registry.h"
#include "helper/answer.h"
#include "operations/migrate.h"
#include "system/file.h"
#include "temporary_folder.h"

// Migrations between stores that are shell scripts.

namespace migration {

using namespace pullsecret;

/// Stores that are shell scripts: an entry is a file that holds what `store` got, which is what
/// `get` answers. Each call is noted.
class Stores {
 public:
  Stores() {
    for (const std::string name : {"old", "new", "cloud"})
      add(name, name);
  }

  /// The store `name` over the entries of `folder`, with `quirk` run before each action.
  void add(const std::string& name, const std::string& folder,
           const std::string& quirk = {}) const {
    std::filesystem::create_directories(folder_.path() / folder);
    folder_.write_script("docker-credential-" + name, "cd '" + (folder_.path() / folder).string() +
                                                          "'; name=" + name + "\n" + quirk + "\n" +
                                                          script);
  }

  std::string log() const {
    std::ifstream file(folder_.path() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  static constexpr const char* script = R"sh(
    input=$(cat)
    case $1 in
    store) server=$(printf %s "$input" | sed 's/{"ServerURL":"\([^"]*\)".*/\1/') ;;
    *) server=$input ;;
    esac
    file=$(printf %s "$server" | sed s,/,%2F,g)
    echo "$name $1 $server" >>../log
    case $1 in
    store) printf %s "$input" >"$file" ;;
    get) cat "$file" 2>/dev/null || { echo credentials not found in native keychain; exit 1; } ;;
    erase) rm -f "$file" ;;
    list) comma=
      printf {
      for file in *; do
        [ -e "$file" ] || continue
        printf '%s"%s":"u"' "$comma" "$(printf %s "$file" | sed s,%2F,/,g)"
        comma=,
      done
      printf } ;;
    esac)sh";

  TemporaryFolder folder_;
  ScopedVariable path_{"PATH", folder_.path().string() + ":/usr/bin:/bin"};
};

inline void put(const std::string& store, const std::string& server_url,
                const std::string& username, const std::string& secret = "p") {
  HelperClient({}).run({store_call(store, server_url, {.username = username, .password = secret})});
}

inline std::vector<std::string> listed(const std::string& store) {
  const auto replies = HelperClient({}).run({{store, "list", "unused"}});
  return parse_list_answer(std::get<std::string>(replies.front())).server_urls;
}

/// A config file of this text that is migrated.
struct Run {
  std::string text;
  Moves moves = {};

  void migrate(const Migration& migration) {
    const TemporaryFolder folder;
    migrate_file(folder.write("config.json", text), migration);
    text = read_file(folder.path() / "config.json", 1024UL * 1024);
  }

  void migrate_file(const std::string& file, const Migration& migration) {
    HelperClient helpers({});
    ConfigLocation location = find_config(file);
    const JsonText json = read_config_text(location);
    const Config config = parse_config(json);
    Migrated migrated = plan_migration(config, migration, helpers);
    make_migration(migrated, location, json, config, migration, helpers);
    moves = std::move(migrated.moves);
  }

  Config config() const { return parse_config({"config.json", text}); }

  std::string username_at(const std::string& key) const {
    const Config after = config();
    const AuthEntry* entry = after.auths.find(key);
    return entry == nullptr ? "no entry" : entry->credential.username;
  }
};

inline std::string state_of(const Move& move) {
  switch (move.state) {
    case MoveState::not_asked_for:
      return "not asked for";
    case MoveState::stays:
      return "stays: " + move.reason->message();
    case MoveState::to_be_copied:
      return "to be copied";
    case MoveState::there_already:
      return "there already";
    case MoveState::moved:
      return "moved";
    case MoveState::failed:
      return "failed: " + std::string(move.reason->what());
  }
  return {};
}

inline std::string state_of(const Run& run, const std::string& key, const std::string& from) {
  for (const Move& move : run.moves)
    if (move.key == key && move.from == from) return state_of(move);
  return "unknown";
}

using Lines = std::map<std::string, std::string>;
using Names = std::vector<std::string>;

inline std::string entry(const std::string& key, const std::string& username) {
  return "\"" + key + R"(":{"auth":")" + encode_auth(username, "p") + "\"}";
}

inline const std::string hub(docker_hub_key);

}  // namespace migration
