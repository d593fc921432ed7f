#include "registry/private_address.h"

#include <string>

#include "catch.h"

using namespace pullsecret;

TEST_CASE("an address that the Internet does not route is private") {
  const std::string address =
      GENERATE("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
               "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
               "192.0.0.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "240.0.0.1",
               "255.255.255.255", "::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "ff02::1",
               "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
               "64:ff9b::a9fe:a9fe", "2002:a00:1::1", "::10.0.0.1", "100::1");
  CAPTURE(address);
  CHECK(is_private_address(address));
}

TEST_CASE("an address that it routes is not") {
  const std::string address = GENERATE(
      "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1",
      "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
      "2606:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1");
  CAPTURE(address);
  CHECK_FALSE(is_private_address(address));
}

TEST_CASE("what is no address is private, for nobody knows where it leads") {
  const std::string text =
      GENERATE("", "ghcr.io", "1.1.1", "1.1.1.1.1", "0x01010101", "16843009", "1.1.1.1 ",
               "[2606:4700::1111]", "2606:4700::1111%eth0", "01.1.1.1");
  CAPTURE(text);
  CHECK(is_private_address(text));
}
