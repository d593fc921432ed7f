#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace pullsecret {

// OpenShift puts images where an ImageStream has a new one, always by digest. What a manifest has
// in the place of such an image, often a blank, is pulled by nobody.

/// Whose image is put into a container.
struct ImageTrigger {
  std::string container = {};  ///< its name; empty where the trigger has its position
  std::size_t position = 0;
  std::string source = {};  ///< `ImageStreamTag app:latest`
};

/// Those of an object: of a DeploymentConfig (`spec.triggers`, of type ImageChange), else of the
/// annotation `image.openshift.io/triggers`. What has another form than OpenShift reads is left
/// out.
std::vector<ImageTrigger> image_triggers(const nlohmann::json& object, std::string_view kind);

/// The one of the container that has this name, at this position of `containers`; nullptr if none
/// is.
const ImageTrigger* trigger_of(const std::vector<ImageTrigger>& triggers, std::string_view name,
                               std::size_t position);

}  // namespace pullsecret
