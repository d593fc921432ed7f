#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/table.h"
#include "credential/expiry.h"
#include "operations/image_pulls.h"
#include "operations/inspect.h"

namespace pullsecret {

/// How to show what was found.
struct InspectionStyle {
  bool show_secrets = false;
  TableStyle table = {};
  Time now = {};  ///< tables say what is left from here on
};

// What is shown of an entry where no secret is: a login in a key is one, and so is a token that
// stands in place of a username.

std::string key_of(const std::string& key, InspectionStyle style);
std::string username_of(const Credential& credential, InspectionStyle style);

/// The entry's key, printable.
std::string display_key(const KeyringEntry& entry, InspectionStyle style);

/// How long the entry's credential lasts from `now` on; `-` if that is not known.
Cell expiry_cell(const KeyringEntry& entry, Time now);

bool is_docker_config(const EntryOrigin& origin);

/// The Secret's namespace and name, printable; `-` for a Docker config.
std::string display_name(const EntryOrigin& origin);

/// The same for scripts.
nlohmann::ordered_json secret_json(const EntryOrigin& origin);

/// "Image ghcr.io/acme/app", printable.
std::string title_of(const ImagePull& image);

// What is to be said of the Pods of a pull: who they are, above a table, and below it their
// findings (but for those that say that they have no Secret, where `needs_none`) and the image's
// own.

std::string pods_in_table(const ImagePull& pull, TableStyle style);
std::string findings_in_table(const ImagePull& pull, bool needs_none, TableStyle style);

/// `{"pod": "Deployment/web", "namespace": "team"}`; both null where it is no Pod's.
nlohmann::ordered_json pod_json(const Pod* pod);
nlohmann::ordered_json remarks_json(const std::vector<Remark>& remarks);

// Tables for people: one for each Secret or image, a row for each entry; below it what is to be
// said of single entries. Below Secrets the Pods with findings.

std::string inspection_table(const std::vector<InspectedSecret>& secrets,
                             const std::vector<JoinedPod>& pods, InspectionStyle style);
std::string inspection_table(const std::vector<ImagePull>& images, InspectionStyle style);

// JSON for scripts: an array with an object for each Secret or image, as man/pullsecret-inspect.1
// says.

std::string inspection_json(const std::vector<InspectedSecret>& secrets,
                            const std::vector<JoinedPod>& pods, InspectionStyle style);
std::string inspection_json(const std::vector<ImagePull>& images, InspectionStyle style);

}  // namespace pullsecret
