#pragma once

#include <string_view>

namespace pullsecret {

/// Whether `address`, an IPv4 or IPv6 address as text, is one of this machine or of a local
/// network: what the Internet does not route (RFC 6890: loopback, private, shared, link-local with
/// a cloud's metadata server 169.254.169.254, unique local, unspecified, multicast, reserved), also
/// as IPv4 within IPv6. What is no address is private, too: nobody knows where it leads.
bool is_private_address(std::string_view address);

}  // namespace pullsecret
