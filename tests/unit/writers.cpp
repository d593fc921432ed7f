#include "writers.h"

#include <sys/stat.h>

#include <fstream>
#include <tuple>

#include <fmt/format.h>

#include "cli/secret_options.h"
#include "docker/config_file.h"
#include "helpers/encryptedfile/encrypted_file_store.h"
#include "helpers/encryptedfile/key_file.h"
#include "system/file.h"
#include "watched_calls.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

const std::string old_text = R"({"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}})";
const std::string new_text = R"({"credsStore": "pass", "hunter2": "longer than what was there"})";

void nothing(const fs::path&) {}

void write_old(const fs::path& file, mode_t mode) {
  std::ofstream(file) << old_text;
  chmod(file.c_str(), mode);
}

void open_file(const fs::path& folder) {
  write_old(folder / "file", 0644);
}

// Shared with a group, and elsewhere than Docker looks for it.
void linked_config(const fs::path& folder) {
  fs::create_directory(folder / "dotfiles");
  write_old(folder / "dotfiles/docker.json", 0640);
  fs::create_symlink("dotfiles/docker.json", folder / "config.json");
}

void write_output_file(const fs::path& folder) {
  ManifestOptions options;
  options.output_file = folder / "file";
  write_output(options, new_text, standard_streams());
}

void write_linked_config(const fs::path& folder) {
  ConfigLocation location = find_config(folder / "config.json");
  const JsonText before = read_config_text(location);
  std::ignore = write_config(location, before, new_text);
}

void write_new_config(const fs::path& folder) {
  const ConfigLocation location{.file = folder / "config.json", .is_there = false};
  std::ignore = write_config(location, {}, new_text);
}

void write_linked_config_with_backup(const fs::path& folder) {
  ConfigLocation location = find_config(folder / "config.json");
  const JsonText before = read_config_text(location);
  write_config_with_backup(location, before, new_text);
}

// What backups and keys are made by.
void make_new_file(const fs::path& folder) {
  const FilePlace place{hold_folder(folder), "new"};
  if (!make_file(place, new_text, hold_file(folder / "file").status))
    throw Error("new", "is there");
}

void make_credentials(const fs::path& folder) {
  const WatchedCalls unsynced;
  fs::permissions(folder, fs::perms::owner_all);
  EncryptedFileStore(paths_in(folder, folder)).store("ghcr.io", {"u", "hunter2"});
}

void make_lock(const fs::path& folder) {
  fs::permissions(folder, fs::perms::owner_all);
  std::ofstream(folder / "credentials.lock") << "";
  chmod((folder / "credentials.lock").c_str(), 0600);
}

void store_credential(const fs::path& folder) {
  EncryptedFileStore(paths_in(folder, folder)).store("quay.io", {"u", "hunter2"});
}

// Sealed with a new nonce each time: what counts is what they hold. The key is a new one, too.
Files opened_files_in(const fs::path& folder) {
  Files files = files_in(folder);
  if (files.contains("key")) {
    parse_key(read_file(folder / "key", 100));
    files["key"] = "a key";
  }
  if (files.contains("credentials")) {
    files["credentials"].clear();
    for (const auto& [server_url, username] : EncryptedFileStore(paths_in(folder, folder)).list())
      files["credentials"] += server_url + " ";
  }
  return files;
}

// A key may have been made, for when there will be credentials.
Files credentials_in(const fs::path& folder) {
  Files files = opened_files_in(folder);
  files.erase("key");
  return files;
}

std::string without_time(const std::string& name) {
  const std::size_t end = name.find(".bak-");
  return end == std::string::npos ? name : name.substr(0, end) + ".bak";
}

std::string state_of(const fs::path& file) {
  if (fs::is_symlink(file)) return "-> " + fs::read_symlink(file).string();
  struct stat status {};
  stat(file.c_str(), &status);
  return fmt::format("{:04o} {}", status.st_mode & 07777U, read_file(file, max_sealed_file));
}

}  // namespace

Files files_in(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory())
      files[without_time(entry.path().lexically_relative(folder))] = state_of(entry.path());
  return files;
}

const std::vector<Writer>& all_writers() {
  static const std::vector<Writer> writers{
      {"--output-file over a file", open_file, write_output_file},
      {"--output-file where there is none", nothing, write_output_file},
      {"a config behind a link", linked_config, write_linked_config},
      {"a config where there is none", nothing, write_new_config},
      {"a config and its backup", linked_config, write_linked_config_with_backup},
      {"a new file", open_file, make_new_file},
      {"a new file on NFS", open_file, make_new_file, files_in, true},
      {"the encrypted file", make_credentials, store_credential, opened_files_in},
      {"the encrypted file at its first use", make_lock, store_credential, credentials_in},
  };
  return writers;
}
