#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "credential/credential.h"
#include "kubernetes/secret_manifest.h"

namespace pullsecret {

/// What is to become of the entries of pull Secrets. Two keys are of one registry if they are one
/// to the kubelet once they are mended: `https://GHCR.io` and `ghcr.io`.
struct EntryChanges {
  std::map<std::string, Credential> put;  ///< by key, as kubelet_registry_key() spells it
  /// Keys. Where the Secret has one as it is spelled, that one goes, else all of its registry.
  std::vector<std::string> removed;
  /// The username whose entries alone are removed and, with Missing::left_out, besides those
  /// without one, replaced; empty: all are.
  std::string account = {};
};

/// An entry of another username than the new one has.
struct OtherAccount {
  std::string key, username;
  std::string new_username;
};

/// Whether a Secret gets the entries that it does not have.
enum class Missing { added, left_out };

struct ChangedSecret {
  nlohmann::json object;  ///< the manifest as it is to be
  std::string data;       ///< what it holds then, decoded
  // The keys, as they were spelled.
  std::vector<std::string> added, replaced, removed, left_alone;
  /// What keys of replaced ones are spelled as from now on, where they were not.
  std::map<std::string, std::string> respelled;
  /// What became of the annotation of client-side apply, which has a copy of the manifest.
  enum class AppliedCopy { none, changed, dropped };
  AppliedCopy applied_copy = AppliedCopy::none;
  /// Of those left alone the ones that serve images of a registry which was put, with other
  /// credentials: `ghcr.io/acme`, where `ghcr.io` was put. The kubelet tries longer keys first.
  std::vector<std::string> kept_beside;
  /// Of those left alone other spellings of what was removed, which serve the same images.
  std::vector<std::string> kept_spellings;
  std::vector<OtherAccount> replaced_accounts;
  std::vector<OtherAccount> kept_accounts;  ///< of those left alone what is not the account's

  bool is_changed() const { return !added.empty() || !replaced.empty() || !removed.empty(); }
};

/// `secret`, read with KeepObjects::yes, after `changes`, if it has such an entry, or gets one. All
/// other entries, and what else the data has, stay byte for byte, and all else of the
/// manifest does, but for `managedFields`, which the API server writes by itself, and the copy that
/// client-side apply keeps in an annotation, whose data is what the Secret's is. An entry that is
/// replaced keeps its key, unless the kubelet would never match it, and its email where the new one
/// has none.
///
/// Throws Error, with the Secret as its place, if it is no Secret that the kubelet takes entries
/// from, before or after, or cannot hold that much.
ChangedSecret changed_secret(const SecretManifest& secret, const EntryChanges& changes,
                             Missing missing);

}  // namespace pullsecret
