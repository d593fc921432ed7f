#include "cli/secret_options.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cli/image_options.h"
#include "credential/go_json_writer.h"
#include "kubernetes/documents.h"
#include "kubernetes/name_rules.h"
#include "kubernetes/yaml_writer.h"
#include "operations/secrets_there.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using NameCheck = void (*)(std::string_view text);

void check_option(const std::string& option, NameCheck check, std::string_view text) {
  with_place(option, [&] { check(text); });
}

std::map<std::string, std::string> read_pairs(const CommandLine& line, const std::string& option,
                                              NameCheck check_key) {
  std::map<std::string, std::string> pairs;
  for (const std::string& pair : values_of(line, option)) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos)
      throw Error("--" + option, fmt::format("\"{}\" is not KEY=VALUE", printable(pair)));
    const std::string key = pair.substr(0, equals);
    check_option("--" + option, check_key, key);
    pairs[key] = pair.substr(equals + 1);
  }
  return pairs;
}

std::map<std::string, std::string> read_annotations(const CommandLine& line) {
  auto annotations = read_pairs(line, "annotation", check_annotation_key);
  std::size_t size = 0;
  for (const auto& [key, value] : annotations) {
    if (!is_utf8(value)) throw Error("--annotation", key + " has a value that is not UTF-8");
    size += key.size() + value.size();
  }
  if (size > max_annotations)
    throw Error("--annotation",
                fmt::format("all annotations together may have {} bytes", max_annotations));
  return annotations;
}

std::vector<std::string> read_namespaces(const CommandLine& line) {
  std::vector<std::string> namespaces;
  for (const std::string& list : values_of(line, "namespace"))
    for (std::string& name : split(list, ',')) {
      check_option("--namespace", check_namespace, name);
      if (std::find(namespaces.begin(), namespaces.end(), name) == namespaces.end())
        namespaces.push_back(std::move(name));
    }
  return namespaces;
}

std::string format_manifest(const Secret& secret, OutputFormat format) {
  return format == OutputFormat::json ? to_json(secret) : to_yaml(secret);
}

Secret secret_of(const ManifestOptions& options,
                 const std::map<std::string, Credential>& credentials) {
  Secret secret = options.secret;
  secret.data = pull_secret_data(secret.type, credentials);
  if (options.append_hash) secret.name += hash_suffix(secret);
  check_option("--append-hash", check_secret_name, secret.name);
  return secret;
}

std::vector<std::string> new_secrets(const ManifestOptions& options,
                                     const std::map<std::string, Credential>& credentials) {
  Secret secret = secret_of(options, credentials);
  if (options.namespaces.empty()) return {format_manifest(secret, options.format)};

  std::vector<std::string> documents;
  for (const std::string& name : options.namespaces) {
    secret.name_space = name;
    documents.push_back(format_manifest(secret, options.format));
  }
  return documents;
}

std::vector<std::string> secrets_there(const ManifestOptions& options, const EntryChanges& changes,
                                       const Streams& streams, bool quiet) {
  std::vector<std::string> documents;
  const JsonText source = read_manifest_text(*options.into);
  for (const auto& object : told(changed_secrets(source, changes), streams, quiet))
    documents.push_back(options.format == OutputFormat::json ? json_document(object)
                                                             : format_yaml(object));
  return documents;
}

// What is there already says it.
void check_into(const CommandLine& line, const ManifestOptions& options) {
  if (!options.into && !options.removed.empty())
    throw Error("--remove", "it takes entries out of the Secret that --into names", "--into FILE");
  if (!options.into) return;
  for (const std::string option :
       {"name", "namespace", "type", "immutable", "label", "annotation", "append-hash"})
    if (is_given(line, option))
      throw Error("--" + option, "it says nothing beside --into, which keeps what the Secret has",
                  "leave out one of the two");
  if (options.format == OutputFormat::config)
    throw Error("--output", "a config holds no Secret, which --into changes", "-o yaml, or json");
  for (const std::string& registry : options.removed)
    if (registry.empty()) throw Error("--remove", "no registry is given");
}

}  // namespace

OptionGroup secret_options() {
  return {"The Secret",
          {{.name = "name", .value = {"NAME"}, .description = "its name (default: regcred)"},
           {.letter = 'n',
            .name = "namespace",
            .value = {"NS"},
            .is_repeatable = true,
            .description = "its namespace; repeated, or NS,NS: one document for each"},
           {.name = "type",
            .value = {"TYPE", ValueKind::choice, {"dockerconfigjson", "dockercfg"}},
            .description = "dockerconfigjson (default), or dockercfg, the legacy form"},
           {.name = "immutable", .description = "mark it immutable"},
           {.name = "label",
            .value = {"KEY=VALUE"},
            .is_repeatable = true,
            .description = "add a label; may be repeated"},
           {.name = "annotation",
            .value = {"KEY=VALUE"},
            .is_repeatable = true,
            .description = "add an annotation; may be repeated"},
           {.name = "append-hash",
            .description = "add a hash of the content to the name, as kubectl does"}}};
}

OptionGroup output_options(std::string_view formats) {
  return {
      "Output",
      {{.letter = 'o',
        .name = "output",
        .value = {"FORMAT", ValueKind::choice, {"yaml", "json", "config"}},
        .description = formats},
       {.name = "output-file",
        .value = {"FILE|-", ValueKind::output},
        .description = "replace FILE in one step, readable by you alone; - is standard output"}}};
}

OptionGroup into_options() {
  return {"A Secret that is there",
          {{.name = "into",
            .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "the Secrets"},
            .description =
                "put the credentials into this Secret, for kubectl replace; of several, and of a "
                "List, into those that have the registry"},
           {.name = "remove",
            .value = {"REGISTRY", ValueKind::registry},
            .is_repeatable = true,
            .description = "take its entry out of them; may be repeated"}}};
}

std::string printed_name(const ManifestOptions& options,
                         const std::map<std::string, Credential>& credentials) {
  return options.append_hash ? secret_of(options, credentials).name : options.secret.name;
}

ManifestOptions read_manifest_options(const CommandLine& line) {
  ManifestOptions options;
  options.format = choice_of<OutputFormat>(line, "output");
  options.secret.type = choice_of<SecretType>(line, "type");
  options.is_named = is_given(line, "name");
  options.secret.name = value_of(line, "name").value_or("regcred");
  check_option("--name", check_secret_name, options.secret.name);
  options.secret.labels = read_pairs(line, "label", check_label_key);
  for (const auto& [key, value] : options.secret.labels)
    check_option("--label", check_label_value, value);
  options.secret.annotations = read_annotations(line);
  options.secret.immutable = is_set(line, "immutable");
  options.namespaces = read_namespaces(line);
  options.append_hash = is_set(line, "append-hash");
  options.output_file = value_of(line, "output-file");
  if (options.output_file == "-") options.output_file.reset();
  options.into = value_of(line, "into");
  options.removed = values_of(line, "remove");
  check_into(line, options);
  return options;
}

void write_secrets(const ManifestOptions& options, std::map<std::string, Credential> credentials,
                   const Streams& streams, bool quiet) {
  const std::vector<std::string> documents =
      options.into
          ? secrets_there(options, {std::move(credentials), options.removed, options.account},
                          streams, quiet)
          : new_secrets(options, credentials);
  // A stream of JSON documents needs no separator.
  const std::string_view separator = options.format == OutputFormat::yaml ? "---\n" : "";
  write_output(options, join(documents, separator), streams);
  const auto is_too_large = [](const std::string& document) {
    return document.size() > max_annotations;
  };
  if (!options.into && std::any_of(documents.begin(), documents.end(), is_too_large))
    print_hint(streams,
               "the manifest is too large for client-side apply: kubectl apply --server-side -f -");
}

void write_output(const ManifestOptions& options, const std::string& output,
                  const Streams& streams) {
  if (options.output_file)
    std::ignore = replace_file(*options.output_file, output);  // it can be made again
  else
    streams.data(output);
}

}  // namespace pullsecret
