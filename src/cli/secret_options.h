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
};

/// The options that say what the Secret is, and those that say where it goes; `formats` says what
/// -o takes.
OptionGroup secret_options();
OptionGroup output_options(std::string_view formats);

/// Throws Error for a name, label or annotation that Kubernetes would refuse.
ManifestOptions read_manifest_options(const CommandLine& line);

/// The Secret of `credentials` by registry key as YAML or JSON documents, one for each namespace.
std::vector<std::string> format_manifests(const ManifestOptions& options,
                                          const std::map<std::string, Credential>& credentials);

/// Writes the documents to the output file, else to `streams`; then gives a hint if one is too
/// large for client-side `kubectl apply`.
void write_manifests(const ManifestOptions& options, const std::vector<std::string>& documents,
                     const Streams& streams);

/// Writes `output` to the output file, else to `streams`.
void write_output(const ManifestOptions& options, const std::string& output,
                  const Streams& streams);

}  // namespace pullsecret
