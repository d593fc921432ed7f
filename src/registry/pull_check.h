#pragma once

#include <optional>
#include <string>
#include <vector>

#include "credential/credential.h"
#include "credential/expiry.h"
#include "registry/endpoint.h"
#include "registry/http.h"
#include "registry/pull_verdict.h"
#include "registry/registry_access.h"

namespace pullsecret {

/// One image, and with what it is to be pulled.
struct PullQuestion {
  std::string host;        ///< the registry host, with port: `docker.io`, `localhost:5000`
  std::string repository;  ///< without the host: `library/nginx`; empty: only log in
  std::string reference;   ///< a tag or digest
  std::vector<std::optional<Credential>> tries = {};  ///< in this order; nothing: anonymous
  /// Where it is asked for in each try, all of them, which outlive it; none: where Docker would.
  std::vector<const Endpoint*> endpoints = {};
};

/// What is asked, and how.
struct PullCheck {
  HttpExchange exchange;
  RegistryAccess access = {};
  Time now = {};
};

/// The verdicts on the tries of each question, in their order: as many as were made, for as the
/// kubelet does, the tries end with the first that pulls. Of a try with endpoints there is one for
/// each, and the first of them that pulls is the one that counts. In the last try, which a kubelet
/// makes that has no credential, one that has a login of its own is asked with that.
///
/// Each is made as containerd makes it (containerd, core/remotes/docker): the registry is asked how
/// it wants to be asked (`GET /v2/`), a token is had where it sends for one, and then `HEAD
/// /v2/NAME/manifests/REFERENCE` alone says whether the image can be had; what it refuses is asked
/// for once more with GET, whose body has the reason. Where a credential is refused, that it logs
/// in with nothing asked for tells one that is too weak from one that is wrong. All questions are
/// asked side by side; a registry is asked how once, and for a token once for all tries with the
/// same credential in the same repository.
std::vector<std::vector<PullVerdict>> check_pulls(const std::vector<PullQuestion>& questions,
                                                  const PullCheck& check);

}  // namespace pullsecret
