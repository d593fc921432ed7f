#include "cli/manifest.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/messages.h"
#include "cli/options.h"
#include "kubernetes/names.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using NameCheck = void (*)(std::string_view text);

void check_option(const std::string& option, NameCheck check, std::string_view text) {
  with_place(option, [&] { check(text); });
}

std::map<std::string, std::string> read_pairs(const cxxopts::ParseResult& parsed,
                                              const std::string& option, NameCheck check_key) {
  std::map<std::string, std::string> pairs;
  for (const std::string& pair : values_of(parsed, option)) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos)
      throw Error("--" + option, fmt::format("\"{}\" is not KEY=VALUE", printable(pair)));
    const std::string key = pair.substr(0, equals);
    check_option("--" + option, check_key, key);
    pairs[key] = pair.substr(equals + 1);
  }
  return pairs;
}

std::map<std::string, std::string> read_annotations(const cxxopts::ParseResult& parsed) {
  auto annotations = read_pairs(parsed, "annotation", check_annotation_key);
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

std::vector<std::string> read_namespaces(const cxxopts::ParseResult& parsed) {
  std::vector<std::string> namespaces;
  for (const std::string& list : values_of(parsed, "namespace"))
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

}  // namespace

void add_manifest_options(cxxopts::Options& options) {
  const auto strings = [] { return cxxopts::value<std::vector<std::string>>(); };
  const auto string = [](const char* by_default) {
    return cxxopts::value<std::string>()->default_value(by_default);
  };
  options.add_options()("name", "", string("regcred"))("n,namespace", "", strings())(
      "type", "", string("dockerconfigjson"))("immutable", "")("label", "", strings())(
      "annotation", "", strings())("append-hash", "")("o,output", "", string("yaml"))(
      "output-file", "", cxxopts::value<std::string>());
}

ManifestOptions read_manifest_options(const cxxopts::ParseResult& parsed) {
  ManifestOptions options;
  options.format = static_cast<OutputFormat>(
      choice_of("--output", parsed["output"].as<std::string>(), {"yaml", "json", "config"}));
  options.secret.type = static_cast<SecretType>(
      choice_of("--type", parsed["type"].as<std::string>(), {"dockerconfigjson", "dockercfg"}));
  options.secret.name = parsed["name"].as<std::string>();
  check_option("--name", check_secret_name, options.secret.name);
  options.secret.labels = read_pairs(parsed, "label", check_label_key);
  for (const auto& [key, value] : options.secret.labels)
    check_option("--label", check_label_value, value);
  options.secret.annotations = read_annotations(parsed);
  options.secret.immutable = parsed["immutable"].as<bool>();
  options.namespaces = read_namespaces(parsed);
  options.append_hash = parsed["append-hash"].as<bool>();
  options.output_file = value_of(parsed, "output-file");
  if (options.output_file == "")
    throw Error("--output-file", "the file's name is empty", "- is standard output");
  if (options.output_file == "-") options.output_file.reset();
  return options;
}

std::vector<std::string> format_manifests(const ManifestOptions& options,
                                          const std::map<std::string, Credential>& credentials) {
  Secret secret = options.secret;
  secret.data = pull_secret_data(secret.type, credentials);
  if (options.append_hash) secret.name += hash_suffix(secret);
  check_option("--append-hash", check_secret_name, secret.name);
  if (options.namespaces.empty()) return {format_manifest(secret, options.format)};

  std::vector<std::string> documents;
  for (const std::string& name : options.namespaces) {
    secret.name_space = name;
    documents.push_back(format_manifest(secret, options.format));
  }
  return documents;
}

void write_manifests(const ManifestOptions& options, const std::vector<std::string>& documents) {
  // A stream of JSON documents needs no separator.
  const std::string_view separator = options.format == OutputFormat::yaml ? "---\n" : "";
  write_output(options, join(documents, separator));
  const auto is_too_large = [](const std::string& document) {
    return document.size() > max_annotations;
  };
  if (std::any_of(documents.begin(), documents.end(), is_too_large))
    print_hint("the manifest is too large for client-side apply: kubectl apply --server-side -f -");
}

void write_output(const ManifestOptions& options, const std::string& output) {
  if (options.output_file)
    replace_file(*options.output_file, output);
  else
    print_data(output);
}

}  // namespace pullsecret
