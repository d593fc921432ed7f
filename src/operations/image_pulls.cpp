#include "operations/image_pulls.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "credential/registry.h"
#include "credential/unfilled_template.h"
#include "kubernetes/name_rules.h"
#include "registry/origin.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;

KnownSecret known_secret(const InspectedSecret& secret) {
  using State = KnownSecret::State;
  KnownSecret known{secret.origin.name_space, secret.origin.name,
                    secret.is_refused ? State::refused
                    : secret.is_read  ? State::read
                                      : State::unread};
  if (const Remark* why = problem_in(secret.remarks)) known.why = *why;
  if (secret.is_read)
    for (const KeyringEntry& entry : secret.entries)
      known.keys.push_back(entry.key);
  return known;
}

// First the inspected ones, at their own positions; then those of which the kubelet reads nothing.
PodJoin join_of(const PullInputs& inputs) {
  PodSurroundings around{.secrets = {},
                         .accounts = inputs.workloads.accounts,
                         .to_come = inputs.workloads.to_come,
                         .has_secrets = inputs.has_secrets};
  for (const InspectedSecret& secret : inputs.secrets)
    around.secrets.push_back(known_secret(secret));
  for (const SecretName& secret : inputs.workloads.secrets)
    around.secrets.push_back({secret.name_space, secret.name, KnownSecret::State::unread});
  return {std::move(around), inputs.workloads.pods};
}

// A tag, or what stands first, may be a template that is a right name all the same.
std::optional<Remark> remark_on_template(const std::string& name, const Image& image) {
  const TemplateMark* mark = find_template_mark(image.reference);
  if (mark == nullptr) mark = find_template_mark(name.substr(0, name.find('/')));
  if (mark == nullptr) return std::nullopt;
  return Remark{"unfilled-template", warning, in_words("the image's name", *mark),
                std::string(mark->way.images)};
}

std::vector<Remark> remarks_on(const std::string& name, const Image& image) {
  std::vector<Remark> remarks;
  if (auto remark = remark_on_template(name, image)) remarks.push_back(*std::move(remark));
  if (is_address_without_port(image.registry_host))
    remarks.push_back({"address-without-port", warning, "no entry of a Secret serves this image",
                       std::string(address_needs_port)});
  if (auto remark = remark_on_local(image.registry_host)) remarks.push_back(*std::move(remark));
  return remarks;
}

std::optional<PullRefusal> refusal_of(const std::vector<const InspectedSecret*>& secrets) {
  for (const InspectedSecret* secret : secrets)
    if (secret->is_refused)
      return PullRefusal{
          "Secret refused",
          Error("", fmt::format("the kubelet refuses Secret {}, and pulls no image for a Pod that "
                                "names it",
                                name_in_words(secret->origin)))};
  return std::nullopt;
}

Keyring keyring_of(const std::vector<const InspectedSecret*>& secrets) {
  Keyring::Found entries;
  for (const InspectedSecret* secret : secrets)
    if (secret->is_read)
      for (const KeyringEntry& entry : secret->entries)
        entries.push_back(&entry);
  return Keyring(entries);
}

bool is_config(const InspectedSecret& secret) {
  return secret.origin.kind == EntryOrigin::Kind::docker_config;
}

// What a Pod in `name_space`, where it is known, could name. A Docker config is of no namespace,
// and a Secret may leave its own open.
std::vector<const InspectedSecret*> all_in(const std::string& name_space,
                                           const PullInputs& inputs) {
  std::vector<const InspectedSecret*> all;
  for (const InspectedSecret& secret : inputs.secrets)
    if (name_space.empty() || is_config(secret) || secret.origin.name_space.empty() ||
        secret.origin.name_space == name_space)
      all.push_back(&secret);
  return all;
}

// "Secret team/regcred has entries for ghcr.io and quay.io, and r.io:5000 has another port"
std::string entries_in_words(const InspectedSecret& secret, const Image& image) {
  constexpr std::size_t most = 5;
  std::vector<std::string> keys;
  for (const KeyringEntry& entry : secret.entries) {
    const NotServed why = why_not_served(entry.key, image);
    const std::string key = key_in_words(entry.key);
    if (why.is_other_registry)
      keys.push_back(key);
    else  // the nearest first
      keys.insert(keys.begin(), fmt::format("{}, which {}", key, why.reason));
  }
  const std::size_t more = keys.size() - std::min(most, keys.size());
  keys.resize(keys.size() - more);
  return fmt::format(
      "Secret {} has {}{}", name_in_words(secret.origin),
      keys.empty() ? "no entry" : (keys.size() == 1 ? "one for " : "some for ") + join(keys, "; "),
      more == 0 ? "" : fmt::format("; and {} more", more));
}

// One that the Pods do not name, in the namespace of those that they do, with an entry for the
// image.
const InspectedSecret* serving_beside(const ImagePull& pull, const PullInputs& inputs) {
  for (const InspectedSecret& secret : inputs.secrets)
    if (secret.is_read && secret.origin.name_space == pull.secrets.front()->origin.name_space &&
        std::none_of(pull.secrets.begin(), pull.secrets.end(),
                     [&](const InspectedSecret* named) {
                       return named->origin.name == secret.origin.name;
                     }) &&
        std::any_of(secret.entries.begin(), secret.entries.end(), [&](const KeyringEntry& entry) {
          return serves_image(entry.key, *pull.image);
        }))
      return &secret;
  return nullptr;
}

// Where Pods have Secrets, and none of these serves the image.
void note_no_entry(ImagePull& pull, const PullInputs& inputs) {
  std::vector<std::string> secrets;
  for (const InspectedSecret* secret : pull.secrets)
    if (secret->is_read) secrets.push_back(entries_in_words(*secret, *pull.image));
  if (pull.refusal || !pull.offered.empty() || secrets.empty()) return;
  Remark remark{std::string(no_entry_for_image), warning,
                "no entry serves the image: " + join(secrets, ". "), ""};
  if (const InspectedSecret* beside = serving_beside(pull, inputs)) {
    const std::string name = printable(beside->origin.name);
    remark.message +=
        fmt::format(". Secret {}, which is not named, has one", name_in_words(beside->origin));
    remark.hint =
        fmt::format("name it, too: {{name: {}}} at {}", name, pull.pods.front().pod->secrets_place);
    for (JoinedPod& pod : pull.pods)
      pod.has_way = true;
  }
  pull.remarks.push_back(std::move(remark));
}

std::set<std::string> name_spaces_of(const PullInputs& inputs) {
  std::set<std::string> all;
  for (const InspectedSecret& secret : inputs.secrets)
    if (!secret.origin.name_space.empty()) all.insert(secret.origin.name_space);
  return all;
}

// Where the user names an image, the Secrets are to be those of one namespace, as a Pod has them:
// of `this_one`, where several have some.
std::optional<Remark> remark_on_name_spaces(const PullInputs& inputs,
                                            const std::set<std::string>& all,
                                            const std::string& this_one) {
  const std::string in_words =
      printable(join(std::vector<std::string>(all.begin(), all.end()), ", "));
  if (inputs.name_space.empty() && all.size() > 1)
    return Remark{"several-namespaces", note,
                  fmt::format("the Secrets are of {}, and a Pod has those of one: here of {}",
                              in_words, printable(this_one)),
                  "say which, with --namespace"};
  if (!inputs.name_space.empty() && !all.empty() && !all.contains(inputs.name_space))
    return Remark{"no-secret-of-namespace", warning,
                  fmt::format("no Secret here is of namespace {}: they are of {}",
                              inputs.name_space, in_words),
                  ""};
  return std::nullopt;
}

// Where Pods have no Secrets, and a Docker config would have served.
void note_config_not_read(ImagePull& pull, const Keyring& config) {
  if (config.offered(*pull.image).empty()) return;
  const std::string& name_space = pull.pods.front().pod->name_space;
  const bool is_one = is_namespace(name_space) &&
                      std::all_of(pull.pods.begin(), pull.pods.end(), [&](const JoinedPod& pod) {
                        return pod.pod->name_space == name_space;
                      });
  pull.remarks.push_back(
      {std::string(config_not_read), warning,
       "the Docker config has a login for it, which the kubelet does not read",
       fmt::format("`pullsecret convert --registry {}{} | kubectl apply -f -` makes a Secret of "
                   "it, which the Pod has to name",
                   shell_word(pull.image->registry_host), is_one ? " -n " + name_space : "")});
  for (JoinedPod& pod : pull.pods)
    pod.has_way = true;
}

// The nodes of a cloud may have a login where Pods have none; said once.
void note_provider(std::vector<ImagePull>& pulls) {
  for (ImagePull& pull : pulls) {
    if (!pull.image || pull.pods.empty() || pull.refusal || !pull.offered.empty()) continue;
    const std::string_view cloud = issuer_of_registry(pull.image->registry_host).cloud;
    if (cloud.empty()) continue;
    pull.remarks.push_back(
        {"node-may-log-in", note,
         fmt::format("no Secret has a login for it, but the kubelet may: on {}'s nodes it asks a "
                     "credential provider of its own, which nobody sees here",
                     cloud),
         ""});
    return;
  }
}

void fill(ImagePull& pull, const Image& image, const std::vector<const InspectedSecret*>& secrets,
          const Keyring& keyring) {
  pull.image = image;
  pull.secrets = secrets;
  pull.remarks = remarks_on(pull.name, image);
  if (!pull.refusal) pull.offered = keyring.offered(image);
}

void refuse(ImagePull& pull, const Error& reason) {
  pull.refusal = {"InvalidImageName", reason};
  pull.remarks.push_back({"invalid-image-name", problem, reason.message(), reason.hint()});
}

// Each once.
void add_findings(std::vector<Remark> more, JoinedPod& pod) {
  for (Remark& finding : more)
    if (std::none_of(pod.findings.begin(), pod.findings.end(),
                     [&](const Remark& known) { return known.message == finding.message; }))
      pod.findings.push_back(std::move(finding));
}

/// Makes the pulls of Pods: one for each image and list of Secrets.
class PullsOfPods {
 public:
  PullsOfPods(const PullInputs& inputs, const Keyring& config) : inputs_(inputs), config_(config) {
    for (const WorkloadImage& image : inputs.workloads.images)
      images_.emplace(image.name, &image.image);
    for (const InvalidImage& image : inputs.workloads.invalid_images)
      invalid_.emplace(image.name, &image.reason);
  }

  void add(const Pod& pod, PodSecrets found) {
    std::erase_if(found.secrets, [&](std::size_t i) {
      return !inputs_.has_secrets || i >= inputs_.secrets.size();
    });
    if (found.refusal) return add_refused(pod, found);
    const bool is_anonymous = found.has_none && !inputs_.has_secrets;
    auto& pulls = groups_[{is_anonymous, found.secrets}];
    for (const std::string& name : pod.images) {
      if (add_unneeded(pod, name)) continue;
      const auto [at, is_new] = pulls.emplace(name, pulls_.size());
      if (is_new) pulls_.push_back({.name = name});
      add_pod({&pod, found.findings, found.has_way, found.missing}, pulls_[at->second].pods);
    }
  }

  // Once, though it may be in several namespaces.
  static void add_pod(JoinedPod joined, std::vector<JoinedPod>& pods) {
    if (pods.empty() || pods.back().pod != joined.pod) return pods.push_back(std::move(joined));
    JoinedPod& known = pods.back();
    known.has_way &= joined.has_way;
    add_findings(std::move(joined.findings), known);
  }

  // Whether it is one: for such an image no Secret matters.
  bool add_unneeded(const Pod& pod, const std::string& name) {
    if (is_pulled(pod, name) || (pod.end.empty() && invalid_.contains(name))) return false;
    const auto [at, is_new] = unneeded_.emplace(std::pair(name, pod.end), pulls_.size());
    if (is_new) {
      const std::string why =
          pod.end.empty()
              ? "its imagePullPolicy is Never: the image has to be on the node"
              : fmt::format("it has ended ({}): nothing is pulled for it any more", pod.end);
      ImagePull& pull = pulls_.emplace_back();
      pull.name = name;
      pull.refusal =
          PullRefusal{.outcome = "not pulled", .reason = Error("", why), .is_failure = false};
      pull.remarks = {{pod.end.empty() ? "never-pulled" : "pod-ended", note, why, ""}};
    }
    add_pod({&pod}, pulls_[at->second].pods);
    return true;
  }

  // Of what cannot be read at all, no image is known.
  void add_refused(const Pod& pod, const PodSecrets& found) {
    for (const std::string& name : pod.images.empty() ? std::vector<std::string>{""} : pod.images)
      pulls_.push_back({.name = name,
                        .pods = {{&pod, found.findings}},
                        .refusal = PullRefusal{"Pod refused", *found.refusal}});
  }

  // The keyring of each list of Secrets is needed for its images alone.
  std::vector<ImagePull> take() {
    for (const auto& [given, pulls] : groups_) {
      const auto& [is_anonymous, positions] = given;
      std::vector<const InspectedSecret*> secrets;
      if (!inputs_.has_secrets && !is_anonymous) secrets = all_in(inputs_.name_space, inputs_);
      for (const std::size_t i : positions)
        secrets.push_back(&inputs_.secrets[i]);
      const Keyring keyring = keyring_of(secrets);
      const bool is_by_config = !inputs_.has_secrets && !is_anonymous;
      for (const auto& [name, at] : pulls) {
        ImagePull& pull = pulls_[at];
        pull.is_by_config = is_by_config;
        if (const auto invalid = invalid_.find(name); invalid != invalid_.end()) {
          refuse(pull, *invalid->second);
          continue;
        }
        pull.refusal = refusal_of(secrets);
        fill(pull, *images_.at(name), secrets, is_by_config ? config_ : keyring);
        if (inputs_.has_secrets) note_no_entry(pull, inputs_);
        if (is_anonymous) note_config_not_read(pull, config_);
      }
    }
    return std::move(pulls_);
  }

 private:
  const PullInputs& inputs_;
  const Keyring& config_;
  std::unordered_map<std::string, const Image*> images_;
  std::unordered_map<std::string, const Error*> invalid_;
  // By the Secrets; with true there are none, whatever the config has.
  std::map<std::pair<bool, std::vector<std::size_t>>, std::map<std::string, std::size_t>> groups_;
  std::map<std::pair<std::string, std::string>, std::size_t> unneeded_;  // by name and end
  std::vector<ImagePull> pulls_;
};

/// What one run could make for all Pods, and whether it can.
struct Wanted {
  std::vector<std::string> name_spaces;  ///< those that were asked for, then those of other Pods
  std::set<std::string> names;
};

Wanted wanted_by_pods(const Workloads& workloads, const PodJoin& join, const SecretsToMake& made) {
  Wanted wanted{.name_spaces = made.name_spaces, .names = {}};
  for (const Pod& pod : workloads.pods) {
    const std::vector<std::string> names = join.secrets_of(pod).front().names;
    if (names.empty() || !is_any_pulled(pod)) continue;
    const bool is_of_made = std::find(names.begin(), names.end(), made.name) != names.end();
    wanted.names.insert(is_of_made ? made.name : names.front());
    // One that names another Secret is for a run of its own.
    if ((is_of_made || !made.is_name_chosen) && is_namespace(pod.name_space))
      wanted.name_spaces.push_back(pod.name_space);
  }
  wanted.name_spaces = without_repeats(std::move(wanted.name_spaces));
  return wanted;
}

// Pods that share their words share a notice.
Notices grouped(const std::vector<std::pair<std::string, Error>>& said) {
  constexpr std::size_t most = 3;
  std::vector<std::pair<Error, std::vector<std::string>>> groups;
  std::map<std::pair<std::string, std::string>, std::size_t> known;  // by message and hint
  for (const auto& [who, error] : said) {
    const auto [at, is_new] =
        known.emplace(std::pair(error.message(), error.hint()), groups.size());
    if (is_new) groups.push_back({error, {}});
    groups[at->second].second.push_back(who);
  }
  Notices notices;
  for (auto& [error, names] : groups) {
    const std::size_t more = names.size() - std::min(most, names.size());
    names.resize(names.size() - more);
    notices.push_back({note,
                       {join(names, ", ") + (more == 0 ? "" : fmt::format(" and {} more", more)),
                        error.message(), error.hint()}});
  }
  return notices;
}

}  // namespace

PullRefusal refusal_of(const InspectedSecret& secret) {
  const Remark* why = problem_in(secret.remarks);
  for (const KeyringEntry& entry : secret.entries)
    if (why == nullptr) why = problem_in(entry.remarks);
  static const Remark nobody{.message = "there is no registry to be asked"};
  const auto& [name, severity, message, hint] = why == nullptr ? nobody : *why;
  return {"Secret refused", Error(name_in_words(secret.origin), message, hint), &secret};
}

std::optional<Remark> remark_on_local(const std::string& registry_host) {
  const auto origin = origin_of("https://" + registry_host);
  if (!origin || !is_loopback(origin->host)) return std::nullopt;
  return Remark{"local-registry", note,
                fmt::format("{} is the node itself, to the node, and not this machine",
                            printable(registry_host)),
                "a registry of the cluster needs a name that each node knows"};
}

bool is_unneeded(const ImagePull& pull) {
  return pull.refusal && !pull.refusal->is_failure;
}

std::vector<ImagePull> image_pulls(const PullInputs& inputs, const Keyring& config) {
  std::vector<ImagePull> pulls;
  const std::set<std::string> of_secrets = name_spaces_of(inputs);
  std::set<std::string> name_spaces = of_secrets;
  if (!inputs.name_space.empty() || name_spaces.empty()) name_spaces = {inputs.name_space};
  for (const std::string& name_space : name_spaces) {
    const std::vector<const InspectedSecret*> all = all_in(name_space, inputs);
    const Keyring keyring = keyring_of(all);
    const auto of_name_spaces = remark_on_name_spaces(inputs, of_secrets, name_space);
    for (const auto& [name, image] : inputs.named) {
      ImagePull& pull = pulls.emplace_back();
      pull.name = name;
      fill(pull, image, all, inputs.has_secrets ? keyring : config);
      if (of_name_spaces) pull.remarks.push_back(*of_name_spaces);
      for (const InspectedSecret* secret : all)
        if (secret->is_refused)
          pull.refused_secrets.push_back(refusal_of(*secret));
        else if (const Remark* why = problem_in(secret->remarks);
                 why != nullptr && !secret->is_read)
          pull.remarks.push_back({"not-a-pull-secret", problem,
                                  fmt::format("{} counts for nothing: {}",
                                              name_in_words(secret->origin), why->message),
                                  why->hint});
    }
  }

  const PodJoin join = join_of(inputs);
  PullsOfPods of_pods(inputs, config);
  for (const Pod& pod : inputs.workloads.pods)
    for (PodSecrets& found : join.secrets_of(pod))
      of_pods.add(pod, std::move(found));
  for (ImagePull& pull : of_pods.take())
    pulls.push_back(std::move(pull));
  note_provider(pulls);
  return pulls;
}

std::vector<JoinedPod> pods_with_findings(const PullInputs& inputs) {
  const PodJoin join = join_of(inputs);
  std::map<std::string_view, const Error*> invalid;
  for (const InvalidImage& image : inputs.workloads.invalid_images)
    invalid.emplace(image.name, &image.reason);
  std::vector<JoinedPod> pods;
  for (const Pod& pod : inputs.workloads.pods) {
    if (!pod.end.empty()) continue;
    JoinedPod joined{&pod};
    if (pod.refusal || pod.images.empty() || is_any_pulled(pod))
      for (PodSecrets& found : join.secrets_of(pod))
        add_findings(std::move(found.findings), joined);
    std::vector<Remark>& findings = joined.findings;
    for (const std::string& image : pod.images)
      if (const auto found = invalid.find(image); found != invalid.end())
        findings.push_back({"invalid-image-name", problem,
                            fmt::format("{}: {}", pod.in_words(), found->second->message()),
                            found->second->hint()});
    if (!findings.empty()) pods.push_back(std::move(joined));
  }
  return pods;
}

Notices notices_of_pods(const Workloads& workloads, const SecretsToMake& made) {
  PodSurroundings around{.secrets = {}, .accounts = workloads.accounts};
  for (const SecretName& secret : workloads.secrets)
    around.secrets.push_back({secret.name_space, secret.name});
  const PodJoin join(around, workloads.pods);
  const Wanted wanted = wanted_by_pods(workloads, join, made);
  std::vector<std::pair<std::string, Error>> said;
  for (const Pod& pod : workloads.pods) {
    const PodSecrets found = join.secrets_of(pod).front();
    if (found.refusal) continue;  // of which there is a warning
    const auto say = [&](const std::string& message, const std::string& hint) {
      said.emplace_back(pod.in_words(), Error("", message, hint));
    };
    const bool names_it =
        std::find(found.names.begin(), found.names.end(), made.name) != found.names.end();
    if (!is_any_pulled(pod) || (!names_it && !found.secrets.empty())) continue;
    // Who says it stands before it.
    const auto say_finding = [&](const Remark& finding, const std::string& hint) {
      const std::string who = pod.in_words() + " ";
      say("it " + finding.message.substr(finding.message.starts_with(who) ? who.size() : 0), hint);
    };
    const std::string its_place = fmt::format("{}: [{{name: {}}}]", pod.secrets_place, made.name);
    if (found.names.empty()) {
      for (const Remark& finding : found.findings)
        say_finding(finding, is_about_none(finding) ? its_place : finding.hint);
    } else if (!names_it && is_secret_name(found.names.front())) {
      const std::string& other = found.names.front();
      say(fmt::format("it names the pull Secret {}, and not {}", printable(other), made.name),
          !made.is_name_chosen       ? its_place
          : wanted.names.size() == 1 ? "--name " + other
          : is_namespace(pod.name_space)
              ? fmt::format("in a run of its own: --name {} --namespace {}", other, pod.name_space)
              : "in a run of its own: --name " + other);
    } else if (!names_it) {
      say_finding(found.findings.back(), found.findings.back().hint);
    } else if (!pod.name_space.empty() && !made.name_spaces.empty() &&
               std::find(made.name_spaces.begin(), made.name_spaces.end(), pod.name_space) ==
                   made.name_spaces.end()) {
      say(fmt::format("it is in namespace {}, where no Secret is made", printable(pod.name_space)),
          is_namespace(pod.name_space) ? "--namespace " + pullsecret::join(wanted.name_spaces, ",")
                                       : "");
    }
  }
  Notices notices = grouped(said);
  if (made.name_spaces.empty() && !wanted.name_spaces.empty())
    notices.push_back(
        {note,
         {"",
          fmt::format("the Pods are in {}, and {}", pullsecret::join(wanted.name_spaces, ", "),
                      wanted.name_spaces.size() > 1 ? "one Secret is made, which is in one of them"
                                                    : "the Secret goes where it is applied to"),
          "--namespace " + pullsecret::join(wanted.name_spaces, ",")}});
  return notices;
}

std::optional<std::string> common_secret_name(const Workloads& workloads) {
  const PodJoin join({.secrets = {}, .accounts = workloads.accounts}, workloads.pods);
  std::optional<std::string> common;
  for (const Pod& pod : workloads.pods) {
    if (!is_any_pulled(pod)) continue;
    for (const PodSecrets& found : join.secrets_of(pod)) {
      const std::vector<std::string> names = without_repeats(found.names);
      if (names.empty()) continue;
      if (names.size() > 1 || (common && *common != names.front())) return std::nullopt;
      common = names.front();
    }
  }
  return common && is_secret_name(*common) ? common : std::nullopt;
}

}  // namespace pullsecret
