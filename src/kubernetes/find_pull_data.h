#pragma once

#include <optional>
#include <string>

#include "credential/remark.h"
#include "kubernetes/mistaken_data.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret.h"
#include "kubernetes/secret_manifest.h"
#include "system/error.h"

namespace pullsecret {

/// Where pull data is in a Secret.
struct DataPlace {
  std::string key;  ///< of `data` or `stringData`
  SecretType type;  ///< the one whose data it is
  bool is_right;    ///< whether that is the Secret's type and its data key
};

/// What a pull secret has, or would have if its type and data key were right.
std::optional<DataPlace> find_pull_data(const SecretManifest& manifest);

/// Whether it is a pull secret, or was meant to be one: of such a type, with such a data key, or
/// with such data under another key.
bool is_pull_secret(const SecretManifest& manifest);

/// The command that makes the Secret in a cluster again as one that the kubelet reads: from a
/// config.json in the wrong place under another name, as the type has to change; from data of the
/// other type's format in the right one under its own. Empty if it has no name.
std::string remake_command(const SecretManifest& manifest, const DataPlace& place);

/// The value of a data key that is there, as the API server keeps it; nothing if it is not base64.
std::optional<std::string> decoded_data(const SecretManifest& manifest, const std::string& key);

/// That it is not, and what it is.
Error not_base64(const SecretManifest& manifest, const std::string& key);

/// What the kubelet reads of a Secret, decoded.
struct TakenData {
  DataPlace place;
  std::string data;
  PullData pull_data;  ///< it may refuse that
};

/// Throws Error, without a place, if it reads nothing of it: it is no pull secret, its value no
/// base64, or that of something else than its pull data.
TakenData taken_data(const SecretManifest& manifest);

/// What somebody took for the pull data of a Secret; nothing where that is what it should be.
std::optional<MistakenData> mistake_in(const SecretManifest& manifest, const DataPlace& place,
                                       const std::string& data, const PullData& pull_data);

/// What is wrong with all of the data: the kubelet refuses it, or it has the wrong format.
std::optional<Remark> remark_on_data(const PullData& pull_data,
                                     const std::optional<MistakenData>& mistaken);

/// What is wrong with the type and the data keys.
std::optional<Remark> remark_on_place(const SecretManifest& manifest);

}  // namespace pullsecret
