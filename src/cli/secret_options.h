#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/messages.h"
#include "cli/options.h"
#include "credential/credential.h"
#include "kubernetes/secret.h"

namespace pullsecret {

enum class OutputFormat { yaml, json, config };

/// The options of the commands that make a Secret. All names keep Kubernetes' rules.
struct ManifestOptions {
  Secret secret;                        ///< without its data and namespace
  bool is_named = false;                ///< the user gave the name
  std::vector<std::string> namespaces;  ///< one document for each; empty: one without namespace
  bool append_hash = false;
  OutputFormat format = OutputFormat::yaml;
  std::optional<std::string> output_file;
  std::optional<std::string> into;   ///< the Secrets that are changed, in place of a new one
  std::vector<std::string> removed;  ///< registries whose entries these lose
  std::string account = {};          ///< whose entries alone change; empty: those of all
};

/// The options that say what the Secret is, and those that say where it goes; `formats` says what
/// -o takes.
OptionGroup secret_options();
OptionGroup output_options(std::string_view formats);

/// Throws Error for a name, label or annotation that Kubernetes would refuse.
ManifestOptions read_manifest_options(const CommandLine& line);

/// The name of the Secret of `credentials`, with the hash where that is asked for.
std::string printed_name(const ManifestOptions& options,
                         const std::map<std::string, Credential>& credentials);

/// The options about Secrets that are there already.
OptionGroup into_options();

/// Writes the Secret of `credentials` by registry key, one for each namespace, or the Secrets of
/// --into with them in, as YAML or JSON documents: to the output file, else to `streams`, which
/// also get what was changed, unless `quiet`. A hint follows if a new one is too large for
/// client-side `kubectl apply`.
void write_secrets(const ManifestOptions& options, std::map<std::string, Credential> credentials,
                   const Streams& streams, bool quiet = false);

/// Writes `output` to the output file, else to `streams`.
void write_output(const ManifestOptions& options, const std::string& output,
                  const Streams& streams);

}  // namespace pullsecret
