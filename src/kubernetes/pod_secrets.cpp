#include "kubernetes/pod_secrets.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "credential/unfilled_template.h"
#include "kubernetes/image.h"
#include "kubernetes/keyring.h"
#include "kubernetes/name_rules.h"
#include "system/append.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;
using State = KnownSecret::State;

constexpr std::string_view names_none = "names-none", account_not_here = "account-not-here",
                           ambiguous_account = "ambiguous-account",
                           secrets_malformed = "secrets-malformed", empty_name = "empty-name",
                           unfilled_template = "unfilled-template";

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

// What has no name may be there all the same.
bool names_any(const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return !name.empty(); });
}

// Of a namespace, or of what else has a name, nobody knows which is meant.
const TemplateMark* mark_in_name(const std::string& name) {
  return is_secret_name(name) ? nullptr : find_template_mark_in_name(name);
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

std::string_view name_of_misplaced(std::string_view path, const Owner& owner) {
  const std::string_view holder = split_member(path).first;
  if (holder == split_member(owner.secrets).first) return "secrets-misspelled";
  if (holder.find("ontainers[") != std::string_view::npos) return "secrets-at-container";
  if (!is_in(owner.pod, holder)) return "secrets-misplaced";
  return split_member(holder).second == "spec" ? "secrets-in-outer-spec" : "secrets-beside-spec";
}

std::string misplaced_in_words(std::string_view path, const Owner& owner) {
  auto [holder, member] = split_member(path);
  if (holder == split_member(owner.secrets).first)
    return fmt::format("`{}` is no field: kubectl refuses it, or else the API server drops it",
                       printable(member));
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
                       fmt::format("its place is {}", owner.secrets)});
  }
  return remarks;
}

std::string malformed_in_words(const Malformed& item) {
  const std::string member(split_member(item.path).second);
  if (item.is_dropped)
    return fmt::format(
        "`{}` has `{}` and no `name`: kubectl refuses it, or else the API server "
        "drops it",
        printable(member), item.found);
  return fmt::format("`{}` is no {} but {}, and the API server refuses it", printable(member),
                     member.ends_with(']') ? "{name: NAME}" : "list", item.found);
}

std::vector<Remark> malformed_remarks(const std::vector<Malformed>& malformed,
                                      std::string_view secrets_place, const std::string& who) {
  std::vector<Remark> remarks;
  remarks.reserve(malformed.size());
  for (const Malformed& item : malformed)
    remarks.push_back({std::string(item.is_dropped ? empty_name : secrets_malformed), problem,
                       fmt::format("{}: {}", who, malformed_in_words(item)),
                       item.hint.empty()
                           ? fmt::format("it is a list: {}: [{{name: NAME}}]", secrets_place)
                           : item.hint});
  return remarks;
}

// Those of its ServiceAccount have one name.
std::vector<Remark> misplaced_remarks(const Pod& pod, const ServiceAccount& account,
                                      const std::string& account_name) {
  const bool has_others = names_any(account.pull_secrets);
  const std::string who =
      fmt::format("{}{} its ServiceAccount {}", pod.in_words(),
                  has_others ? ":" : " names no pull secret, and neither does", account_name);
  auto remarks = misplaced_remarks(account.misplaced, {{}, "imagePullSecrets"}, who, has_others);
  for (Remark& remark : remarks)
    remark.hint = "its place is imagePullSecrets, at the top of the ServiceAccount";
  append(remarks, malformed_remarks(account.malformed, "imagePullSecrets", who));
  for (Remark& remark : remarks)
    remark.name = "account-secrets-misplaced";
  return remarks;
}

// Where it is a template, that was said with what to do.
Remark open_name_space(const Pod& pod, std::string_view kind, const std::string& name) {
  return {
      "open-namespace", note,
      fmt::format("{} is taken for one of the namespace of {} {}: one of the two leaves it open",
                  pod.in_words(), kind, name),
      pod.name_space.empty() || is_namespace(pod.name_space)
          ? "say where it is applied, with --namespace"
          : ""};
}

// Of a Pod that leaves its namespace open, in each of those that it may be in.
Remark several_name_spaces(const Pod& pod, std::string_view kind, const std::string& name,
                           const std::vector<std::string>& all, const std::string& this_one) {
  const bool is_of_secrets = kind == "Secret";
  const std::string what = is_of_secrets ? "the Secrets that are named are"
                                         : fmt::format("{} {} is", kind, printable(name));
  return {
      std::string(is_of_secrets ? "ambiguous-namespace" : ambiguous_account), warning,
      fmt::format("{} leaves its namespace open, and {} in {}: nobody knows where it is, and so "
                  "the worst counts; here it is in {}",
                  pod.in_words(), what, list_in_words(all), printable(this_one)),
      "say where it is applied, with --namespace"};
}

bool serves_any(const std::vector<std::string>& keys, const std::vector<Image>& images) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return std::any_of(images.begin(), images.end(),
                       [&](const Image& image) { return serves_image(key, image); });
  });
}

// Why nothing comes of a Secret that is there.
Remark of_no_use(const Pod& pod, const KnownSecret& secret, bool has_others) {
  const bool is_refused = secret.state == State::refused;
  const auto remark = [&](const std::string& why, std::string hint) {
    return Remark{is_refused ? "secret-refused" : "not-a-pull-secret",
                  has_others && !is_refused ? note : problem,
                  fmt::format("{} names Secret {}, {}: {}", pod.in_words(),
                              full_name(secret.name_space, secret.name),
                              is_refused ? "and so pulls nothing" : "and has nothing of it", why),
                  std::move(hint)};
  };
  if (!secret.why)
    return remark("it is no pull secret",
                  has_others ? "" : fmt::format("name one at {}", pod.secrets_place));
  return remark(secret.why->message,
                secret.why->hint.empty() ? "make the Secret anew" : secret.why->hint);
}

const std::string& account_name(const Pod& pod) {
  static const std::string by_default = "default";
  return pod.account.empty() ? by_default : pod.account;
}

std::vector<Image> images_of(const Pod& pod) {
  std::vector<Image> images;
  for (const std::string& name : pod.images)
    try {
      images.push_back(parse_image(name));
    } catch (const Error&) {
      // It serves as none.
    }
  return images;
}

}  // namespace

/// What is there under a name.
struct PodJoin::Named {
  std::optional<std::size_t> position;
  bool is_guess = false;                 // it leaves its namespace open, and who looks for it not
  std::vector<std::string> others = {};  // the other namespaces that have one
};

/// A Pod that is taken for being in a namespace; an empty one is open, and of nobody else.
struct PodJoin::Placed {
  const Pod& pod;
  const Places& places;
  std::string name_space;

  bool is_guess() const { return !name_space.empty() && pod.name_space != name_space; }
};

/// The pull Secrets which a Pod could name.
struct PodJoin::Beside {
  std::vector<std::string> names, in_words;
  bool serve_it = false;  // they have an entry for one of its images

  // For a hint, that can be copied where there is but one.
  std::string name() const {
    return names.size() == 1 && is_secret_name(names.front()) ? names.front() : "NAME";
  }

  std::string serving_in_words() const {
    if (!serve_it) return {};
    return fmt::format("; {} here {} an entry for its image",
                       (in_words.size() == 1 ? "Secret " : "Secrets ") + list_in_words(in_words),
                       in_words.size() == 1 ? "has" : "have");
  }
};

// Of namespaces that are templates nobody knows which is meant: they are left open.
template <typename Thing>
std::vector<Thing> with_open_templates(std::vector<Thing> things) {
  for (Thing& thing : things)
    if (mark_in_name(thing.name_space) != nullptr) thing.name_space.clear();
  return things;
}

PodJoin::PodJoin(PodSurroundings around, const std::vector<Pod>& pods)
    : around_{with_open_templates(std::move(around.secrets)),
              with_open_templates(std::move(around.accounts)),
              with_open_templates(std::move(around.to_come)), around.has_secrets},
      secrets_(index_of(around_.secrets)),
      accounts_(index_of(around_.accounts)),
      to_come_(index_of(around_.to_come)) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> last;
  for (std::size_t i = 0; i < around_.secrets.size(); ++i)
    last[{around_.secrets[i].name_space, around_.secrets[i].name}] = i;
  for (const auto& [name, i] : last) {
    const KnownSecret& secret = around_.secrets[i];
    if (secret.state == State::unread || secret.name.empty()) continue;
    pull_secrets_.push_back(i);
    pull_secrets_in_[secret.name_space].push_back(i);
  }
  find_open_places(pods);
}

bool PodJoin::is_open(const Pod& pod) {
  return pod.name_space.empty() || mark_in_name(pod.name_space) != nullptr;
}

// What only some of the Pods name leaves it to these.
void PodJoin::find_open_places(const std::vector<Pod>& pods) {
  std::vector<std::string> in_all, in_any;
  for (const Pod& pod : pods) {
    if (!is_open(pod) || pod.refusal) continue;
    const Places places = places_named_by(pod);
    if (places.name_spaces.empty()) continue;
    if (in_any.empty()) open_places_ = places;
    if (in_any.empty()) in_all = places.name_spaces;
    in_any.insert(in_any.end(), places.name_spaces.begin(), places.name_spaces.end());
    std::erase_if(in_all, [&](const std::string& name_space) {
      return std::find(places.name_spaces.begin(), places.name_spaces.end(), name_space) ==
             places.name_spaces.end();
    });
  }
  std::sort(in_any.begin(), in_any.end());
  open_places_.name_spaces = in_all.empty() ? without_repeats(std::move(in_any)) : in_all;
  if (open_places_.name_spaces.empty()) open_places_.name_spaces = {""};
}

template <typename Thing>
PodJoin::Named PodJoin::find(const Index& index, const std::vector<Thing>& things,
                             const std::string& name_space, const std::string& name) const {
  const auto known = index.find(name);
  if (!is_secret_name(name) || known == index.end()) return {};
  Named named;
  std::set<std::string> others;
  const auto last_in = [&](std::string_view here) {
    const auto last = std::find_if(known->second.rbegin(), known->second.rend(),
                                   [&](std::size_t i) { return things[i].name_space == here; });
    return last == known->second.rend() ? std::nullopt : std::optional(*last);
  };
  if (named.position = last_in(name_space); named.position) return named;
  named.position = last_in("");
  named.is_guess = named.position.has_value();
  for (const std::size_t i : known->second)
    if (!things[i].name_space.empty()) others.insert(things[i].name_space);
  named.others.assign(others.begin(), others.end());
  return named;
}

// Those of what it names and who leaves it open does not have; none if there is nothing.
PodJoin::Places PodJoin::places_named_by(const Pod& pod) const {
  std::vector<std::string> names = pod.pull_secrets;
  if (names.empty()) {
    const Named account = find(accounts_, around_.accounts, "", account_name(pod));
    if (account.position)
      names = around_.accounts[*account.position].pull_secrets;
    else if (!account.others.empty())
      return {account.others, "ServiceAccount", account_name(pod)};
  }
  Places places{.name_spaces = {}, .kind = "Secret"};
  std::set<std::string> name_spaces;
  for (const std::string& name : names) {
    const Named secret = find(secrets_, around_.secrets, "", name);
    if (secret.position || secret.others.empty()) continue;
    if (name_spaces.empty()) places.name = name;
    name_spaces.insert(secret.others.begin(), secret.others.end());
  }
  places.name_spaces.assign(name_spaces.begin(), name_spaces.end());
  return places;
}

// The Secrets that it names are not among them. To compare keys with images is worth it only where
// that leaves few.
PodJoin::Beside PodJoin::beside(const Placed& pod, const std::vector<std::string>& named) const {
  constexpr std::size_t most = 20;
  std::vector<std::size_t> positions;
  if (pod.name_space.empty()) {
    positions = pull_secrets_;
  } else {
    for (const std::string& name_space : {pod.name_space, std::string()})
      if (const auto found = pull_secrets_in_.find(name_space); found != pull_secrets_in_.end())
        positions.insert(positions.end(), found->second.begin(), found->second.end());
  }
  std::erase_if(positions, [&](std::size_t i) {
    return std::find(named.begin(), named.end(), around_.secrets[i].name) != named.end();
  });
  Beside beside;
  if (positions.size() <= most) {
    std::vector<std::size_t> serving;
    const std::vector<Image> images = images_of(pod.pod);
    std::copy_if(positions.begin(), positions.end(), std::back_inserter(serving),
                 [&](std::size_t i) { return serves_any(around_.secrets[i].keys, images); });
    beside.serve_it = !serving.empty();
    if (beside.serve_it) positions = std::move(serving);
  }
  for (const std::size_t i : positions) {
    const auto& [name_space, name, state, why, keys] = around_.secrets[i];
    beside.names.push_back(name);
    beside.in_words.push_back(pod.name_space.empty() && !name_space.empty()
                                  ? fmt::format("{}/{}", name_space, name)
                                  : name);
  }
  beside.names = without_repeats(std::move(beside.names));
  return beside;
}

// A Pod has misplaced what it has if it has anything: then that is said, and no more.
void PodJoin::add_no_names(const Placed& pod, const ServiceAccount* account,
                           PodSecrets& found) const {
  if (!pod.pod.misplaced.empty() || !pod.pod.malformed.empty()) return;
  const std::string words = account == nullptr ? "" : full_name(account->name_space, account->name);
  if (account != nullptr && !(account->misplaced.empty() && account->malformed.empty()))
    return append(found.findings, misplaced_remarks(pod.pod, *account, words));
  if (account != nullptr)
    for (const std::string& name : account->mounted)
      if (const auto there = find(secrets_, around_.secrets, pod.name_space, name).position;
          there && around_.secrets[*there].state != State::unread) {
        found.findings.push_back(
            {"account-secrets-misplaced", problem,
             fmt::format("{} names no pull secret: its ServiceAccount {} has {} "
                         "among its `secrets`, which pull nothing",
                         pod.pod.in_words(), words, printable(name)),
             fmt::format("imagePullSecrets: [{{name: {}}}], in the "
                         "ServiceAccount",
                         printable(name))});
        return;
      }
  const Beside others = beside(pod, {});
  found.findings.push_back(no_names(pod, account, others));
  found.has_way |= others.serve_it;
}

// A Pod that is there cannot be changed. What a patch replaces is nothing here.
Remark PodJoin::no_names(const Placed& placed, const ServiceAccount* account,
                         const Beside& beside) {
  const Pod& pod = placed.pod;
  const std::string name = beside.name();
  const std::string list = fmt::format("{}: [{{name: {}}}]", pod.secrets_place, name);
  const auto remark = [&](const std::string& others, std::string hint) {
    return Remark{std::string(names_none), warning,
                  fmt::format("{} names no pull secret{}{}", pod.in_words(), others,
                              beside.serving_in_words()),
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
const ServiceAccount* PodJoin::account_of(const Placed& placed, PodSecrets& found) const {
  const Pod& pod = placed.pod;
  const std::string& name = account_name(pod);
  const Named named = find(accounts_, around_.accounts, placed.name_space, name);
  if (!named.position && !pod.is_made) {
    if (!pod.misplaced.empty() || !pod.malformed.empty()) return nullptr;
    if (const TemplateMark* mark = mark_in_name(name)) {
      found.findings.push_back(
          {std::string(unfilled_template), problem,
           fmt::format("{} names no pull secret; its {}", pod.in_words(),
                       in_words(fmt::format("ServiceAccount {}", printable(name, 100)), *mark)),
           std::string(mark->way.images)});
      return nullptr;
    }
    const Beside others = beside(placed, {});
    const std::string give_it =
        fmt::format("give it, too: `kubectl get serviceaccounts{} -o yaml`",
                    is_namespace(placed.name_space) ? " -n " + placed.name_space : "");
    found.findings.push_back(
        {std::string(account_not_here), warning,
         fmt::format("{} names no pull secret; its ServiceAccount {}, which is not here, may have "
                     "some{}",
                     pod.in_words(), full_name(placed.name_space, name), others.serving_in_words()),
         fmt::format("{}; where that names none: {}: [{{name: {}}}]", give_it, pod.secrets_place,
                     others.name())});
    found.has_way |= others.serve_it;
    return nullptr;
  }
  const ServiceAccount* account = named.position ? &around_.accounts[*named.position] : nullptr;
  if (account == nullptr || account->pull_secrets.empty()) {
    add_no_names(placed, account, found);
    return nullptr;
  }
  const std::string words = full_name(account->name_space, name);
  if (named.is_guess && !placed.is_guess())
    found.findings.push_back(open_name_space(pod, "ServiceAccount", words));
  if (!pod.is_made) {
    append(found.findings, misplaced_remarks(pod, *account, words));
    return account;
  }
  found.findings.push_back(
      {"made-before", problem,
       fmt::format("{} names no pull secret: it was made before its ServiceAccount {} named {}",
                   pod.in_words(), words, list_in_words(account->pull_secrets)),
       "delete the Pod, and let it be made again"});
  return nullptr;
}

const SecretToCome* PodJoin::to_come(const Placed& pod, const std::string& name) const {
  const Named named = find(to_come_, around_.to_come, pod.name_space, name);
  if (named.position) return &around_.to_come[*named.position];
  if (!pod.name_space.empty() || named.others.empty()) return nullptr;
  return &around_.to_come[to_come_.at(name).front()];
}

// Beside another that counts it is no fault: the kubelet passes it over.
Remark PodJoin::absent(const Placed& placed, const ServiceAccount* account, const std::string& name,
                       PodSecrets& found) const {
  const Pod& pod = placed.pod;
  const bool has_others = has_secret(placed, found);
  const std::string who =
      account == nullptr
          ? pod.in_words()
          : fmt::format("{}: its ServiceAccount {}", pod.in_words(), printable(account->name));
  const auto remark = [&](std::string_view finding, const std::string& what, std::string hint) {
    return Remark{std::string(account == nullptr ? finding : "account-secret-not-here"),
                  has_others && is_secret_name(name) ? note : problem,
                  fmt::format("{} names {}", who, what), std::move(hint)};
  };
  if (name.empty()) return remark(empty_name, "a pull Secret without a name", "");
  const std::string named = fmt::format("the pull Secret {}", printable(name));
  if (is_printed_map(name))
    return remark("printed-map", named + ", which is a map as a template prints it",
                  std::string(way_to_print_list));
  if (const TemplateMark* mark = mark_in_name(name))
    return remark(unfilled_template, in_words(named + ", which", *mark),
                  std::string(mark->way.images));
  const std::string place =
      account == nullptr ? pod.secrets_place : "imagePullSecrets of the ServiceAccount";
  if (!is_secret_name(name))
    return remark(
        "not-a-name", named + ", which no Secret can have as its name",
        fmt::format("at {} stands the name of a Secret, of a-z, 0-9, '-' and '.'", place));
  if (const SecretToCome* coming = to_come(placed, name)) {
    found.has_way = true;
    const std::string& name_space =
        coming->name_space.empty() ? placed.name_space : coming->name_space;
    return {
        "secret-to-come", has_others ? note : warning,
        fmt::format("{} names {}, which {} makes in the cluster: what is in it nobody knows here",
                    who, named, coming->maker),
        fmt::format("give it, too, where it is made: `kubectl get secret {}{} -o yaml`", name,
                    is_namespace(name_space) ? " -n " + name_space : "")};
  }
  const Named elsewhere = find(secrets_, around_.secrets, placed.name_space, name);
  if (!elsewhere.others.empty())
    return remark("other-namespace",
                  fmt::format("{}, which is in namespace {}, and not in its own, {}", named,
                              list_in_words(elsewhere.others), printable(placed.name_space)),
                  "a Pod has the Secrets of its own namespace alone: make it there, too");
  const Beside others = beside(placed, found.names);
  if (others.names.empty()) {
    if (!has_others) found.missing = name;
    return remark("secret-not-here", named + ", which is not here", "");
  }
  return remark(
      "other-name",
      fmt::format("{}, which is not here; here is {}", named, list_in_words(others.in_words)),
      fmt::format("name that at {}, or make the Secret by this name: --name {}", place, name));
}

void PodJoin::add_secret(const Placed& pod, const ServiceAccount* account, const std::string& name,
                         PodSecrets& found) const {
  if (name.empty() && !(account == nullptr ? pod.pod.malformed : account->malformed).empty())
    return;  // of which more was said
  const Named named = find(secrets_, around_.secrets, pod.name_space, name);
  if (!named.position) {
    if (around_.has_secrets || !is_secret_name(name) || to_come(pod, name) != nullptr)
      found.findings.push_back(absent(pod, account, name, found));
    return;
  }
  if (std::find(found.secrets.begin(), found.secrets.end(), *named.position) != found.secrets.end())
    return;
  found.secrets.push_back(*named.position);
  const KnownSecret& secret = around_.secrets[*named.position];
  if (named.is_guess && !pod.is_guess())
    found.findings.push_back(
        open_name_space(pod.pod, "Secret", full_name(secret.name_space, name)));
  if (secret.state != State::read)
    found.findings.push_back(of_no_use(pod.pod, secret, has_secret(pod, found)));
}

bool PodJoin::has_secret(const Placed& pod, const PodSecrets& found) const {
  return std::any_of(found.names.begin(), found.names.end(), [&](const std::string& name) {
    const Named named = find(secrets_, around_.secrets, pod.name_space, name);
    return named.position && around_.secrets[*named.position].state == State::read;
  });
}

// Of a name that is not here nobody knows, where not all Secrets are given.
bool PodJoin::may_count(const Placed& pod, const std::string& name) const {
  const Named named = find(secrets_, around_.secrets, pod.name_space, name);
  return named.position ? around_.secrets[*named.position].state != State::unread
                        : is_secret_name(name);
}

PodSecrets PodJoin::secrets_of(const Placed& placed) const {
  const Pod& pod = placed.pod;
  PodSecrets found;
  if (is_open(pod) && placed.places.name_spaces.size() > 1)
    found.findings.push_back(several_name_spaces(pod, placed.places.kind, placed.places.name,
                                                 placed.places.name_spaces, placed.name_space));
  else if (placed.is_guess())
    found.findings.push_back(
        open_name_space(pod, placed.places.kind, full_name(placed.name_space, placed.places.name)));
  const ServiceAccount* account = nullptr;
  if (pod.pull_secrets.empty()) account = account_of(placed, found);
  found.names = account == nullptr ? pod.pull_secrets : account->pull_secrets;
  const bool has_others = names_any(found.names);
  const std::string who = pod.in_words() + (has_others ? "" : " names no pull secret");
  append(found.findings,
         misplaced_remarks(pod.misplaced, {pod.spec_place, pod.secrets_place}, who, has_others));
  append(found.findings, malformed_remarks(pod.malformed, pod.secrets_place, who));
  for (const Remark& finding : found.findings)
    if (finding.name == secrets_malformed)
      found.refusal = Error(pod.in_words(), finding.message, finding.hint);
  for (const std::string& name : found.names)
    add_secret(placed, account, name, found);
  found.has_none = std::none_of(found.names.begin(), found.names.end(),
                                [&](const std::string& name) { return may_count(placed, name); });
  found.has_way |= std::any_of(
      found.findings.begin(), found.findings.end(),
      [](const Remark& finding) { return finding.severity == problem && !finding.hint.empty(); });
  return found;
}

std::vector<PodSecrets> PodJoin::secrets_of(const Pod& pod) const {
  if (pod.refusal) {
    PodSecrets none{.has_none = true, .refusal = pod.refusal};
    none.findings.push_back(
        {"refused-by-api-server", problem,
         fmt::format("{}: the API server refuses it: {}", pod.in_words(), pod.refusal->message()),
         pod.refusal->hint()});
    return {std::move(none)};
  }
  const Places places = is_open(pod) ? open_places_ : Places{{pod.name_space}};
  std::vector<PodSecrets> all;
  for (const std::string& name_space : places.name_spaces)
    if (all.empty() || !all.back().refusal)
      all.push_back(secrets_of(Placed{pod, places, name_space}));
  return all;
}

bool is_about_none(const Remark& finding) {
  return is_one_of(finding.name, {names_none, account_not_here, ambiguous_account,
                                  no_entry_for_image, config_not_read});
}

}  // namespace pullsecret
