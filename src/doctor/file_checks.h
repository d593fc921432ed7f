#pragma once

#include <optional>
#include <string>

#include "credential/json_syntax.h"
#include "docker/config_file.h"
#include "doctor/finding.h"

namespace pullsecret {

/// A config file, as far as one got with it.
struct FileChecks {
  Findings findings;
  std::optional<ConfigLocation> location;  ///< none: standard input, or nowhere for a config to be
  std::optional<JsonText> json;  ///< its text, if that can be read; empty if there is none yet
  bool is_open = false;          ///< others may read or change it: chmod 0600 mends that
};

/// Looks for the config as load_config() does and checks the way to it. Does not look into it.
///
/// Where it is looked for, unless it is named: `docker-config-missing` and `docker-config-relative`
/// (what DOCKER_CONFIG holds), `home-missing` and `home-unset`, `sudo-home` (run through sudo:
/// whose config is this?), `folder-owner` and `folder-mode` (who may write into Docker's folder).
///
/// The file: `file-not-dockers` (podman's, or ~/.dockercfg), `file-missing`, `file-dangling-link`,
/// `file-directory`, `file-owner`, `file-unreadable`, `file-mode`, or `file-ok`.
FileChecks check_file(const std::optional<std::string>& named);

}  // namespace pullsecret
