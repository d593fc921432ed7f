#include "cli/command.h"

#include <algorithm>

#include "system/text.h"

namespace pullsecret {

const std::vector<Command>& commands() {
  static const std::vector<Command> all{convert_command(),
                                        create_command(),
                                        get_command(),
                                        doctor_command(),
                                        migrate_command(),
                                        inspect_command(),
                                        check_command(),
                                        credential_provider_command(),
                                        provider_config_command(),
                                        provider_test_command(),
                                        completion_command()};
  return all;
}

const Command* find_command(const std::vector<Command>& commands,
                            const std::vector<std::string>& words) {
  const Command* found = nullptr;
  for (const Command& command : commands) {
    const std::vector<std::string> name = split(command.name, ' ');
    const bool is_there =
        name.size() <= words.size() && std::equal(name.begin(), name.end(), words.begin());
    if (is_there && (found == nullptr || name.size() > words_in_name(*found))) found = &command;
  }
  return found;
}

std::size_t words_in_name(const Command& command) {
  return split(command.name, ' ').size();
}

Arguments words_behind(const Command& command, const Arguments& words) {
  return {words.begin() + static_cast<std::ptrdiff_t>(words_in_name(command)), words.end()};
}

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options;
  for (const OptionGroup& group : command.groups)
    options.insert(options.end(), group.options.begin(), group.options.end());
  return options;
}

}  // namespace pullsecret
