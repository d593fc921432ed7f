#include <algorithm>
#include <cstddef>
#include <utility>

#include "helpers/secretservice/secret_service.h"

// The functions about D-Bus paths, which libsecret calls unstable, and has left alone since 2014.
#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

#include <sodium.h>

#include "helpers/secretservice/gio_session_bus.h"
#include "helpers/secretservice/secret_service_api.h"

namespace pullsecret {
namespace {

using LibsecretService = ::SecretService;

struct UnreferenceSecret {
  void operator()(SecretValue* secret) const { secret_value_unref(secret); }
};
using LibsecretSecret = std::unique_ptr<SecretValue, UnreferenceSecret>;

template <typename... Arguments>
Value make_value(const char* types, Arguments... arguments) {
  return Value(g_variant_ref_sink(g_variant_new(types, arguments...)));
}

Value child(const Value& value, std::size_t index) {
  return Value(g_variant_get_child_value(value.get(), index));
}

// Of an object path, too.
std::string as_string(const Value& value) {
  return g_variant_get_string(value.get(), nullptr);
}

std::vector<std::string> as_paths(const Value& array) {
  std::vector<std::string> paths;
  check_count(g_variant_n_children(array.get()));
  for (std::size_t i = 0; i < g_variant_n_children(array.get()); ++i)
    paths.push_back(as_string(child(array, i)));
  return paths;
}

Value paths_value(const std::vector<std::string>& paths) {
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE("ao"));
  for (const std::string& path : paths)
    g_variant_builder_add(&builder, "o", path.c_str());
  return make_value("(ao)", &builder);
}

Value attributes_value(const Attributes& attributes) {
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE("a{ss}"));
  for (const auto& [name, value] : attributes)
    g_variant_builder_add(&builder, "{ss}", name.c_str(), value.c_str());
  return Value(g_variant_ref_sink(g_variant_builder_end(&builder)));
}

Value item_properties(const std::string& label, const Attributes& attributes) {
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE("a{sv}"));
  g_variant_builder_add(&builder, "{sv}", "org.freedesktop.Secret.Item.Label",
                        g_variant_new_string(label.c_str()));
  g_variant_builder_add(&builder, "{sv}", "org.freedesktop.Secret.Item.Attributes",
                        attributes_value(attributes).get());
  return Value(g_variant_ref_sink(g_variant_builder_end(&builder)));
}

SecretItem read_item(std::string path, const Value& properties) {
  SecretItem item;
  item.path = std::move(path);
  gboolean locked = FALSE;
  g_variant_lookup(properties.get(), "Locked", "b", &locked);
  item.locked = locked != FALSE;
  g_variant_lookup(properties.get(), "Modified", "t", &item.modified);
  const Value attributes(
      g_variant_lookup_value(properties.get(), "Attributes", G_VARIANT_TYPE("a{ss}")));
  for (std::size_t i = 0; attributes != nullptr && i < g_variant_n_children(attributes.get());
       ++i) {
    const Value attribute = child(attributes, i);
    item.attributes.insert_or_assign(as_string(child(attribute, 0)),
                                     as_string(child(attribute, 1)));
  }
  return item;
}

// libsecret's service on the connection that it is given: its own constructor has GIO make one.
GType service_on_given_bus() {
  static const GType type = g_type_register_static_simple(
      SECRET_TYPE_SERVICE, "PullsecretService", sizeof(SecretServiceClass),
      [](void* service, void*) {
        const auto* proxy = static_cast<GObjectClass*>(g_type_class_peek(G_TYPE_DBUS_PROXY));
        static_cast<GObjectClass*>(service)->constructor = proxy->constructor;
      },
      sizeof(LibsecretService), nullptr, static_cast<GTypeFlags>(0));
  return type;
}

}  // namespace

/// Its session is the one that libsecret opens: encrypted, with a key that both sides agree on by
/// Diffie-Hellman, if the service can (gnome-keyring and KeePassXC can). Then no secret stands in
/// the buffers of GDBus, which nobody wipes, and it may cross a network; attributes cross that as
/// they are. This keeps out who listens, not who can change what passes: neither side proves who it
/// is. With a service that cannot encrypt, GDBus leaves copies of the secret in freed memory.
///
/// The other calls are this project's own. libsecret's wait for 25 seconds at most, GDBus's
/// default, and KeePassXC answers a search when its user has typed a password; its prompts take a
/// dismissed one for answered, and wait for ever when the service ends.
class SecretService::Connection {
 public:
  explicit Connection(std::chrono::seconds limit) : bus_(limit), limit_(limit) {}

  GioSessionBus& bus() { return bus_; }

  // Calls the service's own method `member`.
  Value call_service(const char* member, Value arguments, const char* answer_type);

  // The path of the default collection; no_object if there is none.
  std::string default_alias();

  // libsecret's view of the service, with a session, which is opened the first time. Throws Error
  // if secrets would cross a network unencrypted.
  LibsecretService* session();

  // What the prompt came to.
  Value run_prompt(const std::string& prompt, std::string_view purpose);

  // The path that `answer` is, or that its prompt comes to.
  std::string created_path(const Value& answer, std::string_view purpose);

 private:
  void open_service();
  void open_session();

  GioSessionBus bus_;
  std::chrono::seconds limit_;
  Owned<LibsecretService> service_;  // null until a secret is asked for
};

Value SecretService::Connection::call_service(const char* member, Value arguments,
                                              const char* answer_type) {
  const ServiceCall call{service_path, service_interface, member, std::move(arguments),
                         answer_type};
  Answer answer = ask_until_ready(
      limit_, [&] { return bus_.call_unchecked(call); },
      [](const Answer& said) { return says_not_ready(error_name(said.error.get())); });
  bus_.check(std::move(answer.error), member);
  return std::move(answer.value);
}

std::string SecretService::Connection::default_alias() {
  return as_string(child(call_service("ReadAlias", make_value("(s)", "default"), "(o)"), 0));
}

LibsecretService* SecretService::Connection::session() {
  if (service_ == nullptr) open_service();
  if (secret_service_get_session_algorithms(service_.get()) == nullptr) open_session();
  // Asked before each secret, not only when the session is opened. Only what is known to encrypt
  // may cross a network.
  const char* algorithms = secret_service_get_session_algorithms(service_.get());
  const bool is_plain = algorithms == nullptr || std::string_view(algorithms) == "plain";
  if (is_plain && !bus_.is_local())
    throw open_network_error(
        "the session bus is reached over the network, and the service cannot encrypt secrets");
  return service_.get();
}

void SecretService::Connection::open_service() {
  // As secret_service_open() does, but on this connection and not one of GIO's own.
  const auto opened = bus_.wait_for([this](auto... arguments) {
    g_async_initable_new_async(service_on_given_bus(), G_PRIORITY_DEFAULT, arguments..., "g-flags",
                               G_DBUS_PROXY_FLAGS_NONE, "g-bus-type", G_BUS_TYPE_NONE,
                               "g-connection", bus_.connection(), "g-name", service_name,
                               "g-object-path", service_path, "g-interface-name", service_interface,
                               "flags", SECRET_SERVICE_NONE, nullptr);
  });
  GError* error = nullptr;
  const Owned<GObject> source(g_async_result_get_source_object(opened.get()));
  service_.reset(reinterpret_cast<LibsecretService*>(
      g_async_initable_new_finish(G_ASYNC_INITABLE(source.get()), opened.get(), &error)));
  bus_.check(Owned<GError>(error), "OpenSession");
  g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(service_.get()),
                                   static_cast<int>(std::chrono::milliseconds(limit_).count()));
}

void SecretService::Connection::open_session() {
  const auto ask = [this] {
    const auto opened = bus_.wait_for(
        [this](auto... arguments) { secret_service_ensure_session(service_.get(), arguments...); });
    GError* error = nullptr;
    secret_service_ensure_session_finish(service_.get(), opened.get(), &error);
    return Owned<GError>(error);
  };
  auto error = ask_until_ready(limit_, ask, [](const Owned<GError>& said) {
    return says_not_ready(error_name(said.get()));
  });
  if (g_error_matches(error.get(), SECRET_ERROR, SECRET_ERROR_PROTOCOL) != FALSE)
    throw malformed_answer_error();
  bus_.check(std::move(error), "OpenSession");
}

Value SecretService::Connection::run_prompt(const std::string& prompt, std::string_view purpose) {
  // No window that the dialog would belong to.
  const Value completed = bus_.call_for_signal(
      {prompt, prompt_interface, "Prompt", make_value("(s)", ""), "()"}, "Completed");
  if (completed == nullptr) {
    bus_.send({prompt, prompt_interface, "Dismiss", make_value("()"), "()"});
    throw unanswered_error(purpose, limit_);
  }
  if (g_variant_is_of_type(completed.get(), G_VARIANT_TYPE("(bv)")) == FALSE)
    throw malformed_answer_error();
  if (g_variant_get_boolean(child(completed, 0).get()) != FALSE) throw dismissed_error(purpose);
  return Value(g_variant_get_variant(child(completed, 1).get()));
}

std::string SecretService::Connection::created_path(const Value& answer, std::string_view purpose) {
  const std::string prompt = as_string(child(answer, 1));
  if (prompt == no_object) return as_string(child(answer, 0));
  const Value path = run_prompt(prompt, purpose);
  if (g_variant_is_of_type(path.get(), G_VARIANT_TYPE_OBJECT_PATH) == FALSE)
    throw malformed_answer_error();
  return as_string(path);
}

namespace {

// What the service tells of the items at `paths`, but of those that have been removed meanwhile.
std::vector<SecretItem> describe(GioSessionBus& bus, const std::vector<std::string>& paths) {
  FoundItems items(paths.size());
  for (std::size_t first = 0; first < paths.size(); first += max_calls) {
    std::vector<ServiceCall> calls;
    for (std::size_t i = first; i < std::min(first + max_calls, paths.size()); ++i)
      calls.push_back(
          {paths[i], properties_interface, "GetAll", make_value("(s)", item_interface), "(a{sv})"});
    std::vector<Answer> answers = bus.call_all(calls);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (says_no_such_object(error_name(answers[i].error.get()))) continue;
      bus.check(std::move(answers[i].error), "GetAll");
      items.set(first + i, read_item(paths[first + i], child(answers[i].value, 0)));
    }
  }
  return std::move(items).take();
}

}  // namespace

SecretService::SecretService(std::chrono::seconds limit)
    : connection_(std::make_unique<Connection>(limit)) {}

SecretService::~SecretService() = default;

std::vector<SecretItem> SecretService::search(const Attributes& attributes) {
  const Value answer = connection_->call_service(
      "SearchItems", make_value("(@a{ss})", attributes_value(attributes).get()), "(aoao)");
  std::vector<std::string> paths = as_paths(child(answer, 0));
  const std::vector<std::string> locked = as_paths(child(answer, 1));
  paths.insert(paths.end(), locked.begin(), locked.end());
  return describe(connection_->bus(), paths);
}

KeyringState SecretService::keyring_state() {
  const std::string collection = connection_->default_alias();
  if (collection == no_object) return KeyringState::missing;
  GioSessionBus& bus = connection_->bus();
  Answer answer = bus.call_unchecked({collection, properties_interface, "Get",
                                      make_value("(ss)", collection_interface, "Locked"), "(v)"});
  if (says_no_such_object(error_name(answer.error.get()))) return KeyringState::missing;
  bus.check(std::move(answer.error), "Get");
  const Value locked(g_variant_get_variant(child(answer.value, 0).get()));
  if (g_variant_is_of_type(locked.get(), G_VARIANT_TYPE_BOOLEAN) == FALSE)
    throw malformed_answer_error();
  return g_variant_get_boolean(locked.get()) != FALSE ? KeyringState::locked
                                                      : KeyringState::unlocked;
}

void SecretService::unlock(const std::vector<std::string>& paths) {
  const Value answer = connection_->call_service("Unlock", paths_value(paths), "(aoo)");
  const std::string prompt = as_string(child(answer, 1));
  if (prompt != no_object) connection_->run_prompt(prompt, "unlock the keyring");
}

std::string SecretService::default_collection() {
  std::string collection = connection_->default_alias();
  if (collection != no_object) return collection;
  GVariantBuilder properties;
  g_variant_builder_init(&properties, G_VARIANT_TYPE("a{sv}"));
  g_variant_builder_add(&properties, "{sv}", "org.freedesktop.Secret.Collection.Label",
                        g_variant_new_string("Default keyring"));
  const Value created = connection_->call_service(
      "CreateCollection", make_value("(a{sv}s)", &properties, "default"), "(oo)");
  return connection_->created_path(created, "make a first keyring");
}

std::string SecretService::secret(const std::string& item) {
  LibsecretService* session = connection_->session();
  const Value answer = connection_->bus().call(
      {item, item_interface, "GetSecret",
       make_value("(o)", secret_service_get_session_dbus_path(session)), "((oayays))"});
  const LibsecretSecret received(
      secret_service_decode_dbus_secret(session, child(answer, 0).get()));
  if (received == nullptr) throw malformed_answer_error();
  gsize size = 0;
  const char* bytes = secret_value_get(received.get(), &size);
  check_secret_size(size);
  std::string secret(bytes, size);
  // libsecret wipes it, but not where the system lets it lock no more memory.
  sodium_memzero(const_cast<char*>(bytes), size);
  return secret;
}

std::string SecretService::create_item(const std::string& collection, const std::string& label,
                                       const Attributes& attributes, std::string_view secret) {
  LibsecretService* session = connection_->session();
  // It stays the caller's memory: libsecret makes no copy of it, and does not write to it.
  const LibsecretSecret value(secret_value_new_full(
      const_cast<char*>(secret.data()), static_cast<gssize>(secret.size()), "text/plain", nullptr));
  const Value answer = connection_->bus().call(
      {collection, collection_interface, "CreateItem",
       make_value("(@a{sv}@(oayays)b)", item_properties(label, attributes).get(),
                  secret_service_encode_dbus_secret(session, value.get()), TRUE),
       "(oo)"});
  return connection_->created_path(answer, "store the credential");
}

void SecretService::remove(const std::string& item) {
  GioSessionBus& bus = connection_->bus();
  Answer answer = bus.call_unchecked({item, item_interface, "Delete", make_value("()"), "(o)"});
  if (says_no_such_object(error_name(answer.error.get()))) return;
  bus.check(std::move(answer.error), "Delete");
  const std::string prompt = as_string(child(answer.value, 0));
  if (prompt != no_object) connection_->run_prompt(prompt, "remove the credential");
}

}  // namespace pullsecret
