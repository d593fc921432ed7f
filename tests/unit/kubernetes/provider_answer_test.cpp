#include "kubernetes/provider_answer.h"

#include <chrono>
#include <string>
#include <vector>

#include "catch.h"
#include "kubernetes/image.h"
#include "web_token.h"

using namespace pullsecret;
using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

namespace {

constexpr Time asked_at{1'800'000'000s};

Credential token_ending(std::chrono::seconds left) {
  const auto end = (asked_at + left).time_since_epoch().count();
  return {.username = "octocat", .password = web_token("{\"exp\":" + std::to_string(end) + "}")};
}

ProviderResponse answer(const std::string& image,
                        const std::map<std::string, Credential>& credentials,
                        const Keys& known_keys = {}) {
  const ProviderRequest request{.api_version = "v", .image = parse_image(image)};
  return provider_answer(request, credentials, known_keys, asked_at);
}

Keys answered(const std::string& image, const Keys& keys) {
  std::map<std::string, Credential> credentials;
  for (const std::string& key : keys)
    credentials[key] = {.username = "octocat", .password = "hunter2"};
  Keys answered;
  for (const auto& [key, credential] : answer(image, credentials).auth)
    answered.push_back(key);
  return answered;
}

CacheKeyType key_type(const std::string& image, const Keys& known_keys) {
  return answer(image, {}, known_keys).cache_key_type;
}

}  // namespace

TEST_CASE("an answer has what the kubelet offers for the image, and no more") {
  CHECK(answered("ghcr.io/acme/app", {"ghcr.io", "ghcr.io/acme", "ghcr.io/other", "quay.io"}) ==
        Keys{"ghcr.io", "ghcr.io/acme"});
  CHECK(answered("nginx", {"https://index.docker.io/v1/", "quay.io"}) ==
        Keys{"https://index.docker.io/v1/"});
  CHECK(answered("nginx", {"https://index.docker.io/v1/", "docker.io/library"}) ==
        Keys{"docker.io/library"});
  CHECK(answered("localhost:5000/app", {"quay.io"}).empty());
}

TEST_CASE("an answer is about the whole registry, unless an entry is about a part of it") {
  CHECK(key_type("ghcr.io/acme/app", {}) == CacheKeyType::registry);
  CHECK(key_type("ghcr.io/acme/app", {"https://ghcr.io/v2/", "quay.io/acme"}) ==
        CacheKeyType::registry);
  CHECK(key_type("ghcr.io/acme/app", {"ghcr.io", "ghcr.io/acme"}) == CacheKeyType::image);
  // Kept for the registry, it would hide the entry from the images that this serves.
  CHECK(key_type("ghcr.io/other/app", {"ghcr.io", "ghcr.io/acme"}) == CacheKeyType::image);
  CHECK(key_type("ghcr.io/app", {"*.io/acme"}) == CacheKeyType::image);
  CHECK(key_type("nginx", {"https://index.docker.io/v1/"}) == CacheKeyType::registry);
  CHECK(key_type("nginx", {"index.docker.io/acme"}) == CacheKeyType::image);
}

TEST_CASE("an answer is kept for nine tenths of what the first of its credentials has left") {
  using Credentials = std::map<std::string, Credential>;
  const Credential password{.username = "octocat", .password = "hunter2"};
  const auto kept = [](const Credentials& credentials) {
    return answer("ghcr.io/acme/app", credentials).cache_duration;
  };
  CHECK_FALSE(kept({}));
  CHECK_FALSE(kept({{"ghcr.io", password}}));
  CHECK(kept({{"ghcr.io", token_ending(10min)}}) == 9min);
  CHECK(kept({{"ghcr.io", token_ending(10h)}, {"ghcr.io/acme", token_ending(1h)}}) == 54min);
  CHECK(kept({{"ghcr.io", password}, {"ghcr.io/acme", token_ending(1h)}}) == 54min);
  CHECK(kept({{"ghcr.io", token_ending(1000h)}}) == 12h);
  CHECK(kept({{"ghcr.io", token_ending(-1s)}}) == 0s);
  CHECK(kept({{"ghcr.io", token_ending(0s)}}) == 0s);
  CHECK_FALSE(kept({{"quay.io", token_ending(-1s)}}));
}
