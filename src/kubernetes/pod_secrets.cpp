#include "kubernetes/pod_secrets.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;
using State = KnownSecret::State;

constexpr std::string_view names_none = "names-none", account_not_here = "account-not-here";

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

std::string_view name_of_misplaced(std::string_view holder, std::string_view pod) {
  if (holder == pod) return "secrets-misspelled";
  if (holder.find("ontainers[") != std::string_view::npos) return "secrets-at-container";
  if (!pod.starts_with(holder)) return "secrets-misplaced";
  return split_member(holder).second == "spec" ? "secrets-in-outer-spec" : "secrets-beside-spec";
}

std::string misplaced_in_words(std::string_view holder, std::string_view member,
                               std::string_view pod) {
  if (holder == pod)
    return fmt::format("`{}` is no field of a Pod, and nobody reads it", printable(member));
  if (holder.starts_with(pod)) holder.remove_prefix(pod.size() + 1);
  return fmt::format("`{}` stands at {}, where nobody reads it", printable(member),
                     holder.empty() ? "the top" : printable(holder));
}

void add_misplaced(const Pod& pod, bool has_others, std::vector<Remark>& findings) {
  constexpr std::size_t most = 5;
  for (std::size_t i = 0; i < std::min(most, pod.misplaced.size()); ++i) {
    const auto [holder, member] = split_member(pod.misplaced[i]);
    const std::string words = misplaced_in_words(holder, member, pod.spec_place);
    findings.push_back(
        {std::string(name_of_misplaced(holder, pod.spec_place)), has_others ? warning : problem,
         has_others ? fmt::format("{}: {}", pod.in_words(), words)
                    : fmt::format("{} names no pull secret: {}", pod.in_words(), words),
         fmt::format("its place is {}.imagePullSecrets", pod.spec_place)});
  }
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
      pull_secrets_in_[name_space_of(secret.name_space)].push_back(secret.name);
  for (auto& [name_space, names] : pull_secrets_in_)
    names = without_repeats(std::move(names));
}

const std::string& PodJoin::name_space_of(const std::string& given) const {
  return given.empty() ? around_.name_space : given;
}

template <typename Thing>
PodJoin::Named PodJoin::find(const Index& index, const std::vector<Thing>& things,
                             const std::string& name_space, const std::string& name) const {
  const auto known = index.find(name);
  if (name.empty() || known == index.end()) return {};
  Named named;
  std::optional<std::size_t> open;
  std::set<std::string> others;
  const std::string& wanted = name_space_of(name_space);
  for (const std::size_t i : known->second) {
    const std::string& here = name_space_of(things[i].name_space);
    if (here == wanted) named.position = i;
    if (here.empty() || wanted.empty()) open = i;
    if (!here.empty()) others.insert(here);
  }
  if (named.position) return named;
  named.others.assign(others.begin(), others.end());
  // Nobody knows which of several an open one means.
  if (open && (!wanted.empty() || others.size() == 1)) {
    named.position = open;
    named.is_guess = true;
  }
  return named;
}

const ServiceAccount* PodJoin::account_of(const Pod& pod, std::vector<Remark>& findings) const {
  const std::string name = pod.account.empty() ? "default" : pod.account;
  const Named named = find(accounts_, around_.accounts, pod.name_space, name);
  const std::string& name_space = name_space_of(pod.name_space);
  const bool says_nothing = pod.misplaced.empty();
  if (!named.position) {
    if (says_nothing && !pod.is_made)
      findings.push_back(
          {std::string(account_not_here), warning,
           fmt::format(
               "{} names no pull secret; its ServiceAccount {}, which is not here, may have some",
               pod.in_words(), full_name(name_space, name)),
           fmt::format("give it, too: `kubectl get serviceaccounts{} -o yaml`",
                       name_space.empty() ? "" : " -n " + shell_word(name_space))});
    if (!pod.is_made) return nullptr;
  }
  const ServiceAccount* account = named.position ? &around_.accounts[*named.position] : nullptr;
  if (account != nullptr && !account->pull_secrets.empty()) {
    if (named.is_guess)
      findings.push_back(open_name_space(pod, "ServiceAccount",
                                         full_name(name_space_of(account->name_space), name)));
    if (!pod.is_made) return account;
    findings.push_back({"made-before", problem,
                        fmt::format("{} names no pull secret: it was made before its "
                                    "ServiceAccount {} named {}",
                                    pod.in_words(), full_name(name_space, name),
                                    list_in_words(account->pull_secrets)),
                        "delete the Pod, and let it be made again"});
    return nullptr;
  }
  if (says_nothing)
    findings.push_back(
        {std::string(names_none), warning,
         fmt::format("{} names no pull secret{}", pod.in_words(),
                     account == nullptr ? ""
                                        : fmt::format(", and neither does its ServiceAccount {}",
                                                      full_name(name_space, name))),
         fmt::format("name it at {}.imagePullSecrets", pod.spec_place)});
  return nullptr;
}

Remark PodJoin::absent(const Pod& pod, const ServiceAccount* account,
                       const std::string& name) const {
  const std::string who =
      account == nullptr
          ? pod.in_words()
          : fmt::format("{}: its ServiceAccount {}", pod.in_words(), printable(account->name));
  const std::string& name_space = name_space_of(pod.name_space);
  const auto remark = [&](const char* finding, const std::string& what, std::string hint) {
    return Remark{account == nullptr ? finding : "account-secret-not-here", problem,
                  fmt::format("{} names {}", who, what), std::move(hint)};
  };
  if (name.empty()) return remark("empty-name", "a pull Secret without a name", "");
  const std::string named = fmt::format("the pull Secret {}", printable(name));
  if (is_printed_map(name))
    return remark("printed-map", named + ", which is a map as a template prints it",
                  "print the list with toYaml, or the .name of its items");
  const Named found = find(secrets_, around_.secrets, pod.name_space, name);
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
      fmt::format("name that in {}imagePullSecrets, or make the Secret by this name: "
                  "--name {}",
                  account == nullptr ? pod.spec_place + "." : "its ", shell_word(name)));
}

void PodJoin::add_secret(const Pod& pod, const ServiceAccount* account, const std::string& name,
                         PodSecrets& found) const {
  const Named named = find(secrets_, around_.secrets, pod.name_space, name);
  if (!named.position) {
    if (around_.has_secrets || !may_be_there(name))
      found.findings.push_back(absent(pod, account, name));
    return;
  }
  const KnownSecret& secret = around_.secrets[*named.position];
  const std::string words = full_name(name_space_of(secret.name_space), name);
  if (std::find(found.secrets.begin(), found.secrets.end(), *named.position) != found.secrets.end())
    return;
  found.secrets.push_back(*named.position);
  if (named.is_guess) found.findings.push_back(open_name_space(pod, "Secret", words));
  if (secret.state == State::refused)
    found.findings.push_back(
        {"secret-refused", problem,
         fmt::format("{} names Secret {}, which the kubelet refuses, and so pulls nothing for it",
                     pod.in_words(), words),
         ""});
  if (secret.state == State::unread)
    found.findings.push_back({"not-a-pull-secret", problem,
                              fmt::format("{} names Secret {}, of which the kubelet reads nothing: "
                                          "it is no pull secret",
                                          pod.in_words(), words),
                              ""});
}

PodSecrets PodJoin::secrets_of(const Pod& pod) const {
  PodSecrets found;
  const ServiceAccount* account = nullptr;
  if (pod.pull_secrets.empty()) account = account_of(pod, found.findings);
  found.names = account == nullptr ? pod.pull_secrets : account->pull_secrets;
  add_misplaced(pod, !found.names.empty(), found.findings);
  for (const std::string& name : found.names)
    add_secret(pod, account, name, found);
  // A ServiceAccount that is not here may have some.
  found.has_none =
      std::none_of(found.names.begin(), found.names.end(), may_be_there) &&
      std::none_of(found.findings.begin(), found.findings.end(),
                   [](const Remark& finding) { return finding.name == account_not_here; });
  return found;
}

bool is_about_none(const Remark& finding) {
  return finding.name == names_none || finding.name == account_not_here;
}

}  // namespace pullsecret
