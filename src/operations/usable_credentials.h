#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credential/credential.h"
#include "docker/buildx_logins.h"
#include "docker/config.h"
#include "docker/resolve.h"
#include "helper/client.h"
#include "kubernetes/image.h"
#include "kubernetes/workloads.h"
#include "operations/notices.h"

namespace pullsecret {

/// Which of a Docker config's credentials are wanted, and how. Without registries and images all
/// that it names.
struct CredentialChoice {
  std::vector<std::string> registries = {};  ///< in any spelling
  std::vector<Image> images =
      {};  ///< what the kubelet would offer for each, else what Docker would
  std::vector<BuildxLogin> buildx_logins =
      {};  ///< of buildx's own: the one that it would pull one of `images` with goes along
  std::vector<Image> images_if_known = {};  ///< what the kubelet would offer, if there is anything
  bool all = false;                         ///< also what the store of `credsStore` lists
  bool skip_unresolved = false;  ///< leave out what has no usable credential, as long as one has
  bool as_passwords = true;      ///< as the kubelet takes them; else tokens may be among them
  std::string_view way_to_skip =
      {};  ///< the hint by which the user leaves them out, if there is one
};

/// Credentials by registry key, as the kubelet needs it spelled.
using KeyedCredentials = std::vector<std::pair<std::string, Credential>>;

/// What Docker asks for where it is given `name`, a registry in any spelling, a path or an image:
/// of the latter two the host, unless `config` has an entry of just this name; in podman's file the
/// nearest path that it has. Throws Error for a name with a username that is no entry's.
std::string registry_named(const Config& config, const std::string& name);

/// `credentials`, of the registries that were `asked` for, as they go into a Secret that is there,
/// whose entry about a path keeps its name: such a one that was asked for gets the login of its
/// host, as Docker takes it, which goes to the host only if that was asked for, too.
KeyedCredentials by_names_asked(const std::vector<std::string>& asked, const Config& config,
                                KeyedCredentials credentials);

/// The keys that serve `images`: those of `known` that the kubelet offers for each, were it alone;
/// where there is none, what Docker would ask for with this config.
std::vector<std::string> registries_for_images(const Config& config,
                                               const std::vector<std::string>& known,
                                               const std::vector<Image>& images);

/// The credentials under the keys that the kubelet matches with images. Of several spellings of one
/// registry the one that needs no mending counts, else the first; a notice says where the others
/// differ.
WithNotices<KeyedCredentials> mend_keys(KeyedCredentials credentials);

/// Where Docker's own lookup does not find what was resolved, or takes any of several entries.
Notices notices_of_lookup(const Config& config, const std::vector<Resolved>& resolved);

/// Takes them from the config and its stores, side by side, with notices of what is left out, of
/// white space, and of two spellings of one registry. Throws Error if a registry that is wanted has
/// no usable credential, or none is wanted at all.
WithNotices<KeyedCredentials> usable_credentials(const CredentialChoice& choice,
                                                 const Config& config, HelperClient& helpers);

/// The names of those `images` that none of the credentials serves.
std::vector<std::string> unserved_images(const std::vector<WorkloadImage>& images,
                                         const KeyedCredentials& credentials);

}  // namespace pullsecret
