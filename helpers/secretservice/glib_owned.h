#pragma once

#include <gio/gio.h>

#include <memory>

namespace pullsecret {

/// Gives back what GLib counts references to, or has allocated.
struct Unreference {
  template <typename Object>
  void operator()(Object* object) const {
    g_object_unref(object);
  }
  void operator()(GVariant* value) const { g_variant_unref(value); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(char* text) const { g_free(text); }
};

template <typename Type>
using Owned = std::unique_ptr<Type, Unreference>;

}  // namespace pullsecret
