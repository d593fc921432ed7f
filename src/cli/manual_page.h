#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

// The pages of the manual that are about no command: `pullsecret help recipes` shows
// pullsecret-recipes(7), as `git help tutorial` does gittutorial(7).

struct ManualTopic {
  std::string_view name;
  std::string_view summary;
};

const std::vector<ManualTopic>& manual_topics();

bool is_manual_topic(std::string_view word);

/// This process becomes man(1), which shows the topic's page of this installation. Throws Error,
/// which says where the text is, if there is no man(1), or no page of this topic.
[[noreturn]] void show_manual_page(std::string_view topic);

}  // namespace pullsecret
