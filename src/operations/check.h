#pragma once

#include <string>
#include <vector>

#include "kubernetes/keyring.h"
#include "kubernetes/workloads.h"
#include "operations/notices.h"
#include "registry/pull_check.h"

namespace pullsecret {

/// One try to pull an image, or to log in.
struct PullTry {
  const KeyringEntry* entry = nullptr;  ///< nullptr: without a credential
  PullVerdict verdict;
};

/// What came of an image, or of a registry where no image was asked for.
struct PullReport {
  std::string image;      ///< as asked for; empty: the registry alone was
  std::string registry;   ///< the registry host
  bool succeeds = false;  ///< whether the kubelet would pull it, or the registry took the login
  std::vector<PullTry> tries = {};
};

/// A report whose verdicts are still to come, and the question for them.
struct Inquiry {
  PullReport report;
  PullQuestion question;
};

/// About each image: with the entries that the kubelet would try for it, in its order, and then
/// without a login. The reports have views of `keyring`.
std::vector<Inquiry> about_images(const std::vector<WorkloadImage>& images, const Keyring& keyring);

/// About the registry of each entry, and with that alone. The reports have views of `keyring`. A
/// notice names each key that is left out, since it names no single registry.
WithNotices<std::vector<Inquiry>> about_registries(const Keyring& keyring);

/// Their reports, as the registries answer.
std::vector<PullReport> ask_registries(std::vector<Inquiry> inquiries, const PullCheck& check);

}  // namespace pullsecret
