// What a node's containerd is told of mirrors: the input is a hosts.toml, and a registries.yaml.
// Each is read, or refused with an Error, and what came of it can be asked, or is no URL.

#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/require.h"
#include "kubernetes/documents.h"
#include "registry/hosts_folder.h"
#include "registry/origin.h"
#include "registry/registries_yaml.h"
#include "system/error.h"

using namespace pullsecret;

namespace {

void check(const RegistryEndpoints& found) {
  require(!found.endpoints.empty() && found.endpoints.size() <= 101);
  for (const Remark& remark : found.remarks)
    require(is_printable(remark.message) && is_printable(remark.hint));
  for (const Endpoint& endpoint : found.endpoints) {
    require(is_printable(endpoint.in_words()));
    require(!endpoint.urls.empty() && endpoint.urls.size() <= 2);
    require(endpoint.root.empty() || endpoint.root.starts_with('/'));
    for (const std::string& url : endpoint.urls)
      require(url.find('@') == std::string::npos);
    for (const HttpHeader& header : endpoint.headers)
      require(!has_control_character(header.name + header.value));
    require(!names_at(endpoint, "acme/app").empty());
  }
}

template <typename Read>
void check_reading(Read read) {
  try {
    read();
  } catch (const Error& error) {
    require(is_printable(error.what()) && is_printable(error.hint()));
  }
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const JsonText source{"file", std::string(reinterpret_cast<const char*>(data), size)};
  for (const std::string host : {"registry.example.com:5000", "docker.io", "localhost:5000"}) {
    check_reading([&] { check(parse_hosts(source.text, source.file, "/certs.d", host)); });
    check_reading([&] {
      const auto documents = read_documents(source).values;
      if (documents.empty()) return;
      const NodeRegistries registries =
          read_registries(documents.front().tree, source.file, "/etc/rancher/k3s");
      if (const auto found = endpoints_in(registries, host)) check(*found);
    });
  }
  return 0;
}
