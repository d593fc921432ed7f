#include "operations/check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "kubernetes/name_rules.h"
#include "registry/origin.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// What containerd 2 sends of what the kubelet hands it (internal/cri ParseAuth,
// core/remotes/docker/authorizer.go): nothing without a username, no Basic with an empty password.
std::optional<Credential> sent_credential(const Credential& credential) {
  if (!has_password(credential)) return std::nullopt;
  return Credential{.username = credential.username, .password = credential.password};
}

// Why that is nothing. CRI-O goes by the username alone (server/image_pull.go).
std::string why_nothing_is_sent(const Credential& credential) {
  if (!credential.username.empty())
    return "the entry has no password: containerd sends nothing, and CRI-O the username with an "
           "empty password, where the registry wants Basic";
  return fmt::format("the entry has no {}: containerd and CRI-O send nothing",
                     credential.password.empty() ? "login" : "username");
}

// What looks wrong with what was sent. Of a key, an end or another Secret the verdict says more.
void say_what_looks_wrong(PullTry& one) {
  if (one.entry == nullptr || one.verdict.outcome != PullOutcome::refused) return;
  for (const Remark& remark : one.entry->remarks)
    if (is_one_of(remark.name, {"auth-differs", "unfilled-template", "password-ends-in-line-break",
                                "password-has-outer-space", "username-has-outer-space",
                                "password-has-line-break", "json-key-encoded", "json-key-plain",
                                "json-key-broken", "trailing-nul"}))
      one.verdict.reason += "; " + remark.message;
}

void say_what_is_sent(PullTry& one, bool is_about_image) {
  if (one.entry == nullptr || sent_credential(one.entry->credential)) return;
  std::string& reason = one.verdict.reason;
  // What is said of an image that anybody asks for is not said of a login.
  reason = is_about_image && !reason.empty()
               ? fmt::format("{}; {}", why_nothing_is_sent(one.entry->credential), reason)
               : why_nothing_is_sent(one.entry->credential);
}

// At each of the endpoints.
void add_try(Inquiry& inquiry, const KeyringEntry* entry) {
  for (const Endpoint* endpoint : inquiry.question.endpoints)
    inquiry.report.tries.push_back({.entry = entry, .endpoint = endpoint, .verdict = {}});
  if (inquiry.question.endpoints.empty())
    inquiry.report.tries.push_back({.entry = entry, .verdict = {}});
  inquiry.question.tries.push_back(entry == nullptr ? std::nullopt
                                                    : sent_credential(entry->credential));
}

// Who logged in for an image that is not there needs no other login.
void leave_out_login_for_nothing(PullReport& report) {
  PullVerdict& last = report.tries.back().verdict;
  if (report.pull == nullptr || report.pull->endpoints != nullptr ||
      report.tries.back().entry != nullptr || last.outcome != PullOutcome::no_access)
    return;
  if (std::any_of(report.tries.begin(), report.tries.end(), [](const PullTry& one) {
        return one.entry != nullptr && one.verdict.outcome == PullOutcome::no_such_image;
      }))
    last.hint.clear();
}

// Of a Pod that misses its Secret, its own finding says what to do.
void leave_hint_to_pods(PullReport& report) {
  PullTry& last = report.tries.back();
  if (report.pull == nullptr || report.pull->pods.empty() || last.entry != nullptr ||
      last.verdict.outcome != PullOutcome::no_access)
    return;
  if (std::all_of(report.pull->pods.begin(), report.pull->pods.end(),
                  [](const JoinedPod& pod) { return pod.has_way; }))
    last.verdict.hint.clear();
}

// The registry host that the kubelet takes `key` for; nothing for a pattern, and for what is none.
std::optional<std::string> host_of_key(const std::string& key) {
  const auto filed = filed_key(key);
  if (!filed) return std::nullopt;
  const std::string host = registry_host(*filed);
  if (is_docker_hub_host(host)) return "docker.io";
  return origin_of("https://" + host) ? std::optional(host) : std::nullopt;
}

// The kubelet pulls without a login only where no entry serves the image.
bool succeeds(const PullReport& report) {
  if (!report.refusals.empty()) return false;
  if (report.pull == nullptr) return report.tries.front().verdict.outcome == PullOutcome::logs_in;
  const bool has_entries = report.tries.front().entry != nullptr;
  return std::any_of(report.tries.begin(), report.tries.end(), [&](const PullTry& one) {
    return is_pull(one.verdict.outcome) && (one.entry != nullptr || !has_entries);
  });
}

// In the place of a login.
bool sends_own_header(const Endpoint& endpoint) {
  return std::any_of(
      endpoint.headers.begin(), endpoint.headers.end(),
      [](const HttpHeader& header) { return equal_ignoring_case(header.name, "authorization"); });
}

// What the registry's users could do about a login is of no use at a mirror, where nobody sends it,
// nor where the node has one of its own.
void say_what_endpoints_are_sent(PullTry& one, const ImagePull& pull) {
  const bool is_about_login =
      is_one_of(in_words(one.verdict.outcome), {"refused", "expired", "no access"});
  if (one.endpoint == nullptr || !is_about_login) return;
  const std::string host = printable(one.endpoint->host),
                    registry = printable(pull.image->registry_host);
  if (one.entry == nullptr && one.endpoint->credential)
    one.verdict.hint = fmt::format("mend auth of {} in configs of {}, which k3s reads as it starts",
                                   host, pull.endpoints->file);
  else if (one.entry == nullptr && sends_own_header(*one.endpoint))
    one.verdict.hint =
        fmt::format("mend the header Authorization of {} in {}", host, pull.endpoints->file);
  else if (!one.endpoint->is_mirror)
    return;
  else if (pull.endpoints->source == RegistryEndpoints::Source::hosts_toml)
    one.verdict.hint = fmt::format(
        "containerd sends a mirror what the Secret has for {}, and nothing else: {} has to take "
        "that, or ask for no login",
        registry, host);
  else if (one.entry != nullptr)
    one.verdict.hint = fmt::format(
        "k3s sends a mirror what the Secret has for {}: {} has to take that; a login for it in "
        "configs of {} counts only where no Secret has an entry for {}",
        registry, host, pull.endpoints->file, registry);
  else
    one.verdict.hint =
        fmt::format("write the login for {} into configs of {}", host, pull.endpoints->file);
}

// The Secret of a cluster that the login has to get into: the entry's, else one that a Pod names,
// of a cluster or of a file.
const EntryOrigin* secret_to_change(const PullTry& one, const PullReport& report) {
  if (one.entry != nullptr) return one.entry->origin.is_made ? &one.entry->origin : nullptr;
  if (report.pull == nullptr) return nullptr;
  const EntryOrigin* of_file = nullptr;
  for (const InspectedSecret* secret : report.pull->secrets) {
    if (!secret->is_read) continue;  // of which inspect says what it needs first
    if (secret->origin.is_made) return &secret->origin;
    if (secret->origin.kind == EntryOrigin::Kind::secret && of_file == nullptr)
      of_file = &secret->origin;
  }
  return report.pull->pods.empty() || !report.pull->offered.empty() ? nullptr : of_file;
}

// As kubectl and convert take it.
std::string named_in(const std::string& name, const std::string& name_space) {
  return name + (is_namespace(name_space) ? " -n " + name_space : "");
}

// What the Secret has to be called where all Pods name the same, which is not here.
std::string name_to_make(const PullReport& report) {
  if (report.pull == nullptr || report.pull->pods.empty()) return {};
  const std::vector<JoinedPod>& pods = report.pull->pods;
  const std::string &name = pods.front().missing, &name_space = pods.front().pod->name_space;
  if (!is_secret_name(name) || std::any_of(pods.begin(), pods.end(), [&](const JoinedPod& pod) {
        return pod.missing != name || pod.pod->name_space != name_space;
      }))
    return {};
  return named_in(name, name_space);
}

// What it has for other registries stays.
void say_what_is_next(PullTry& one, const PullReport& report) {
  PullVerdict& verdict = one.verdict;
  if (verdict.next == NextStep::none) return;
  const EntryOrigin* secret = secret_to_change(one, report);
  if (secret != nullptr && !secret->is_made)
    verdict.hint += fmt::format(
        "; then `pullsecret convert --into FILE --registry {}`, with the file of Secret {} alone",
        shell_word(report.registry), name_in_words(*secret));
  else if (secret != nullptr)
    verdict.hint += fmt::format(
        "; then `kubectl get secret {} -n {} -o yaml | pullsecret convert --into - --registry {} | "
        "kubectl replace -f -`",
        shell_word(secret->name), shell_word(secret->name_space), shell_word(report.registry));
  else if (verdict.next == NextStep::replace_login)
    verdict.hint += fmt::format(
        "; then make the Secret again: `pullsecret convert{}`",
        one.entry != nullptr && is_secret_name(one.entry->origin.name)
            ? " --name " + named_in(one.entry->origin.name, one.entry->origin.name_space)
            : "");
  else if (const std::string name = name_to_make(report); !name.empty())
    verdict.hint += fmt::format(
        "; then, if `kubectl get secret {}` finds none: `pullsecret convert --registry {} --name "
        "{}`",
        name, shell_word(report.registry), name);
  else
    verdict.hint +=
        fmt::format("; then `pullsecret convert --registry {}`", shell_word(report.registry));
}

// Of an image that nobody's entry gets, but somebody without one.
std::string hint_without_entry(const PullTry& one) {
  if (one.verdict.outcome == PullOutcome::anonymous)
    return "it is public, but where an entry serves an image, the kubelet does not pull without a "
           "login: mend the entry, or take it out";
  return "that login is used only where no Secret has an entry for the image's registry: mend the "
         "entry, or take it out";
}

}  // namespace

const Credential* login_of(const PullTry& one) {
  if (one.entry != nullptr) return &one.entry->credential;
  return one.endpoint == nullptr ? nullptr : own_login(*one.endpoint);
}

std::vector<Inquiry> about_images(const std::vector<ImagePull>& pulls) {
  std::vector<Inquiry> inquiries;
  inquiries.reserve(pulls.size());
  for (const ImagePull& pull : pulls) {
    Inquiry& inquiry = inquiries.emplace_back();
    inquiry.report.pull = &pull;
    inquiry.report.refusals = pull.refused_secrets;
    if (pull.refusal) inquiry.report.refusals.push_back(*pull.refusal);
    if (!pull.image) continue;
    const std::string& host = pull.image->registry_host;
    inquiry.report.registry = host;
    if (pull.refusal) continue;
    inquiry.question = {.host = host,
                        .repository = pull.image->repository.substr(host.size() + 1),
                        .reference = pull.image->reference};
    if (pull.endpoints != nullptr)
      for (const Endpoint& endpoint : pull.endpoints->endpoints)
        if (is_asked_for(endpoint, pull.image->reference))
          inquiry.question.endpoints.push_back(&endpoint);
    for (const KeyringEntry* entry : pull.offered)
      add_try(inquiry, entry);
    add_try(inquiry, nullptr);
  }
  return inquiries;
}

Inquiry about_refused(const InspectedSecret& secret) {
  Inquiry inquiry;
  inquiry.report.refusals.push_back(refusal_of(secret));
  return inquiry;
}

WithNotices<std::vector<Inquiry>> about_registries(const Keyring& keyring) {
  WithNotices<std::vector<Inquiry>> about;
  std::set<std::string> local;
  for (const KeyringEntry& entry : keyring.entries()) {
    const auto host = host_of_key(entry.key);
    if (!host) {
      about.notices.push_back(
          {Severity::note,
           {"", fmt::format("{} names no single registry that could be asked",
                            entry.key.empty() ? "\"\"" : key_in_words(entry.key))}});
      continue;
    }
    if (const auto remark = remark_on_local(*host); remark && local.insert(*host).second)
      about.notices.push_back({Severity::note, {"", remark->message, remark->hint}});
    Inquiry& inquiry = about.value.emplace_back();
    inquiry.report.registry = inquiry.question.host = *host;
    add_try(inquiry, &entry);
  }
  return about;
}

std::vector<PullReport> ask_registries(std::vector<Inquiry> inquiries, const PullCheck& check) {
  std::vector<PullQuestion> questions;
  questions.reserve(inquiries.size());
  for (Inquiry& inquiry : inquiries)
    if (!inquiry.report.tries.empty()) questions.push_back(std::move(inquiry.question));
  std::vector<std::vector<PullVerdict>> answers = check_pulls(questions, check);

  std::vector<PullReport> reports;
  auto answer = answers.begin();
  for (Inquiry& inquiry : inquiries) {
    PullReport& report = reports.emplace_back(std::move(inquiry.report));
    report.succeeds = report.pull != nullptr && is_unneeded(*report.pull);
    if (report.tries.empty()) continue;
    std::vector<PullVerdict>& verdicts = *answer++;
    report.tries.resize(verdicts.size());
    for (std::size_t k = 0; k < verdicts.size(); ++k) {
      report.tries[k].verdict = std::move(verdicts[k]);
      say_what_is_next(report.tries[k], report);
      say_what_is_sent(report.tries[k], report.pull != nullptr);
      if (report.pull != nullptr) say_what_endpoints_are_sent(report.tries[k], *report.pull);
      say_what_looks_wrong(report.tries[k]);
    }
    leave_out_login_for_nothing(report);
    leave_hint_to_pods(report);
    report.succeeds = succeeds(report);
    for (PullTry& one : report.tries)
      if (!report.succeeds && one.entry == nullptr && is_pull(one.verdict.outcome))
        one.verdict.hint = hint_without_entry(one);
  }
  return reports;
}

}  // namespace pullsecret
