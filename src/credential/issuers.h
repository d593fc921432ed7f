#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"

namespace pullsecret {

// Who issues credentials for registries, and all in which they differ, a row each. To teach the
// code another one: a row in issuers.cpp, its cases in issuers_test.cpp, a line in the manual.

/// What a credential is, as far as its username and the shape of its secret tell.
struct CredentialKind {
  std::string_view words;          ///< for people: "GitHub token"
  bool is_token = true;            ///< it may have ended, which only its issuer knows
  std::string_view lifetime = {};  ///< "12 hours"; empty if that differs
  /// The secret is base64 of JSON, whose `expiration` is in seconds since 1970.
  bool tells_expiration = false;
  std::vector<std::string_view> usernames = {};  ///< any text in the place of a `*` at the end
  /// What its secrets begin with, for scanners of leaks. Some clients log in with a token as the
  /// username.
  std::vector<std::string_view> prefixes = {};
};

/// A program docker-credential-NAME that mints tokens when it is asked, and keeps nothing.
struct TokenHelper {
  std::string_view name;  ///< one that ends in a hyphen is the start of several
  std::string_view way_to_install;
  /// Names of folders, files and accounts by which it finds what it knows. None holds a secret.
  std::vector<std::string_view> variables = {};
};

struct Issuer {
  std::string_view name;  ///< of its registries, for people: "Amazon ECR"
  /// The hosts of its registries, label by label as the kubelet's `matchImages`:
  /// `*.dkr.ecr.*.amazonaws.com`.
  std::vector<std::string_view> hosts = {};
  /// The `service` of the challenge of its registries on other hosts; empty: it has none.
  std::string_view service = {};
  std::vector<CredentialKind> credentials = {};
  std::vector<TokenHelper> helpers = {};
  /// Whose password an identity token is at its registries; empty: it is nobody's.
  std::string_view identity_token_username = {};
  /// A word in what its registries say of a token that has ended, or never had the scope.
  std::string_view word_of_ended_token = {};
  /// It counts no HEAD request, and answers it with `RateLimit-Remaining: 0` when no pull is left.
  bool tells_pulls_left = false;
  /// Whose cloud: the kubelets of its nodes mostly have a credential provider for these registries.
  std::string_view cloud = {};
  /// How to log in, to follow from a shell; `{login}` is login_command() of the host, `{host}` and
  /// `{region}`, what the last `*` of `hosts` stands for, are shell's words.
  std::string_view way_to_log_in;
  /// What to do where the credential is right, and may not pull.
  std::string_view way_to_access;
};

/// All of them.
const std::vector<Issuer>& issuers();

/// The issuer of the registry `host` (with or without a port, in any letter case), or of one on
/// another host by the `service` of its challenge, if it has one. The issuer without a name is that
/// of all others.
const Issuer& issuer_of_registry(std::string_view host, std::string_view service = {});

/// The kind of `credential`. What nothing speaks against is a password.
const CredentialKind& credential_kind(const Credential& credential);

/// The prefix that shows `text` to be an issuer's token: `ghp_`. Empty if it has none.
std::string_view token_prefix(std::string_view text);

/// The program docker-credential-`name`, if it is a known one that mints tokens; nullptr if not.
const TokenHelper* find_token_helper(std::string_view name);

/// Whose registries `helper` mints tokens for: "Amazon ECR"; empty if it is no TokenHelper.
std::string_view token_issuer(std::string_view helper);

/// Whether it mints tokens for the registry `host`.
bool mints_tokens_for(std::string_view helper, std::string_view host);

/// The patterns of all hosts that it mints tokens for.
std::vector<std::string_view> hosts_of_token_helper(std::string_view helper);

// What to do at a registry, as a hint whose commands stand in back quotes.

/// How to log in at one of its registries.
std::string way_to_log_in(const Issuer& issuer, std::string_view host);

}  // namespace pullsecret
