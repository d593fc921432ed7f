#pragma once

#include <string>

#include "docker/config.h"

inline pullsecret::Config parse(const std::string& text) {
  return pullsecret::parse_config({"config.json", text});
}
