#include "helpers/secretservice/secret_service.h"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace pullsecret {
namespace {

constexpr const char* service_path = "/org/freedesktop/secrets";
constexpr const char* service_interface = "org.freedesktop.Secret.Service";
constexpr const char* collection_interface = "org.freedesktop.Secret.Collection";
constexpr const char* item_interface = "org.freedesktop.Secret.Item";
constexpr const char* prompt_interface = "org.freedesktop.Secret.Prompt";
constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";

constexpr std::string_view no_object = "/";  // what the service answers for: none

template <typename... Arguments>
void append(const Message& message, const char* types, Arguments... arguments) {
  check(sd_bus_message_append(message.get(), types, arguments...));
}

template <typename... Places>
void read(const Message& message, const char* types, Places*... places) {
  check(sd_bus_message_read(message.get(), types, places...));
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
  read_array(message, "o", [&] { paths.push_back(read_string(message, 'o')); });
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

std::vector<SecretItem> SecretService::search(const Attributes& attributes) {
  Message request = bus_.method(service_path, service_interface, "SearchItems");
  append_attributes(request, attributes);
  const Message answer = bus_.call(std::move(request));
  std::vector<std::string> paths = read_paths(answer);
  const std::vector<std::string> locked = read_paths(answer);
  paths.insert(paths.end(), locked.begin(), locked.end());
  return describe(paths);
}

std::vector<SecretItem> SecretService::describe(const std::vector<std::string>& paths) {
  std::vector<Message> requests;
  for (const std::string& path : paths) {
    requests.push_back(bus_.method(path, properties_interface, "GetAll"));
    append(requests.back(), "s", item_interface);
  }
  const std::vector<Message> answers = bus_.call_all(requests);
  std::vector<SecretItem> items;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (says_no_such_object(answers[i].get())) continue;  // removed since it was found
    check_answer(answers[i].get(), "GetAll");
    items.push_back(read_item(paths[i], answers[i]));
  }
  return items;
}

void SecretService::unlock(const std::vector<std::string>& paths) {
  Message request = bus_.method(service_path, service_interface, "Unlock");
  append_paths(request, paths);
  const Message answer = bus_.call(std::move(request));
  read_paths(answer);
  const std::string prompt = read_string(answer, 'o');
  if (prompt != no_object) run_prompt(prompt, "unlock the keyring");
}

std::string SecretService::default_collection() {
  Message request = bus_.method(service_path, service_interface, "ReadAlias");
  append(request, "s", "default");
  std::string collection = read_string(bus_.call(std::move(request)), 'o');
  return collection == no_object ? create_default_collection() : collection;
}

std::string SecretService::create_default_collection() {
  Message request = bus_.method(service_path, service_interface, "CreateCollection");
  append(request, "a{sv}s", 1, "org.freedesktop.Secret.Collection.Label", "s", "Default keyring",
         "default");
  return created_path(bus_.call(std::move(request)), "make a first keyring");
}

const std::string& SecretService::session() {
  if (!session_.empty()) return session_;
  Message request = bus_.method(service_path, service_interface, "OpenSession");
  append(request, "sv", "plain", "s", "");
  const Message answer = bus_.call(std::move(request));
  check(sd_bus_message_skip(answer.get(), "v"));
  return session_ = read_string(answer, 'o');
}

std::string SecretService::secret(const std::string& item) {
  Message request = bus_.method(item, item_interface, "GetSecret");
  append(request, "o", session().c_str());
  return read_secret(bus_.call(std::move(request)));
}

std::string SecretService::create_item(const std::string& collection, const std::string& label,
                                       const Attributes& attributes, std::string_view secret) {
  Message request = bus_.method(collection, collection_interface, "CreateItem");
  append_item_properties(request, label, attributes);
  append_secret(request, session(), secret);
  append(request, "b", 1);
  return created_path(bus_.call(std::move(request)), "store the credential");
}

void SecretService::remove(const std::string& item) {
  const Message answer = bus_.call_unchecked(bus_.method(item, item_interface, "Delete"));
  if (says_no_such_object(answer.get())) return;
  check_answer(answer.get(), "Delete");
  const std::string prompt = read_string(answer, 'o');
  if (prompt != no_object) run_prompt(prompt, "remove the credential");
}

std::string SecretService::created_path(Message answer, std::string_view purpose) {
  std::string created = read_string(answer, 'o');
  const std::string prompt = read_string(answer, 'o');
  if (prompt == no_object) return created;
  const Message result = run_prompt(prompt, purpose);
  const char* path = nullptr;
  read(result, "v", "o", &path);
  return path;
}

// What the prompt came to: a message that its result, a variant, is next in.
Message SecretService::run_prompt(const std::string& prompt, std::string_view purpose) {
  Message request = bus_.method(prompt, prompt_interface, "Prompt");
  append(request, "s", "");  // no window that the dialog would belong to
  Message completed =
      bus_.call_for_signal(std::move(request), prompt, prompt_interface, "Completed");
  const std::string hint =
      R"(answer it on the desktop; on a machine without one, "credsStore": "encryptedfile" asks nobody)";
  if (completed == nullptr) {
    bus_.send(bus_.method(prompt, prompt_interface, "Dismiss"));
    throw secret_service_error(
        fmt::format("nobody answered the request to {} within {} seconds", purpose, limit_.count()),
        hint);
  }
  if (read_boolean(completed))
    throw secret_service_error(
        fmt::format("the request to {} was dismissed, or no program here can show it", purpose),
        hint);
  return completed;
}

}  // namespace pullsecret
