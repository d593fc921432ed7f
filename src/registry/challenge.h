#pragma once

#include <string>
#include <vector>

#include "registry/http.h"

namespace pullsecret {

/// How a registry wants to be asked: one challenge of `WWW-Authenticate` (RFC 9110,
/// section 11.6.1), of the two kinds that containerd and docker know.
struct Challenge {
  enum class Scheme { basic, bearer };
  Scheme scheme = Scheme::basic;
  std::string realm = {};                ///< of bearer: where tokens are to be had; may be no URL
  std::string service = {};              ///< of bearer: for whom; may be empty
  std::vector<std::string> scopes = {};  ///< of bearer: what for
};

/// The challenges of a response, bearer first, and then in their order. None of a
/// response that comes from elsewhere: **a challenge counts only if the origin that was asked sent
/// it**, or a redirect would be enough to be told a password.
///
/// They are read as containerd reads them (core/remotes/docker/auth/parse.go), so that what is
/// found here is what it finds: of several challenges in one header the first alone, in any letter
/// case; of a repeated parameter the last; no blanks around `=`; what stands behind a fault of
/// syntax is not there. One that cannot be met, such as bearer without a realm, is not passed over
/// for the next. At most 16 headers and 8 KiB of each are looked at.
std::vector<Challenge> challenges_of(const HttpResponse& response);

/// The same of a response that comes from elsewhere: never to be met with a credential.
std::vector<Challenge> challenges_from_elsewhere(const HttpResponse& response);

/// Whether a header of `response` has a challenge, of the two kinds, behind its first: other
/// programs may meet it, containerd does not see it.
bool has_unread_challenge(const HttpResponse& response);

}  // namespace pullsecret
