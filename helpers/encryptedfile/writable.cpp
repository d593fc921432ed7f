#include "helpers/encryptedfile/writable.h"

#include <chrono>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "system/error.h"
#include "system/file.h"
#include "system/lock.h"
#include "system/private_file.h"
#include "system/text.h"
#include "system/write_obstacle.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// Whether it can be made or replaced in its private folder. One's own that is open to others gets
// mode 0700 first.
void require_replaceable(const fs::path& file) {
  const bool is_mended = is_mended_when_used(file.parent_path());
  const auto obstacle = find_write_obstacle(file);
  if (!obstacle || (is_mended && obstacle->kind == WriteObstacle::Kind::no_leave)) return;
  const Error error = error_of(*obstacle);
  if (!error.hint().empty()) throw Error(error);
  throw Error(error.place(), error.message(),
              "name another folder in XDG_DATA_HOME, and for a key XDG_CONFIG_HOME");
}

bool is_free(const fs::path& lock) {
  try {
    return can_be_locked(lock, std::chrono::seconds(1));
  } catch (const Error& error) {
    const std::string at = shell_operand(lock.string());  // it holds nothing
    throw Error(error.place(), error.message(),
                fmt::format("move it away: `mv {} {}.old`", at, at));
  }
}

}  // namespace

void require_writable(const Paths& paths) {
  require_replaceable(paths.credentials);
  if (!is_there(paths.credentials) && !is_there(paths.key) && !paths.named_key)
    require_replaceable(paths.key);
  if (is_there(paths.lock) && !is_free(paths.lock)) throw held_lock(paths.lock);
}

}  // namespace pullsecret
