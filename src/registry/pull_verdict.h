#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"
#include "credential/expiry.h"
#include "credential/issuers.h"
#include "registry/endpoint.h"
#include "registry/http.h"

namespace pullsecret {

/// What a registry says to a credential.
enum class PullOutcome {
  pulls,          ///< the manifest is there for it
  anonymous,      ///< the manifest is there for anybody: no credential was needed
  logs_in,        ///< where no image was asked for: it takes the credential, which proves no more
  refused,        ///< wrong username or password
  expired,        ///< the credential has ended
  no_access,      ///< logged in, but not to this repository; or not public, and no credential
  no_such_image,  ///< the credential works, the tag or digest is not there
  rate_limited,
  unreachable,  ///< name, connection, TLS, time, proxy, or no registry at all
};

inline constexpr std::array all_pull_outcomes{
    PullOutcome::pulls,         PullOutcome::anonymous,    PullOutcome::logs_in,
    PullOutcome::refused,       PullOutcome::expired,      PullOutcome::no_access,
    PullOutcome::no_such_image, PullOutcome::rate_limited, PullOutcome::unreachable};

/// The outcome's name, for people and scripts: "no access".
std::string_view in_words(PullOutcome outcome);

/// Whether an image can be had so.
bool is_pull(PullOutcome outcome);

/// What is to follow the hint of a verdict, where the credential is kept.
enum class NextStep { none, replace_login, add_login };

/// What came of one try, in the words of the user.
struct PullVerdict {
  PullOutcome outcome = PullOutcome::unreachable;
  std::string reason = {};          ///< a phrase as Error's; empty where the outcome says it all
  std::string registry_words = {};  ///< the registry's own, bounded and printable
  std::string hint = {};            ///< what to do about it at this registry
  NextStep next = NextStep::none;
};

/// What a registry answered in one try.
struct PullEvidence {
  std::string host;                                ///< the registry host
  std::string repository;                          ///< empty: it was only asked to log in
  const Endpoint* endpoint = nullptr;              ///< which of its registry's, if it has some
  const Issuer* issuer = &issuer_of_registry({});  ///< of the registry
  const Credential* credential = nullptr;          ///< what was to be given; nullptr: nothing
  bool is_sent = true;  ///< whether that was asked for, by a challenge that can be met
  /// Whether the manifest wanted another login than /v2/, which alone CRI-O asks.
  bool is_challenged_otherwise = false;
  std::string token = {};              ///< a secret that no message may have, either
  std::vector<std::string> told = {};  ///< what else the registry was told in other tries
  HttpReply last = HttpFailure{};      ///< to the manifest, or why there was no token for it
  bool is_token_server = false;        ///< whether `last` is that of the token server
  std::optional<HttpReply> login = std::nullopt;  ///< to the credential alone, if it was tried
};

/// Judges it. `now` tells whether a credential that says when it ends has ended.
///
/// The status of a refusal tells nobody apart who is wrong, who may not and what is not there: the
/// codes of the distribution spec do, what comes of logging in with nothing asked for, and, last,
/// the words that registries have for an end. Who has been told no credential says nothing of it:
/// another origin, which a redirect led to, or who asks for no login.
PullVerdict judge(const PullEvidence& evidence, Time now);

}  // namespace pullsecret
