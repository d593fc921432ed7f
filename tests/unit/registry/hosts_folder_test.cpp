#include "registry/hosts_folder.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "catch.h"
#include "registry/endpoint_words.h"
#include "support.h"
#include "system/text.h"
#include "temporary_folder.h"

using namespace pullsecret;
using Texts = std::vector<std::string>;

namespace {

RegistryEndpoints parsed_hosts(const std::string& text, const std::string& host = "r.io") {
  return parse_hosts(text, "hosts.toml", "/d", host);
}

Texts hosts_in(const std::string& text, const std::string& host = "r.io") {
  return words_of(parsed_hosts(text, host));
}

Texts hosts_remarks(const std::string& text) {
  return messages_of(parsed_hosts(text).remarks);
}

const std::string itself = "https://r.io /v2";

}  // namespace

TEST_CASE("hosts are asked in the order of their headings, and then the server") {
  CHECK(hosts_in("") == Texts{itself});
  CHECK(hosts_in("server = \"https://s.io\"\n[host.\"https://z.io\"]\n[host.\"https://a.io\"]\n"
                 "[host.\"https://z.io\".header]\nx-one = \"1\"") ==
        Texts{"https://z.io /v2 mirror x-one=1", "https://a.io /v2 mirror",
              "https://s.io /v2 mirror"});
  CHECK(hosts_in("Server = 'r.io'") == Texts{itself});
  CHECK(hosts_in("server = ''\ncapabilities = ['push']") == Texts{itself});
  CHECK(hosts_in("", "docker.io") == Texts{"https://registry-1.docker.io /v2"});
  CHECK(hosts_in("server = 'https://docker.io'", "docker.io") == Texts{"https://docker.io /v2"});
  // The heading of a part counts as the host's, and a list's does not.
  CHECK(hosts_in("[host.'https://z.io'.header]\nx = "
                 "'1'\n[host.'https://a.io']\n[host.'https://z.io']\n") ==
        Texts{"https://z.io /v2 mirror x=1", "https://a.io /v2 mirror", itself});
  CHECK(
      hosts_in("[host]\n'https://b.io'.capabilities = ['pull']\n[host.'https://a.io'.header]\n") ==
      Texts{"https://a.io /v2 mirror", itself});
  CHECK(hosts_in("[[host.'https://a.io'.header]]\n") == Texts{itself});
  // Not by a heading, and so not at all.
  CHECK(hosts_in("host = {'https://m.io' = {capabilities = ['pull']}}") == Texts{itself});
}

TEST_CASE("a host is a URL, with https and /v2 where nothing else is said") {
  const auto [host, settings, words] = GENERATE(table<std::string, std::string, std::string>({
      {"m.io", "", "https://m.io /v2 mirror"},
      {"https://m.io/", "", "https://m.io /v2 mirror"},
      {"http://m.io:5000", "", "http://m.io:5000 /v2 mirror"},
      {"https://m.io/v2", "", "https://m.io /v2 mirror"},
      {"https://m.io/us", "", "https://m.io /us/v2 mirror"},
      {"https://m.io//a/../b/./c/", "", "https://m.io /b/c/v2 mirror"},
      {"https://m.io/v2/proxy", "override_path = true", "https://m.io /v2/proxy mirror"},
      {"https://m.io", "override_path = true", "https://m.io  mirror"},
      {"https://me:hunter2@m.io/x?y#z", "", "https://m.io /x/v2 mirror"},
      {"https://r.io", "", "https://r.io /v2"},
      {"https://[fd00::1]:5000", "", "https://[fd00::1]:5000 /v2 mirror"},
      {"httpd.io", "", "http:// /v2 mirror"},
      {"ftp://m.io/x", "", "http:// /v2 mirror"},
      {"https:hunter2@://m.io", "", "http:// /v2 mirror"},
      {"https://m.io", "capabilities = ['PULL']", "https://m.io /v2 mirror no-resolve"},
      {"https://m.io", "capabilities = []", "https://m.io /v2 mirror"},
      {"https://m.io", "ca = '/a.pem'", "https://m.io /v2 mirror ca=/a.pem"},
      {"https://m.io", "ca = ['a.pem', 'b.pem']",
       "https://m.io /v2 mirror ca=/d/a.pem ca=/d/b.pem"},
      {"https://m.io", "client = 'c.pem'", "https://m.io /v2 mirror client=/d/c.pem,/d/c.pem"},
      {"https://m.io", "client = ['c.pem', 'd.pem']",
       "https://m.io /v2 mirror client=/d/c.pem,/d/c.pem"},
      {"https://m.io", "client = [['c.cert', '/c.key'], ['d', '']]",
       "https://m.io /v2 mirror client=/d/c.cert,/c.key"},
      {"https://m.io", "client = [['c.pem', '']]",
       "https://m.io /v2 mirror client=/d/c.pem,/d/c.pem"},
      {"https://m.io", "dial_timeout = '1.5s'", "https://m.io /v2 mirror 1500ms"},
      // With settings of TLS https is tried before http, but at port 80.
      {"http://m.io", "skip_verify = true", "https://m.io|http://m.io /v2 mirror anybody"},
      {"http://m.io:5000", "skip_verify = false", "https://m.io:5000|http://m.io:5000 /v2 mirror"},
      {"http://m.io:80", "skip_verify = true", "http://m.io:80 /v2 mirror anybody"},
      {"https://m.io", "header = {x = ['1', '2'], Host = 'no'}", "https://m.io /v2 mirror x=1 x=2"},
  }));
  CAPTURE(host, settings);
  CHECK(hosts_in("[host.\"" + host + "\"]\n" + settings).front() == words);
}

TEST_CASE("a registry on this machine is asked without a look at its certificate, and over http") {
  CHECK(hosts_in("", "localhost:5000") ==
        Texts{"https://localhost:5000|http://localhost:5000 /v2 anybody"});
  CHECK(hosts_in("", "127.0.0.1:80") == Texts{"http://127.0.0.1:80 /v2"});
  CHECK(hosts_in("", "[::1]:443") == Texts{"https://[::1]:443 /v2 anybody"});
  CHECK(hosts_in("", "localhost") == Texts{"https://localhost /v2 anybody"});
}

TEST_CASE("rewrites count in what k3s and rke2 have written") {
  const std::string text = "[host.\"https://m.io\".rewrite]\n\"^(.*)\" = \"proxy/$1\"\n";
  CHECK(hosts_in("# File generated by rke2. DO NOT EDIT.\n" + text).front() ==
        "https://m.io /v2 mirror ^(.*)->proxy/$1");
  CHECK(hosts_in(text).front() == "https://m.io /v2 mirror");
  CHECK(
      hosts_remarks(text) ==
      Texts{
          "hosts.toml:1: containerd passes over rewrite, which that of k3s and rke2 alone knows"});
}

TEST_CASE("a name that is a slip is remarked on, and any other that nobody knows is not") {
  CHECK(hosts_remarks(
            "[host.\"https://m.io\"]\ncapabilites = ['pull']\nnobody = 1\nskip-verify = true") ==
        Texts{"hosts.toml:2: containerd passes over capabilites, which it does not know",
              "hosts.toml:4: containerd passes over skip-verify, which it does not know"});
  CHECK(hosts_remarks("[hosts.\"https://m.io\"]") ==
        Texts{"hosts.toml:1: containerd passes over hosts, which it does not know"});
  CHECK(hosts_remarks("[plugins.'io.containerd.grpc.v1.cri'.registry.mirrors.'r.io']\n"
                      "endpoint = ['https://m.io']\n[host.'https://m.io'.auth]\n[[mirrors]]") ==
        Texts{"hosts.toml:3: containerd passes over auth, which it does not know",
              "hosts.toml:4: containerd passes over mirrors, which it does not know",
              "hosts.toml:1: containerd passes over plugins, which it does not know"});
  CHECK(hosts_in("[Host.'https://m.io']\n") == Texts{itself});
  CHECK(hosts_remarks("[Host.'https://m.io']\n") ==
        Texts{"hosts.toml:1: containerd does not use the hosts of Host: its letter case counts"});
  CHECK(hosts_remarks("[host]\n'https://me:hunter2@m.io' = {}") ==
        Texts{"hosts.toml:2: containerd does not use https://…@m.io, which has no heading of its "
              "own"});
  CHECK(hosts_remarks("[host.'https://m.io'.header]\nx = \"a\\nb\"").front() ==
        "hosts.toml:2: no request has this header");
}

TEST_CASE("what containerd cannot read it passes over, with the file's line") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"\nserver = https://m.io", "hosts.toml:2: "},
      {"server = 1", "hosts.toml:1: server is no string"},
      {"host = 1", "hosts.toml:1: host is no table"},
      {"Host = 1", "hosts.toml:1: Host is no table"},
      {"[[host]]", "hosts.toml:1: host is no table"},
      {"[host]\n'https://m.io' = 1", "hosts.toml:2: host.https://m.io is no table"},
      {"[host.a]\n[host.a]", "hosts.toml:2: "},
      {"\ncapabilities = 'pull'", "hosts.toml:2: capabilities is no list"},
      {"capabilities = ['fly']", "hosts.toml:1: there is no capability fly"},
      {"skip_verify = 'true'", "hosts.toml:1: skip_verify is neither true nor false"},
      {"ca = [1]", "hosts.toml:1: ca is no string"},
      {"client = [['a']]", "hosts.toml:1: client has a list that is no pair"},
      {"header = 'x: hunter2'", "hosts.toml:1: header is no table"},
      {"[header]\nx = 1", "hosts.toml:2: a header is no string"},
      {"dial_timeout = '3'", "hosts.toml:1: dial_timeout is no duration"},
      {"[[[", "hosts.toml"},
  }));
  CAPTURE(text);
  const auto error = error_of([&, &toml = text] { hosts_in(toml); });
  REQUIRE(error);
  CHECK(std::string(error->what()).starts_with(message));
  CHECK(std::string(error->what()).find("hunter2") == std::string::npos);

  const TemporaryFolder folder;
  folder.write("r.io/hosts.toml", text);
  folder.write("r.io/ca.crt", "");
  const auto found = endpoints_in_folder(folder.path(), "r.io");
  REQUIRE(found);
  CHECK(words_of(*found) == Texts{itself + " ca=" + (folder.path() / "r.io/ca.crt").string()});
  REQUIRE(found->remarks.size() == 1);
  CHECK(found->remarks.front().name == "hosts-file-refused");
}

TEST_CASE("the folder is HOST_PORT_, HOST:PORT or _default, and may have certificates alone") {
  const TemporaryFolder folder;
  const auto find = [&](const std::string& host) {
    const auto found = endpoints_in_folder(folder.path(), host);
    return found ? words_of(*found) : Texts{"none"};
  };
  CHECK(find("r.io:5000") == Texts{"none"});
  folder.write("_default/hosts.toml", "server = 'd.io'");
  CHECK(find("r.io:5000") == Texts{"https://d.io /v2 mirror"});
  folder.write("r.io:5000/hosts.toml", "server = 'c.io'");
  CHECK(find("r.io:5000") == Texts{"https://c.io /v2 mirror"});
  folder.write("r.io_5000_/hosts.toml", "server = 'u.io'");
  CHECK(find("r.io:5000") == Texts{"https://u.io /v2 mirror"});
  CHECK(find("r.io") == Texts{"https://d.io /v2 mirror"});
  const std::string place = (folder.path() / "r.io").string();
  for (const std::string name : {"a.crt", "b.crt", "c.cert", "c.key", "d.cert", "README"})
    folder.write("r.io/" + name, "");
  CHECK(find("r.io") == Texts{fmt::format("{} ca={}/a.crt ca={}/b.crt client={}/c.cert,{}/c.key",
                                          itself, place, place, place, place)});
  folder.write("s.io/c.cert", "");
  CHECK(find("s.io").front().ends_with("/s.io/c.cert"));
}

TEST_CASE("a hosts.toml that cannot be opened is an error, and so is one that is none") {
  const TemporaryFolder folder;
  const auto fails = [&](const std::string& host) {
    return error_of([&] { endpoints_in_folder(folder.path(), host); }).has_value();
  };
  folder.write("big.io/hosts.toml", repeated("#\n", 200'000));
  CHECK(fails("big.io"));
  folder.write("pipe.io/x", "");
  REQUIRE(mkfifo((folder.path() / "pipe.io/hosts.toml").c_str(), 0600) == 0);
  CHECK(fails("pipe.io"));
  std::filesystem::create_directories(folder.path() / "folder.io/hosts.toml");
  CHECK(fails("folder.io"));
  folder.write("file.io", "");
  CHECK(fails("file.io"));
  std::filesystem::create_symlink("loop.io", folder.path() / "loop.io");
  CHECK(fails("loop.io"));
  folder.write("elsewhere/hosts.toml", "server = 'm.io'");
  std::filesystem::create_symlink("elsewhere", folder.path() / "link.io");
  CHECK_FALSE(fails("link.io"));
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += fmt::format("[host.'https://m{}.io']\n", i);
  CHECK(hosts_in(many).size() == 101);
}
