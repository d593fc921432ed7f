#include "registry/private_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace pullsecret {
namespace {

struct Network {
  std::uint32_t address;
  int prefix;
};

constexpr std::array private_networks{
    Network{0x00000000, 8},   // this network
    Network{0x0A000000, 8},   // 10.0.0.0
    Network{0x64400000, 10},  // 100.64.0.0, shared
    Network{0x7F000000, 8},   // loopback
    Network{0xA9FE0000, 16},  // 169.254.0.0, link-local
    Network{0xAC100000, 12},  // 172.16.0.0
    Network{0xC0000000, 24},  // 192.0.0.0, protocol assignments
    Network{0xC0A80000, 16},  // 192.168.0.0
    Network{0xC6120000, 15},  // 198.18.0.0, benchmarking
    Network{0xE0000000, 3},   // multicast and reserved
};

bool is_private(std::uint32_t address) {
  return std::any_of(private_networks.begin(), private_networks.end(), [&](const Network& network) {
    return (address >> (32 - network.prefix)) == (network.address >> (32 - network.prefix));
  });
}

std::uint32_t last_four_bytes(const in6_addr& address) {
  std::uint32_t value = 0;
  for (int i = 12; i < 16; ++i)
    value = value << 8 | address.s6_addr[i];
  return value;
}

bool begins_with(const in6_addr& address, const std::array<std::uint8_t, 12>& bytes) {
  return std::equal(bytes.begin(), bytes.end(), std::begin(address.s6_addr));
}

// 2000::/3 is what is routed; in it 2002::/16 and 64:ff9b::/96 before it lead to an IPv4 address.
bool is_private(const in6_addr& address) {
  static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  static constexpr std::array<std::uint8_t, 12> translated{0, 0x64, 0xFF, 0x9B};
  if (begins_with(address, mapped) || begins_with(address, translated))
    return is_private(last_four_bytes(address));
  const bool is_6to4 = address.s6_addr[0] == 0x20 && address.s6_addr[1] == 0x02;
  const bool is_routed = (address.s6_addr[0] & 0xE0) == 0x20;
  return !is_routed || is_6to4;
}

}  // namespace

bool is_private_address(std::string_view address) {
  const std::string text(address);
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return is_private(ntohl(four.s_addr));
  return inet_pton(AF_INET6, text.c_str(), &six) != 1 || is_private(six);
}

}  // namespace pullsecret
