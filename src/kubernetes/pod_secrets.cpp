#include "kubernetes/pod_secrets.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "kubernetes/name_rules.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;
using State = KnownSecret::State;

constexpr std::string_view names_none = "names-none", account_not_here = "account-not-here",
                           ambiguous_account = "ambiguous-account",
                           secrets_malformed = "secrets-malformed";

template <typename Thing>
std::unordered_map<std::string, std::vector<std::size_t>> index_of(
    const std::vector<Thing>& things) {
  std::unordered_map<std::string, std::vector<std::size_t>> index;
  for (std::size_t i = 0; i < things.size(); ++i)
    index[things[i].name].push_back(i);
  return index;
}

std::string full_name(const std::string& name_space, const std::string& name) {
  return printable(name_space.empty() ? name : name_space + "/" + name);
}

// At most three of them.
std::string list_in_words(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  std::vector<std::string> shown = names;
  shown.resize(std::min(most, names.size()));
  std::transform(shown.begin(), shown.end(), shown.begin(),
                 [](const std::string& name) { return printable(name, 100); });
  const std::string text = join(shown, ", ");
  return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

// ---- imagePullSecrets where nobody reads it

// `spec.template` and `imagePullSecrets` of the two together.
std::pair<std::string_view, std::string_view> split_member(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

bool is_in(std::string_view path, std::string_view outer) {
  return outer.empty() || path == outer ||
         (path.starts_with(outer) && path.substr(outer.size()).starts_with('.'));
}

/// Who has misplaced something, and where things belong.
struct Owner {
  std::string_view pod;      // the place of the Pod in it; empty for a ServiceAccount
  std::string_view secrets;  // that of its `imagePullSecrets`
};

bool is_malformed(std::string_view path, const Owner& owner) {
  return path == owner.secrets || (path.starts_with(owner.secrets) && path.ends_with(']'));
}

std::string_view name_of_misplaced(std::string_view path, const Owner& owner) {
  const std::string_view holder = split_member(path).first;
  if (is_malformed(path, owner)) return secrets_malformed;
  if (holder == split_member(owner.secrets).first) return "secrets-misspelled";
  if (holder.find("ontainers[") != std::string_view::npos) return "secrets-at-container";
  if (!is_in(owner.pod, holder)) return "secrets-misplaced";
  return split_member(holder).second == "spec" ? "secrets-in-outer-spec" : "secrets-beside-spec";
}

std::string misplaced_in_words(std::string_view path, const Owner& owner) {
  auto [holder, member] = split_member(path);
  if (is_malformed(path, owner))
    return fmt::format("`{}` is no {}, and the API server refuses it", printable(member),
                       path.ends_with(']') ? "{name: NAME}" : "list");
  if (holder == split_member(owner.secrets).first)
    return fmt::format("`{}` is no field, and nobody reads it", printable(member));
  if (holder != owner.pod && is_in(holder, owner.pod) && !owner.pod.empty())
    holder.remove_prefix(owner.pod.size() + 1);
  return fmt::format("`{}` stands at {}, where nobody reads it", printable(member),
                     holder.empty() ? "the top" : printable(holder));
}

// `who` stands before what is wrong.
std::vector<Remark> misplaced_remarks(const std::vector<std::string>& misplaced, const Owner& owner,
                                      const std::string& who, bool has_others) {
  constexpr std::size_t most = 5;
  std::vector<Remark> remarks;
  for (std::size_t i = 0; i < std::min(most, misplaced.size()); ++i) {
    const std::string& path = misplaced[i];
    remarks.push_back({std::string(name_of_misplaced(path, owner)), has_others ? warning : problem,
                       fmt::format("{}: {}", who, misplaced_in_words(path, owner)),
                       is_malformed(path, owner)
                           ? fmt::format("it is a list: {}: [{{name: NAME}}]", owner.secrets)
                           : fmt::format("its place is {}", owner.secrets)});
  }
  return remarks;
}

// Those of its ServiceAccount have one name.
std::vector<Remark> misplaced_remarks(const Pod& pod, const ServiceAccount& account,
                                      const std::string& account_name) {
  const bool has_others = !account.pull_secrets.empty();
  auto remarks = misplaced_remarks(
      account.misplaced, {{}, "imagePullSecrets"},
      fmt::format("{}{} its ServiceAccount {}", pod.in_words(),
                  has_others ? ":" : " names no pull secret, and neither does", account_name),
      has_others);
  for (Remark& remark : remarks) {
    if (remark.name != secrets_malformed)
      remark.hint = "its place is imagePullSecrets, at the top of the ServiceAccount";
    remark.name = "account-secrets-misplaced";
  }
  return remarks;
}

template <typename Thing>
void append(std::vector<Thing>& things, std::vector<Thing> more) {
  things.insert(things.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

bool may_be_there(const std::string& name) {
  return !name.empty() && !is_printed_map(name);
}

Remark open_name_space(const Pod& pod, std::string_view kind, const std::string& name) {
  return {
      "open-namespace", note,
      fmt::format("{} is taken for one of the namespace of {} {}: one of the two leaves it open",
                  pod.in_words(), kind, name),
      "say where it is applied, with --namespace"};
}

// Several may count where the Pod leaves its namespace open.
Remark absent_account(const Pod& pod, const std::string& name,
                      const std::vector<std::string>& name_spaces) {
  if (pod.name_space.empty() && name_spaces.size() > 1)
    return {
        std::string(ambiguous_account), warning,
        fmt::format("{} names no pull secret, and leaves its namespace open: its ServiceAccount "
                    "{} may be that of {}",
                    pod.in_words(), printable(name), list_in_words(name_spaces)),
        "say where it is applied, with --namespace"};
  return {std::string(account_not_here), warning,
          fmt::format(
              "{} names no pull secret; its ServiceAccount {}, which is not here, may have some",
              pod.in_words(), full_name(pod.name_space, name)),
          fmt::format("give it, too: `kubectl get serviceaccounts{} -o yaml`",
                      is_namespace(pod.name_space) ? " -n " + pod.name_space : "")};
}

// Why nothing comes of a Secret that is there.
Remark of_no_use(const Pod& pod, const KnownSecret& secret) {
  const bool is_refused = secret.state == State::refused;
  const auto remark = [&](const std::string& why, std::string hint) {
    return Remark{is_refused ? "secret-refused" : "not-a-pull-secret", problem,
                  fmt::format("{} names Secret {}, {}: {}", pod.in_words(),
                              full_name(secret.name_space, secret.name),
                              is_refused ? "and so pulls nothing" : "and has nothing of it", why),
                  std::move(hint)};
  };
  if (!secret.why)
    return remark("it is no pull secret", fmt::format("name one at {}", pod.secrets_place));
  return remark(secret.why->message,
                secret.why->hint.empty() ? "make the Secret anew" : secret.why->hint);
}

// A Pod that leaves its namespace open is in that of the ServiceAccount which is taken for its own.
const std::string& name_space_of(const Pod& pod, const ServiceAccount* account) {
  return pod.name_space.empty() && account != nullptr ? account->name_space : pod.name_space;
}

}  // namespace

/// What is there under a name.
struct PodJoin::Named {
  std::optional<std::size_t> position;
  bool is_guess = false;                 // one of the two leaves its namespace open
  std::vector<std::string> others = {};  // the namespaces that have one, where the Pod's has none
};

PodJoin::PodJoin(PodSurroundings around)
    : around_(std::move(around)),
      secrets_(index_of(around_.secrets)),
      accounts_(index_of(around_.accounts)) {
  for (const KnownSecret& secret : around_.secrets)
    if (secret.state != State::unread && !secret.name.empty())
      pull_secrets_in_[secret.name_space].push_back(secret.name);
  for (auto& [name_space, names] : pull_secrets_in_)
    names = without_repeats(std::move(names));
}

template <typename Thing>
PodJoin::Named PodJoin::find(const Index& index, const std::vector<Thing>& things,
                             const std::string& name_space, const std::string& name) const {
  const auto known = index.find(name);
  if (name.empty() || known == index.end()) return {};
  Named named;
  std::optional<std::size_t> open;
  std::set<std::string> others;
  for (const std::size_t i : known->second) {
    const std::string& here = things[i].name_space;
    if (here == name_space) named.position = i;
    if (here.empty() || name_space.empty()) open = i;
    if (!here.empty()) others.insert(here);
  }
  if (named.position) return named;
  named.others.assign(others.begin(), others.end());
  // Nobody knows which of several an open one means.
  if (open && (!name_space.empty() || others.size() == 1)) {
    named.position = open;
    named.is_guess = true;
  }
  return named;
}

// A Pod has misplaced what it has if it has anything: then that is said, and no more.
void PodJoin::add_no_names(const Pod& pod, const ServiceAccount* account,
                           std::vector<Remark>& findings) const {
  if (!pod.misplaced.empty()) return;
  const std::string words = account == nullptr ? "" : full_name(account->name_space, account->name);
  if (account != nullptr && !account->misplaced.empty())
    return append(findings, misplaced_remarks(pod, *account, words));
  if (account != nullptr)
    for (const std::string& name : account->mounted)
      if (const auto there = find(secrets_, around_.secrets, account->name_space, name).position;
          there && around_.secrets[*there].state != State::unread) {
        findings.push_back({"account-secrets-misplaced", problem,
                            fmt::format("{} names no pull secret: its ServiceAccount {} has {} "
                                        "among its `secrets`, which pull nothing",
                                        pod.in_words(), words, printable(name)),
                            fmt::format("imagePullSecrets: [{{name: {}}}], in the ServiceAccount",
                                        printable(name))});
        return;
      }
  findings.push_back(no_names(pod, account));
}

// A Pod that is there cannot be changed. What a patch replaces is nothing here.
Remark PodJoin::no_names(const Pod& pod, const ServiceAccount* account) const {
  const auto beside = pull_secrets_in_.find(name_space_of(pod, account));
  const std::string name = beside != pull_secrets_in_.end() && beside->second.size() == 1 &&
                                   is_secret_name(beside->second.front())
                               ? beside->second.front()
                               : "NAME";
  const std::string list = fmt::format("{}: [{{name: {}}}]", pod.secrets_place, name);
  const auto remark = [&](const std::string& others, std::string hint) {
    return Remark{std::string(names_none), warning,
                  fmt::format("{} names no pull secret{}", pod.in_words(), others),
                  std::move(hint)};
  };
  if (account == nullptr) return remark("", list + ", in what makes the Pod");
  return remark(
      fmt::format(", and neither does its ServiceAccount {}",
                  full_name(account->name_space, account->name)),
      fmt::format("{}; or for all Pods of the ServiceAccount that are made from now on: "
                  "`kubectl patch serviceaccount {}{} -p {}`",
                  list, shell_word(account->name),
                  is_namespace(account->name_space) ? " -n " + account->name_space : "",
                  shell_word(fmt::format(R"({{"imagePullSecrets": [{{"name": "{}"}}]}})", name))));
}

// That of a Pod which names no Secret itself, if it gives it some.
const ServiceAccount* PodJoin::account_of(const Pod& pod, std::vector<Remark>& findings) const {
  const std::string name = pod.account.empty() ? "default" : pod.account;
  const Named named = find(accounts_, around_.accounts, pod.name_space, name);
  if (!named.position && !pod.is_made) {
    if (pod.misplaced.empty()) findings.push_back(absent_account(pod, name, named.others));
    return nullptr;
  }
  const ServiceAccount* account = named.position ? &around_.accounts[*named.position] : nullptr;
  if (account == nullptr || account->pull_secrets.empty()) {
    add_no_names(pod, account, findings);
    return nullptr;
  }
  const std::string words = full_name(account->name_space, name);
  if (named.is_guess) findings.push_back(open_name_space(pod, "ServiceAccount", words));
  if (!pod.is_made) {
    append(findings, misplaced_remarks(pod, *account, words));
    return account;
  }
  findings.push_back(
      {"made-before", problem,
       fmt::format("{} names no pull secret: it was made before its ServiceAccount {} named {}",
                   pod.in_words(), words, list_in_words(account->pull_secrets)),
       "delete the Pod, and let it be made again"});
  return nullptr;
}

Remark PodJoin::absent(const Pod& pod, const ServiceAccount* account,
                       const std::string& name) const {
  const std::string who =
      account == nullptr
          ? pod.in_words()
          : fmt::format("{}: its ServiceAccount {}", pod.in_words(), printable(account->name));
  const std::string& name_space = name_space_of(pod, account);
  const auto remark = [&](const char* finding, const std::string& what, std::string hint) {
    return Remark{account == nullptr ? finding : "account-secret-not-here", problem,
                  fmt::format("{} names {}", who, what), std::move(hint)};
  };
  if (name.empty()) return remark("empty-name", "a pull Secret without a name", "");
  const std::string named = fmt::format("the pull Secret {}", printable(name));
  if (is_printed_map(name))
    return remark("printed-map", named + ", which is a map as a template prints it",
                  "print the list with toYaml, or the .name of its items");
  const std::string place =
      account == nullptr ? pod.secrets_place : "imagePullSecrets of the ServiceAccount";
  if (!is_secret_name(name))
    return remark(
        "not-a-name", named + ", which no Secret can have as its name",
        fmt::format("at {} stands the name of a Secret, of a-z, 0-9, '-' and '.'", place));
  const Named found = find(secrets_, around_.secrets, name_space, name);
  if (found.others.size() > 1 && name_space.empty())
    return remark("ambiguous-namespace",
                  fmt::format("{}, which is in {}, and leaves its namespace open", named,
                              list_in_words(found.others)),
                  "say where it is applied, with --namespace");
  if (!found.others.empty())
    return remark("other-namespace",
                  fmt::format("{}, which is in namespace {}, and not in its own, {}", named,
                              list_in_words(found.others), printable(name_space)),
                  "a Pod has the Secrets of its own namespace alone: make it there, too");
  const auto beside = pull_secrets_in_.find(name_space);
  if (beside == pull_secrets_in_.end())
    return remark("secret-not-here", named + ", which is not here", "");
  return remark(
      "other-name",
      fmt::format("{}, which is not here; here is {}", named, list_in_words(beside->second)),
      fmt::format("name that at {}, or make the Secret by this name: --name {}", place, name));
}

void PodJoin::add_secret(const Pod& pod, const ServiceAccount* account, const std::string& name,
                         PodSecrets& found) const {
  const Named named = find(secrets_, around_.secrets, name_space_of(pod, account), name);
  if (!named.position) {
    if (around_.has_secrets || !may_be_there(name))
      found.findings.push_back(absent(pod, account, name));
    return;
  }
  if (std::find(found.secrets.begin(), found.secrets.end(), *named.position) != found.secrets.end())
    return;
  found.secrets.push_back(*named.position);
  const KnownSecret& secret = around_.secrets[*named.position];
  if (named.is_guess)
    found.findings.push_back(open_name_space(pod, "Secret", full_name(secret.name_space, name)));
  if (secret.state != State::read) found.findings.push_back(of_no_use(pod, secret));
}

// Of a name that is not here nobody knows, where not all Secrets are given.
bool PodJoin::may_count(const Pod& pod, const ServiceAccount* account,
                        const std::string& name) const {
  const Named named = find(secrets_, around_.secrets, name_space_of(pod, account), name);
  return named.position ? around_.secrets[*named.position].state != State::unread
                        : may_be_there(name);
}

PodSecrets PodJoin::secrets_of(const Pod& pod) const {
  PodSecrets found;
  if (pod.refusal) {
    found.refusal = pod.refusal;
    found.has_none = true;
    found.findings.push_back(
        {"refused-by-api-server", problem,
         fmt::format("{}: the API server refuses it: {}", pod.in_words(), pod.refusal->message()),
         pod.refusal->hint()});
    return found;
  }
  const ServiceAccount* account = nullptr;
  if (pod.pull_secrets.empty()) account = account_of(pod, found.findings);
  found.names = account == nullptr ? pod.pull_secrets : account->pull_secrets;
  const bool has_others = !found.names.empty();
  append(
      found.findings,
      misplaced_remarks(pod.misplaced, {pod.spec_place, pod.secrets_place},
                        pod.in_words() + (has_others ? "" : " names no pull secret"), has_others));
  for (const Remark& finding : found.findings)
    if (finding.name == secrets_malformed)
      found.refusal = Error(pod.in_words(), finding.message, finding.hint);
  for (const std::string& name : found.names)
    add_secret(pod, account, name, found);
  // Who is not here may name some.
  found.has_none =
      !pod.is_run_by_others &&
      std::none_of(found.names.begin(), found.names.end(),
                   [&](const std::string& name) { return may_count(pod, account, name); }) &&
      std::none_of(found.findings.begin(), found.findings.end(), [](const Remark& finding) {
        return finding.name == account_not_here || finding.name == ambiguous_account;
      });
  return found;
}

bool is_about_none(const Remark& finding) {
  return is_one_of(finding.name, {names_none, account_not_here, ambiguous_account});
}

}  // namespace pullsecret
