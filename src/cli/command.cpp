#include "cli/command.h"

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
                                        provider_test_command()};
  return all;
}

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options;
  for (const OptionGroup& group : command.groups)
    options.insert(options.end(), group.options.begin(), group.options.end());
  return options;
}

}  // namespace pullsecret
