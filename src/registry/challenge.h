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
  std::string realm;    ///< of bearer: where tokens are to be had, a URL
  std::string service;  ///< of bearer: for whom; may be empty
  std::string scope;    ///< of bearer: what for; may be empty
};

/// The challenges of a response that can be met, bearer first, as containerd prefers them. A header
/// may hold several, in any letter case; what is no challenge, is of another scheme or lacks the
/// realm of bearer is passed over. At most 16 headers and 8 KiB of each are looked at.
std::vector<Challenge> challenges_of(const HttpResponse& response);

}  // namespace pullsecret
