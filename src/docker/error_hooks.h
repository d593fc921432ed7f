#pragma once

#include "credential/json_syntax.h"
#include "docker/config_change.h"
#include "docker/config_file.h"

namespace pullsecret {

/// What makes docker, from 29.3 on, ask its plugin pullsecret after a command failed that may have
/// to do with credentials, and tell on the terminal what that answers; or no longer. docker asks
/// plugins at all where `features` says so (docker/cli, cli/command/cli.go: HooksEnabled), which
/// stays while another plugin has hooks. `config` is one that parse_config() takes.
ConfigChange error_hooks(const JsonText& config, bool on);

/// Makes that change in the config at `location`. Throws Error as read_config_text() and
/// write_config() do.
void set_error_hooks(ConfigLocation& location, bool on);

}  // namespace pullsecret
