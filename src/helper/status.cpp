#include "helper/status.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "helper/json_message.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// In the order of their enumerations.
constexpr std::array<std::string_view, 3> states{"ready", "locked", "unusable"};
constexpr std::array<std::string_view, 3> preventions{R"(["store"])", R"(["get"])",
                                                      R"(["store","get"])"};

std::string_view in_words(StoreState state) {
  return states.at(static_cast<std::size_t>(state));
}

// ---- Writing

std::string format_fault(const StoreFault& fault) {
  JsonObjectWriter object;
  object.add_string("Kind", fault.kind);
  object.add_value("Prevents", preventions.at(static_cast<std::size_t>(fault.prevents)));
  object.add_string("Message", fault.message);
  object.add_string("Hint", fault.hint);
  if (!fault.registries.empty()) object.add_string("For", fault.registries);
  return object.text();
}

std::string line(std::string_view label, std::string_view text) {
  return fmt::format("{:<9}{}\n", lower_case(label) + ":", text);
}

// ---- Reading

using Members = std::vector<JsonMember>;

constexpr std::size_t most_faults = 64;
constexpr std::size_t longest_text = 1000;

// The last array of that name.
std::optional<std::vector<std::string_view>> find_elements(const Members& object,
                                                           std::string_view name) {
  const auto found = std::find_if(object.rbegin(), object.rend(), [&](const JsonMember& member) {
    return is_field(member.name, name) && kind_of(member.value) == JsonKind::array;
  });
  if (found == object.rend()) return std::nullopt;
  return elements_of(found->value);
}

bool is_true(const Members& object, std::string_view name) {
  const auto found = std::find_if(object.rbegin(), object.rend(), [&](const JsonMember& member) {
    return is_field(member.name, name);
  });
  return found != object.rend() && found->value == "true";
}

std::string find_text(const Members& object, std::string_view name) {
  return string_field(object, name).value_or("");
}

bool is_kind(std::string_view text) {
  constexpr std::size_t longest = 40;
  return !text.empty() && text.size() <= longest &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

std::optional<Prevents> read_prevents(const std::vector<std::string_view>& actions) {
  bool store = false, get = false;
  for (const std::string_view action : actions) {
    store |= action == R"("store")";
    get |= action == R"("get")";
  }
  if (store && get) return Prevents::both;
  if (store) return Prevents::store;
  return get ? std::optional(Prevents::get) : std::nullopt;
}

std::optional<StoreFault> read_fault(std::string_view value) {
  if (kind_of(value) != JsonKind::object) return std::nullopt;
  const Members members = members_of(value);
  const auto actions = find_elements(members, "Prevents");
  const auto prevents = actions ? read_prevents(*actions) : std::nullopt;
  StoreFault fault{.kind = find_text(members, "Kind"),
                   .message = printable(find_text(members, "Message"), longest_text),
                   .hint = printable(find_text(members, "Hint"), longest_text),
                   .registries = printable(find_text(members, "For"), longest_text)};
  if (!is_kind(fault.kind) || !prevents || fault.message.empty()) return std::nullopt;
  fault.prevents = *prevents;
  return fault;
}

std::optional<std::vector<StoreFault>> read_faults(const std::vector<std::string_view>& elements) {
  if (elements.size() > most_faults) return std::nullopt;
  std::vector<StoreFault> faults;
  for (const std::string_view element : elements) {
    auto fault = read_fault(element);
    if (!fault) return std::nullopt;
    faults.push_back(*std::move(fault));
  }
  return faults;
}

std::optional<StoreStatus> read_status(std::string_view store, const Members& members) {
  const auto* const state = std::find(states.begin(), states.end(), find_text(members, "State"));
  const auto elements = find_elements(members, "Faults");
  auto faults = elements ? read_faults(*elements) : std::nullopt;
  if (find_text(members, "Store") != store || state == states.end() || !faults) return std::nullopt;
  StoreStatus status{.state = static_cast<StoreState>(state - states.begin()),
                     .faults = *std::move(faults),
                     .warning = printable(find_text(members, "Warning"), longest_text),
                     .needs_passphrase = is_true(members, "Passphrase")};
  const bool is_consistent = status.state == StoreState::locked ||
                             is_about_all(status.faults) == (status.state == StoreState::unusable);
  return is_consistent ? std::optional(std::move(status)) : std::nullopt;
}

}  // namespace

bool is_about_all(const std::vector<StoreFault>& faults) {
  return std::any_of(faults.begin(), faults.end(),
                     [](const StoreFault& fault) { return fault.registries.empty(); });
}

StoreFault fault(std::string kind, Prevents prevents, const Error& error) {
  return {.kind = std::move(kind),
          .prevents = prevents,
          .message = error.message(),
          .hint = error.hint()};
}

StoreStatus unusable(StoreFault fault) {
  return {.state = StoreState::unusable, .faults = {std::move(fault)}};
}

std::string format_status(std::string_view store, const StoreStatus& status) {
  std::vector<std::string> faults;
  for (const StoreFault& fault : status.faults)
    faults.push_back(format_fault(fault));
  JsonObjectWriter object;
  object.add_string("Store", store);
  object.add_string("State", in_words(status.state));
  object.add_value("Faults", fmt::format("[{}]", join(faults, ",")));
  if (status.entries) object.add_value("Entries", std::to_string(*status.entries));
  if (status.needs_passphrase) object.add_value("Passphrase", "true");
  for (const StoreStatus::Fact& fact : status.facts)
    object.add_string(fact.name, fact.value);
  if (!status.warning.empty()) object.add_string("Warning", status.warning);
  return object.text() + '\n';
}

std::string status_in_words(std::string_view store, const StoreStatus& status) {
  std::string lines = line("store", store);
  for (const StoreStatus::Fact& fact : status.facts)
    lines += line(fact.name, fact.value);
  if (status.entries) lines += line("entries", std::to_string(*status.entries));
  if (!status.warning.empty()) lines += line("warning", status.warning);
  lines += line("state", in_words(status.state));
  for (const StoreFault& fault : status.faults) {
    lines +=
        line("fault", fmt::format("{}: {}{}", fault.kind, fault.message,
                                  fault.registries.empty() ? "" : ", for " + fault.registries));
    if (!fault.hint.empty()) lines += line("hint", fault.hint);
  }
  return lines;
}

std::optional<StoreStatus> parse_status(std::string_view store, std::string_view answer) {
  try {
    const GoJsonReader reader = read_json_message(answer, "its status");
    return read_status(store, members_of(reader.value()));
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace pullsecret
