#pragma once

#include <string>
#include <vector>

#include "kubernetes/keyring.h"
#include "operations/image_pulls.h"
#include "operations/notices.h"
#include "registry/pull_check.h"

namespace pullsecret {

/// One try to pull an image, or to log in.
struct PullTry {
  const KeyringEntry* entry = nullptr;  ///< nullptr: without a credential
  const Endpoint* endpoint = nullptr;   ///< where; nullptr: at the registry
  PullVerdict verdict;
};

/// What came of an image, or of a registry where no image was asked for.
struct PullReport {
  const ImagePull* pull = nullptr;  ///< nullptr: the registry alone was asked
  std::string registry;             ///< the registry host; empty where the image has none
  bool succeeds = false;  ///< whether the kubelet would pull it, or the registry took the login
  /// Of an image each entry, and then no login; none where the kubelet asks nobody. Where it has
  /// endpoints, each with all of them, and the first that pulls is the one that counts.
  std::vector<PullTry> tries = {};
  /// What stands in the place of tries, or beside them.
  std::vector<PullRefusal> refusals = {};
};

/// The login that a try was made with: the entry's, else the endpoint's own; nullptr: without one.
const Credential* login_of(const PullTry& one);

/// A report whose verdicts are still to come, and the question for them.
struct Inquiry {
  PullReport report;
  PullQuestion question;
};

/// About each image: with the entries that the kubelet would try for it, in its order, and then
/// without a login; where it asks nobody, nothing is asked. The reports have views of `pulls`.
std::vector<Inquiry> about_images(const std::vector<ImagePull>& pulls);

/// About the registry of each entry, and with that alone. The reports have views of `keyring`. A
/// notice names each key that is left out, since it names no single registry.
WithNotices<std::vector<Inquiry>> about_registries(const Keyring& keyring);

/// About a Secret that has nothing to log in with: nobody is asked.
Inquiry about_refused(const InspectedSecret& secret);

/// Their reports, as the registries answer.
std::vector<PullReport> ask_registries(std::vector<Inquiry> inquiries, const PullCheck& check);

}  // namespace pullsecret
