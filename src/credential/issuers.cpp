#include "credential/issuers.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "credential/jwt.h"
#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view until_job_ends = "only until the job that made it ends";
constexpr std::string_view azure_token_username = "00000000-0000-0000-0000-000000000000";

constexpr std::string_view way_to_access_ecr =
    "the role needs ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, in the repository's policy, "
    "too, if it is another account's";

const TokenHelper ecr_login{
    .name = "ecr-login",
    .way_to_install = "install it: `apt install amazon-ecr-credential-helper`",
    .variables = {"AWS_PROFILE", "AWS_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
                  "AWS_SDK_LOAD_CONFIG"}};

}  // namespace

const std::vector<Issuer>& issuers() {
  static const std::vector<Issuer> all{
      {.name = "Docker Hub",
       .hosts = {docker_hub_hosts.begin(), docker_hub_hosts.end()},
       .credentials = {{.words = "Docker Hub token", .prefixes = {"dckr_pat_", "dckr_oat_"}}},
       .tells_pulls_left = true,
       .way_to_log_in = "`{login}`, with a personal access token as the password",
       .way_to_access =
           "add the user to the repository's collaborators or team; the token needs Read access"},

      {.name = "GitHub",
       .hosts = {"ghcr.io", "*.ghcr.io"},
       .credentials = {{.words = "GitHub token",
                        .prefixes = {"ghp_", "gho_", "ghu_", "ghr_", "github_pat_"}},
                       {.words = "GitHub token", .lifetime = until_job_ends, .prefixes = {"ghs_"}}},
       .word_of_ended_token = "read_package",
       .way_to_log_in = "`{login}`, with a classic token that has read:packages as the password",
       .way_to_access =
           "the token needs read:packages, its owner access to the package, and where the "
           "organisation demands it SSO"},

      {.name = "GitLab",
       .service = "container_registry",
       .credentials = {{.words = "GitLab token",
                        .usernames = {"gitlab+deploy-token-*"},
                        .prefixes = {"glpat-", "gldt-", "glcbt-", "glptt-"}},
                       {.words = "GitLab token",
                        .lifetime = until_job_ends,
                        .usernames = {"gitlab-ci-token"}}},
       .way_to_log_in = "`{login}`, as a deploy token that has read_registry",
       .way_to_access = "the token needs read_registry, for this project or its group"},

      {.name = "Quay",
       .hosts = {"quay.io", "*.quay.io"},
       .way_to_log_in = "`{login}`, as a robot account, whose name is ORGANISATION+ROBOT",
       .way_to_access = "give the robot account Read permission on the repository"},

      {.name = "Harbor",
       .service = "harbor-registry",
       .way_to_log_in =
           "`{login}`, as a robot account that has not expired; a shell takes its name "
           "in single quotes: 'robot$PROJECT+NAME'",
       .way_to_access =
           "give the robot account pull permission for the project; one that has expired "
           "can still log in, and is refused just so"},

      // Endpoints, dual-stack and FIPS ones too, of Amazon's partitions: commercial, China, the
      // European sovereign cloud, and those of the US intelligence community. The label behind that
      // of the service is the region.
      {.name = "Amazon ECR",
       .hosts = {"*.dkr.ecr.*.amazonaws.com", "*.dkr.ecr-fips.*.amazonaws.com",
                 "*.dkr-ecr.*.on.aws", "*.dkr-ecr-fips.*.on.aws", "*.dkr.ecr.*.amazonaws.com.cn",
                 "*.dkr-ecr.*.on.amazonwebservices.com.cn", "*.dkr.ecr.*.amazonaws.eu",
                 "*.dkr.ecr.*.c2s.ic.gov", "*.dkr.ecr.*.sc2s.sgov.gov",
                 "*.dkr.ecr.*.cloud.adc-e.uk", "*.dkr.ecr.*.csp.hci.ic.gov"},
       .credentials = {{.words = "ECR token",
                        .lifetime = "12 hours",
                        .tells_expiration = true,
                        .usernames = {"AWS"}}},
       .helpers = {ecr_login},
       .cloud = "Amazon",
       .way_to_log_in = "`aws ecr get-login-password --region {region} | docker login -u AWS "
                        "--password-stdin {host}`, which lasts 12 hours",
       .way_to_access = way_to_access_ecr},

      {.name = "Amazon ECR",
       .hosts = {"public.ecr.aws", "ecr-public.aws.com"},
       .helpers = {ecr_login},
       .cloud = "Amazon",
       .way_to_log_in =
           "`aws ecr-public get-login-password --region us-east-1 | docker login -u AWS "
           "--password-stdin {host}`, which lasts 12 hours",
       .way_to_access = way_to_access_ecr},

      {.name = "Google's registries",
       .hosts = {"gcr.io", "*.gcr.io", "*.pkg.dev"},
       .credentials = {{.words = "Google token",
                        .lifetime = "one hour",
                        .usernames = {"oauth2accesstoken", "_dcgcr_*"},
                        .prefixes = {"ya29."}},
                       {.words = "service account key",
                        .is_token = false,
                        .usernames = {"_json_key", "_json_key_base64"}}},
       .helpers = {{.name = "gcloud",
                    .way_to_install =
                        "install the Google Cloud CLI (package google-cloud-cli), which has it",
                    .variables = {"CLOUDSDK_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS"}},
                   {.name = "gcr",
                    .way_to_install = "install docker-credential-gcr, or use gcloud: `gcloud auth "
                                      "configure-docker`",
                    .variables = {"GOOGLE_APPLICATION_CREDENTIALS"}}},
       .cloud = "Google",
       .way_to_log_in =
           "`docker login -u _json_key --password-stdin {host} <key.json`, with a service "
           "account's key, since an access token lasts an hour",
       .way_to_access = "give the account the role roles/artifactregistry.reader"},

      {.name = "Azure's registries",
       .hosts = {"*.azurecr.io", "*.azurecr.cn", "*.azurecr.us", "*.azurecr.de"},
       .credentials = {{.words = "ACR token",
                        .lifetime = "about three hours",
                        .usernames = {azure_token_username}}},
       .helpers = {{.name = "acr-",
                    .way_to_install =
                        "install Azure's docker-credential-acr, or log in with `az acr login`"}},
       .identity_token_username = azure_token_username,
       .cloud = "Azure",
       .way_to_log_in =
           "`{login}`, as a token or service principal of the registry, since what `az "
           "acr login` gives lasts 3 hours",
       .way_to_access =
           "give the identity the role AcrPull, or the token a scope map with content/read"},

      {.name = "",
       .way_to_log_in = "`{login}`",
       .way_to_access = "give the user leave to pull from the repository"}};
  return all;
}

namespace {

const CredentialKind no_credential{.words = "none", .is_token = false};
const CredentialKind password_kind{.words = "password", .is_token = false};
const CredentialKind identity_token_kind{.words = "identity token"};
const CredentialKind registry_token_kind{.words = "registry token"};
const CredentialKind web_token_kind{.words = "JWT"};

bool is_like(std::string_view text, std::string_view pattern) {
  if (!pattern.ends_with('*')) return text == pattern;
  pattern.remove_suffix(1);
  return text.starts_with(pattern);
}

template <typename Matches>
const CredentialKind* find_kind(Matches matches) {
  for (const Issuer& issuer : issuers())
    for (const CredentialKind& kind : issuer.credentials)
      if (matches(kind)) return &kind;
  return nullptr;
}

const CredentialKind* kind_of_username(std::string_view username) {
  return find_kind([&](const CredentialKind& kind) {
    return std::any_of(kind.usernames.begin(), kind.usernames.end(),
                       [&](std::string_view pattern) { return is_like(username, pattern); });
  });
}

std::string_view prefix_of(std::string_view text, const CredentialKind& kind) {
  for (const std::string_view prefix : kind.prefixes)
    if (text.starts_with(prefix)) return prefix;
  return {};
}

const CredentialKind* kind_of_secret(std::string_view text) {
  return find_kind([&](const CredentialKind& kind) { return !prefix_of(text, kind).empty(); });
}

std::string_view take_label(std::string_view& name) {
  const std::string_view label = name.substr(0, name.find('.'));
  name.remove_prefix(std::min(label.size() + 1, name.size()));
  return label;
}

bool matches_by_labels(std::string_view host, std::string_view pattern) {
  if (std::count(host.begin(), host.end(), '.') != std::count(pattern.begin(), pattern.end(), '.'))
    return false;
  while (!pattern.empty()) {
    const std::string_view label = take_label(host), wanted = take_label(pattern);
    if (wanted != "*" && !equal_ignoring_case(label, wanted)) return false;
  }
  return true;
}

// The pattern of the issuer that `host`, without a port, matches; empty if there is none.
std::string_view pattern_for(const Issuer& issuer, std::string_view host) {
  const auto found =
      std::find_if(issuer.hosts.begin(), issuer.hosts.end(),
                   [&](std::string_view pattern) { return matches_by_labels(host, pattern); });
  return found == issuer.hosts.end() ? std::string_view() : *found;
}

std::string_view without_port(std::string_view host) {
  return host.substr(0, host.find(':'));
}

bool has_hosts(const Issuer& issuer, std::string_view host) {
  constexpr std::size_t longest_host = 253;
  return host.size() <= longest_host && !pattern_for(issuer, host).empty();
}

const TokenHelper* find_helper(const Issuer& issuer, std::string_view name) {
  const auto found =
      std::find_if(issuer.helpers.begin(), issuer.helpers.end(), [&](const TokenHelper& known) {
        return name == known.name || (known.name.ends_with('-') && name.starts_with(known.name));
      });
  return found == issuer.helpers.end() ? nullptr : &*found;
}

// What the last `*` of the pattern stands for.
std::string region_in(const Issuer& issuer, std::string_view host) {
  const std::vector<std::string> labels = split(host, '.'),
                                 patterns = split(pattern_for(issuer, host), '.');
  const auto last = std::find(patterns.rbegin(), patterns.rend(), "*");
  if (last == patterns.rend()) return {};
  return labels[static_cast<std::size_t>(patterns.rend() - last) - 1];
}

}  // namespace

const Issuer& issuer_of_registry(std::string_view host, std::string_view service) {
  const std::string_view name = without_port(host);
  for (const Issuer& issuer : issuers())
    if (has_hosts(issuer, name)) return issuer;
  for (const Issuer& issuer : issuers())
    if (!service.empty() && issuer.service == service) return issuer;
  return issuers().back();
}

const CredentialKind& credential_kind(const Credential& credential) {
  if (credential.password.empty()) {
    if (!credential.identity_token.empty()) return identity_token_kind;
    if (!credential.registry_token.empty()) return registry_token_kind;
    if (credential.username.empty()) return no_credential;
  }
  for (const CredentialKind* kind :
       {kind_of_username(credential.username), kind_of_secret(credential.password),
        kind_of_secret(credential.username)})
    if (kind != nullptr) return *kind;
  return jwt_claims(credential.password) ? web_token_kind : password_kind;
}

std::string_view token_prefix(std::string_view text) {
  const CredentialKind* kind = kind_of_secret(text);
  return kind == nullptr ? std::string_view() : prefix_of(text, *kind);
}

const TokenHelper* find_token_helper(std::string_view name) {
  for (const Issuer& issuer : issuers())
    if (const TokenHelper* helper = find_helper(issuer, name)) return helper;
  return nullptr;
}

std::string_view token_issuer(std::string_view helper) {
  for (const Issuer& issuer : issuers())
    if (find_helper(issuer, helper) != nullptr) return issuer.name;
  return {};
}

bool mints_tokens_for(std::string_view helper, std::string_view host) {
  return find_helper(issuer_of_registry(host), helper) != nullptr;
}

std::vector<std::string_view> hosts_of_token_helper(std::string_view helper) {
  std::vector<std::string_view> hosts;
  for (const Issuer& issuer : issuers())
    if (find_helper(issuer, helper) != nullptr)
      hosts.insert(hosts.end(), issuer.hosts.begin(), issuer.hosts.end());
  return hosts;
}

std::string way_to_log_in(const Issuer& issuer, std::string_view host) {
  return fmt::format(fmt::runtime(issuer.way_to_log_in), fmt::arg("login", login_command(host)),
                     fmt::arg("host", shell_operand(host)),
                     fmt::arg("region", shell_word(region_in(issuer, without_port(host)))));
}

}  // namespace pullsecret
