#include <algorithm>
#include <cstddef>
#include <utility>

#include "helpers/secretservice/secret_service.h"
#include "helpers/secretservice/secret_service_api.h"
#include "helpers/secretservice/session_bus.h"

namespace pullsecret {
namespace {

template <typename... Arguments>
void append(const Message& message, const char* types, Arguments... arguments) {
  check(sd_bus_message_append(message.get(), types, arguments...));
}

template <typename... Values>
void read(const Message& message, const char* types, Values*... values) {
  check(sd_bus_message_read(message.get(), types, values...));
}

std::string read_string(const Message& message, char type) {
  const char* text = nullptr;
  check(sd_bus_message_read_basic(message.get(), type, static_cast<void*>(&text)));
  return text;
}

bool read_boolean(const Message& message) {
  int value = 0;
  check(sd_bus_message_read_basic(message.get(), 'b', &value));
  return value != 0;
}

// Calls `read_element` at each element of the array of `types` that comes next.
template <typename ReadElement>
void read_array(const Message& message, const char* types, ReadElement read_element) {
  check(sd_bus_message_enter_container(message.get(), 'a', types));
  while (check(sd_bus_message_at_end(message.get(), 0)) == 0)
    read_element();
  check(sd_bus_message_exit_container(message.get()));
}

std::vector<std::string> read_paths(const Message& message) {
  std::vector<std::string> paths;
  read_array(message, "o", [&] {
    paths.push_back(read_string(message, 'o'));
    check_count(paths.size());
  });
  return paths;
}

// Calls `read_value` with each property's name, in the variant with its value.
template <typename ReadValue>
void read_properties(const Message& message, ReadValue read_value) {
  read_array(message, "{sv}", [&] {
    check(sd_bus_message_enter_container(message.get(), 'e', "sv"));
    const std::string name = read_string(message, 's');
    const char* type = nullptr;
    check(sd_bus_message_peek_type(message.get(), nullptr, &type));
    const std::string value_type = type;
    check(sd_bus_message_enter_container(message.get(), 'v', value_type.c_str()));
    if (!read_value(name, value_type))
      check(sd_bus_message_skip(message.get(), value_type.c_str()));
    check(sd_bus_message_exit_container(message.get()));
    check(sd_bus_message_exit_container(message.get()));
  });
}

Attributes read_attributes(const Message& message) {
  Attributes attributes;
  read_array(message, "{ss}", [&] {
    const char *name = nullptr, *value = nullptr;
    read(message, "{ss}", &name, &value);
    attributes.insert_or_assign(name, value);
  });
  return attributes;
}

void append_attributes(const Message& message, const Attributes& attributes) {
  check(sd_bus_message_open_container(message.get(), 'a', "{ss}"));
  for (const auto& [name, value] : attributes)
    append(message, "{ss}", name.c_str(), value.c_str());
  check(sd_bus_message_close_container(message.get()));
}

void append_paths(const Message& message, const std::vector<std::string>& paths) {
  check(sd_bus_message_open_container(message.get(), 'a', "o"));
  for (const std::string& path : paths)
    append(message, "o", path.c_str());
  check(sd_bus_message_close_container(message.get()));
}

void append_item_properties(const Message& message, const std::string& label,
                            const Attributes& attributes) {
  check(sd_bus_message_open_container(message.get(), 'a', "{sv}"));
  append(message, "{sv}", "org.freedesktop.Secret.Item.Label", "s", label.c_str());
  check(sd_bus_message_open_container(message.get(), 'e', "sv"));
  append(message, "s", "org.freedesktop.Secret.Item.Attributes");
  check(sd_bus_message_open_container(message.get(), 'v', "a{ss}"));
  append_attributes(message, attributes);
  check(sd_bus_message_close_container(message.get()));
  check(sd_bus_message_close_container(message.get()));
  check(sd_bus_message_close_container(message.get()));
}

// The API's Secret: session, parameters (none in a plain session), value, content type.
void append_secret(const Message& message, const std::string& session, std::string_view secret) {
  check(sd_bus_message_open_container(message.get(), 'r', "oayays"));
  append(message, "o", session.c_str());
  check(sd_bus_message_append_array(message.get(), 'y', nullptr, 0));
  check(sd_bus_message_append_array(message.get(), 'y', secret.data(), secret.size()));
  append(message, "s", "text/plain");
  check(sd_bus_message_close_container(message.get()));
}

std::string read_secret(const Message& message) {
  check(sd_bus_message_enter_container(message.get(), 'r', "oayays"));
  check(sd_bus_message_skip(message.get(), "oay"));
  const void* bytes = nullptr;
  std::size_t size = 0;
  check(sd_bus_message_read_array(message.get(), 'y', &bytes, &size));
  check_secret_size(size);
  return {static_cast<const char*>(bytes), size};
}

SecretItem read_item(std::string path, const Message& properties) {
  SecretItem item;
  item.path = std::move(path);
  read_properties(properties, [&](std::string_view name, std::string_view type) {
    if (name == "Attributes" && type == "a{ss}")
      item.attributes = read_attributes(properties);
    else if (name == "Modified" && type == "t")
      read(properties, "t", &item.modified);
    else if (name == "Locked" && type == "b")
      item.locked = read_boolean(properties);
    else
      return false;
    return true;
  });
  return item;
}

}  // namespace

/// Its session is a `plain` one: secrets cross the bus unencrypted. The other kind, whose
/// Diffie-Hellman exchange takes three quarters of a lookup, protects from nobody: the bus is a
/// local socket of the same user (SessionBus refuses any other), and who may listen there may as
/// well ask the service for the secret.
class SecretService::Connection {
 public:
  explicit Connection(std::chrono::seconds limit) : bus_(limit), limit_(limit) {}

  SessionBus& bus() { return bus_; }

  // Calls the service's own method `member`, whose arguments `append_arguments` appends.
  template <typename AppendArguments>
  Message call_service(const char* member, AppendArguments append_arguments);

  // The path of the default collection; no_object if there is none.
  std::string default_alias();

  // The path of the session, which is opened the first time.
  const std::string& session();

  // What the prompt came to: a message that its result, a variant, is next in.
  Message run_prompt(const std::string& prompt, std::string_view purpose);

  // The path that `answer` is, or that its prompt comes to.
  std::string created_path(const Message& answer, std::string_view purpose);

 private:
  SessionBus bus_;
  std::chrono::seconds limit_;
  std::string session_;  // empty until it is needed
};

template <typename AppendArguments>
Message SecretService::Connection::call_service(const char* member,
                                                AppendArguments append_arguments) {
  const auto ask = [&] {
    Message request = bus_.method(service_path, service_interface, member);
    append_arguments(request);
    return bus_.call_unchecked(std::move(request));
  };
  Message answer = ask_until_ready(
      limit_, ask, [](const Message& said) { return says_not_ready(error_name(said.get())); });
  check_answer(answer.get(), member);
  return answer;
}

std::string SecretService::Connection::default_alias() {
  const Message answer =
      call_service("ReadAlias", [](const Message& request) { append(request, "s", "default"); });
  return read_string(answer, 'o');
}

const std::string& SecretService::Connection::session() {
  if (!session_.empty()) return session_;
  const Message answer = call_service(
      "OpenSession", [](const Message& request) { append(request, "sv", "plain", "s", ""); });
  check(sd_bus_message_skip(answer.get(), "v"));
  return session_ = read_string(answer, 'o');
}

Message SecretService::Connection::run_prompt(const std::string& prompt, std::string_view purpose) {
  Message request = bus_.method(prompt, prompt_interface, "Prompt");
  append(request, "s", "");  // no window that the dialog would belong to
  Message completed =
      bus_.call_for_signal(std::move(request), prompt, prompt_interface, "Completed");
  if (completed == nullptr) {
    bus_.send(bus_.method(prompt, prompt_interface, "Dismiss"));
    throw unanswered_error(purpose, limit_);
  }
  if (read_boolean(completed)) throw dismissed_error(purpose);
  return completed;
}

std::string SecretService::Connection::created_path(const Message& answer,
                                                    std::string_view purpose) {
  std::string created = read_string(answer, 'o');
  const std::string prompt = read_string(answer, 'o');
  if (prompt == no_object) return created;
  const Message result = run_prompt(prompt, purpose);
  const char* path = nullptr;
  read(result, "v", "o", &path);
  return path;
}

namespace {

// What the service tells of the items at `paths`, but of those that have been removed meanwhile.
std::vector<SecretItem> describe(SessionBus& bus, const std::vector<std::string>& paths) {
  FoundItems items(paths.size());
  for (std::size_t first = 0; first < paths.size(); first += max_calls) {
    std::vector<Message> requests;
    for (std::size_t i = first; i < std::min(first + max_calls, paths.size()); ++i) {
      requests.push_back(bus.method(paths[i], properties_interface, "GetAll"));
      append(requests.back(), "s", item_interface);
    }
    bus.call_all(requests, [&](std::size_t i, const Message& answer) {
      if (says_no_such_object(error_name(answer.get()))) return;
      check_answer(answer.get(), "GetAll");
      items.set(first + i, read_item(paths[first + i], answer));
    });
  }
  return std::move(items).take();
}

}  // namespace

SecretService::SecretService(std::chrono::seconds limit)
    : connection_(std::make_unique<Connection>(limit)) {}

SecretService::~SecretService() = default;

std::vector<SecretItem> SecretService::search(const Attributes& attributes) {
  const Message answer = connection_->call_service(
      "SearchItems", [&](const Message& request) { append_attributes(request, attributes); });
  std::vector<std::string> paths = read_paths(answer);
  const std::vector<std::string> locked = read_paths(answer);
  paths.insert(paths.end(), locked.begin(), locked.end());
  return describe(connection_->bus(), paths);
}

KeyringState SecretService::keyring_state() {
  const std::string collection = connection_->default_alias();
  if (collection == no_object) return KeyringState::missing;
  SessionBus& bus = connection_->bus();
  Message request = bus.method(collection, properties_interface, "Get");
  append(request, "ss", collection_interface, "Locked");
  const Message answer = bus.call_unchecked(std::move(request));
  if (says_no_such_object(error_name(answer.get()))) return KeyringState::missing;
  check_answer(answer.get(), "Get");
  int locked = 0;
  read(answer, "v", "b", &locked);
  return locked != 0 ? KeyringState::locked : KeyringState::unlocked;
}

void SecretService::unlock(const std::vector<std::string>& paths) {
  const Message answer = connection_->call_service(
      "Unlock", [&](const Message& request) { append_paths(request, paths); });
  read_paths(answer);
  const std::string prompt = read_string(answer, 'o');
  if (prompt != no_object) connection_->run_prompt(prompt, "unlock the keyring");
}

std::string SecretService::default_collection() {
  std::string collection = connection_->default_alias();
  if (collection != no_object) return collection;
  const Message created = connection_->call_service("CreateCollection", [](const Message& request) {
    append(request, "a{sv}s", 1, "org.freedesktop.Secret.Collection.Label", "s", "Default keyring",
           "default");
  });
  return connection_->created_path(created, "make a first keyring");
}

std::string SecretService::secret(const std::string& item) {
  Message request = connection_->bus().method(item, item_interface, "GetSecret");
  append(request, "o", connection_->session().c_str());
  return read_secret(connection_->bus().call(std::move(request)));
}

std::string SecretService::create_item(const std::string& collection, const std::string& label,
                                       const Attributes& attributes, std::string_view secret) {
  Message request = connection_->bus().method(collection, collection_interface, "CreateItem");
  append_item_properties(request, label, attributes);
  append_secret(request, connection_->session(), secret);
  append(request, "b", 1);
  return connection_->created_path(connection_->bus().call(std::move(request)),
                                   "store the credential");
}

void SecretService::remove(const std::string& item) {
  SessionBus& bus = connection_->bus();
  const Message answer = bus.call_unchecked(bus.method(item, item_interface, "Delete"));
  if (says_no_such_object(error_name(answer.get()))) return;
  check_answer(answer.get(), "Delete");
  const std::string prompt = read_string(answer, 'o');
  if (prompt != no_object) connection_->run_prompt(prompt, "remove the credential");
}

}  // namespace pullsecret
