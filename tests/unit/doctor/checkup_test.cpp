#include "doctor/checkup.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "catch.h"
#include "helper/own_stores.h"
#include "system/text.h"

using namespace pullsecret;

namespace {

// The names of all findings, as the list of checks has them.
std::set<std::string> listed_findings() {
  std::set<std::string> names;
  for (const Check& check : all_checks())
    for (const std::string& name : split(check.findings, ' '))
      if (name != "STORE-FAULT")
        names.insert(name);
      else
        for (const OwnStore& store : own_stores())
          for (const std::string& kind : store.faults)
            names.insert(std::string(store.name) + "-" + kind);
  return names;
}

// And as the manual has them.
std::set<std::string> findings_in_manual() {
  std::ifstream manual(TEST_DATA_DIR "/../../man/pullsecret-doctor.1");
  std::set<std::string> names;
  std::string line;
  while (std::getline(manual, line) && line != ".Sh FINDINGS")
    continue;
  while (std::getline(manual, line) && !line.starts_with(".Sh ")) {
    constexpr std::string_view item = ".It Cm ";
    if (line.starts_with(item))
      for (const std::string& word : split(line.substr(item.size()), ' '))
        if (word != ",") names.insert(word);
  }
  return names;
}

}  // namespace

TEST_CASE("the manual has every finding of the doctor, and no other") {
  CHECK(listed_findings() == findings_in_manual());
}

TEST_CASE("no transcript has a finding that is not ok and has no hint") {
  for (const auto& file : std::filesystem::directory_iterator(TEST_DATA_DIR "/../unit/cli/cases")) {
    std::ifstream lines(file.path());
    std::string line;
    while (std::getline(lines, line)) {
      const bool is_finding = line.find(R"("subject":)") != std::string::npos;
      const bool is_ok = line.find(R"("severity":"ok")") != std::string::npos;
      if (is_finding && !is_ok && line.find(R"("hint":"")") != std::string::npos) FAIL_CHECK(line);
    }
  }
}
