#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credential/credential.h"
#include "registry/challenge.h"
#include "registry/http.h"
#include "registry/origin.h"

namespace pullsecret {

// How a bearer token is asked for (distribution, docs/spec/auth: token.md and oauth.md), as
// containerd does it: what has a credential posts a form, and where the server knows no such form,
// asks with Basic.

/// What a form has, or a query: names and values.
using FormFields = std::vector<std::pair<std::string, std::string>>;

/// The fields that are not empty, as application/x-www-form-urlencoded.
std::string form_of(const FormFields& fields);

/// Whether `server` may be sent what is for the registry `registry`: over http only where that was
/// asked over http itself, at the same host.
bool may_have_credentials(const Origin& server, const Origin& registry);

/// Why no token is asked for at `realm`, which comes from whoever answers at `registry_url`: it is
/// no URL, or http where the registry itself was not asked over http at the same host. Nothing if
/// one may be. Whether its address is one of a local network shows only with the connection.
std::optional<std::string> refusal_of_realm(const std::string& realm,
                                            const std::string& registry_url);

/// The form of grant_type `password`, whose one `scope` has them all.
HttpRequest posted_token_request(const Challenge& challenge, const std::vector<std::string>& scopes,
                                 const Credential& credential);

/// The query, with a `scope` for each, with Basic, or without a credential.
HttpRequest queried_token_request(const Challenge& challenge,
                                  const std::vector<std::string>& scopes,
                                  const std::optional<Credential>& credential);

/// Whether a response to the form says that the query has to be tried.
bool knows_no_form(const HttpResponse& response);

/// The token in a success: `access_token`, and in the answer to a query else `token`, as containerd
/// reads them (core/remotes/docker/auth/fetch.go). Nothing if there is none, or it is none that a
/// header could carry.
std::optional<std::string> token_in(const HttpResponse& response, bool is_of_form);

/// Whether it is a token that a header can carry: printable ASCII without a blank, and not empty.
bool is_header_value(std::string_view token);

/// Whether its status is a success, such as a token comes with.
bool is_success(const HttpResponse& response);

/// The value of the header `Authorization` for Basic (RFC 7617).
std::string basic_authorization(const Credential& credential);

}  // namespace pullsecret
