#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "catch.h"
#include "docker/config_file.h"
#include "system/file.h"

// What tests write is on disk when it is written: a folder that could not be synced is no success.

inline pullsecret::FilePlace place_at(const std::filesystem::path& file) {
  return {pullsecret::hold_folder(file.parent_path()), file.filename()};
}

inline std::string text_of(const std::filesystem::path& file) {
  return pullsecret::read_file(file, 1024UL * 1024);
}

template <typename... Arguments>
void replace_synced(Arguments&&... arguments) {
  const auto unsynced = pullsecret::replace_file(std::forward<Arguments>(arguments)...);
  CHECK_FALSE(unsynced);
}

template <typename... Arguments>
void write_synced(Arguments&&... arguments) {
  const auto unsynced = pullsecret::write_config(std::forward<Arguments>(arguments)...);
  CHECK_FALSE(unsynced);
}
