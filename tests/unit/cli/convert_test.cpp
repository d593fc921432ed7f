#include "catch.h"
#include "cli/run_command.h"

TEST_CASE("convert prints nothing where one registry is unresolved") {
  const CommandHome home;
  home.write(".docker/config.json", R"({"auths": {
    "ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"},
    "quay.io": {}}})");
  const Outcome outcome = CommandHome::run({"convert"});
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err,
             Catch::StartsWith("pullsecret: error: no usable credential for 1 of 2 registries:\n"
                               "  quay.io: "));
}
