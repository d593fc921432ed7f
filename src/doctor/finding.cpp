#include "doctor/finding.h"

#include <algorithm>
#include <utility>

namespace pullsecret {
namespace {

Finding finding(Severity severity, std::string name, std::string subject, std::string message,
                std::string hint, Remedy remedy) {
  return {{std::move(name), severity, std::move(message), std::move(hint)},
          std::move(subject),
          std::move(remedy)};
}

}  // namespace

Remedy fix(std::string effect, ConfigChange change) {
  return {.command = "doctor --fix", .effect = std::move(effect), .change = std::move(change)};
}

Finding fine(std::string name, std::string subject, std::string message) {
  return finding(Severity::ok, std::move(name), std::move(subject), std::move(message), {}, {});
}

Finding warning(std::string name, std::string subject, std::string message, std::string hint,
                Remedy remedy) {
  return finding(Severity::warning, std::move(name), std::move(subject), std::move(message),
                 std::move(hint), std::move(remedy));
}

Finding problem(std::string name, std::string subject, std::string message, std::string hint,
                Remedy remedy) {
  return finding(Severity::problem, std::move(name), std::move(subject), std::move(message),
                 std::move(hint), std::move(remedy));
}

void append(Findings& findings, std::optional<Finding> one) {
  if (one) findings.push_back(*std::move(one));
}

Findings worst_first(Findings findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& one, const Finding& other) {
    return one.severity > other.severity;
  });
  return findings;
}

Severity worst(const Findings& findings) {
  Severity worst = Severity::ok;
  for (const Finding& finding : findings)
    worst = std::max(worst, finding.severity);
  return worst;
}

}  // namespace pullsecret
