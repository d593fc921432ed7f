#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "catch.h"
#include "skip.h"
#include "system/error.h"

inline std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i)
    result += text;
  return result;
}

/// The rows of `name` in the tests' data folder.
inline nlohmann::json test_data(const std::string& name) {
  std::ifstream file(std::string(TEST_DATA_DIR "/") + name);
  return nlohmann::json::parse(file);
}

/// The Error that `action` throws; nullopt if it throws none.
template <typename Action>
std::optional<pullsecret::Error> error_of(Action action) {
  try {
    action();
  } catch (const pullsecret::Error& error) {
    return error;
  }
  return std::nullopt;
}
