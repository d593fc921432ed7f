#include "helpers/secretservice/bounded_input.h"

namespace pullsecret {
namespace {

// A GObject: what GLib makes, counts and frees, zeroed at first.
struct BoundedInput {
  GFilterInputStream parent;
  std::size_t left;
  gint is_exceeded;  // atomic: it is read in another thread
};

BoundedInput& bounded(void* stream) {
  return *static_cast<BoundedInput*>(stream);
}

GInputStream* base_of(GInputStream* stream) {
  return g_filter_input_stream_get_base_stream(&bounded(stream).parent);
}

// What a read comes to that has read `count` bytes.
gssize counted(BoundedInput& input, gssize count, GError** error) {
  if (count < 0) return count;
  if (static_cast<std::size_t>(count) <= input.left) {
    input.left -= static_cast<std::size_t>(count);
    return count;
  }
  input.left = 0;
  g_atomic_int_set(&input.is_exceeded, 1);
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "more than may be read");
  return -1;
}

gssize read(GInputStream* stream, void* buffer, gsize size, GCancellable* cancellable,
            GError** error) {
  return counted(bounded(stream),
                 g_input_stream_read(base_of(stream), buffer, size, cancellable, error), error);
}

void finish_read(GObject* base, GAsyncResult* result, void* place) {
  const Owned<GTask> task(static_cast<GTask*>(place));
  GError* error = nullptr;
  const gssize count =
      counted(bounded(g_task_get_source_object(task.get())),
              g_input_stream_read_finish(G_INPUT_STREAM(base), result, &error), &error);
  if (error != nullptr)
    g_task_return_error(task.get(), error);
  else
    g_task_return_int(task.get(), count);
}

void start_read(GInputStream* stream, void* buffer, gsize size, int priority,
                GCancellable* cancellable, GAsyncReadyCallback done, void* place) {
  GTask* task = g_task_new(stream, cancellable, done, place);
  g_input_stream_read_async(base_of(stream), buffer, size, priority, cancellable, finish_read,
                            task);
}

gssize result_of_read(GInputStream*, GAsyncResult* result, GError** error) {
  return g_task_propagate_int(G_TASK(result), error);
}

void set_up_class(void* type, void*) {
  auto* input = static_cast<GInputStreamClass*>(type);
  input->read_fn = read;
  input->read_async = start_read;
  input->read_finish = result_of_read;
}

GType bounded_input_type() {
  static const GType type = g_type_register_static_simple(
      G_TYPE_FILTER_INPUT_STREAM, "PullsecretBoundedInput", sizeof(GFilterInputStreamClass),
      set_up_class, sizeof(BoundedInput), nullptr, static_cast<GTypeFlags>(0));
  return type;
}

}  // namespace

Owned<GInputStream> bounded_input(GInputStream* base, std::size_t limit) {
  void* stream = g_object_new(bounded_input_type(), "base-stream", base, nullptr);
  bounded(stream).left = limit;
  return Owned<GInputStream>(static_cast<GInputStream*>(stream));
}

void end_input(GInputStream* input) {
  bounded(input).left = 0;
}

bool was_exceeded(GInputStream* input) {
  return g_atomic_int_get(&bounded(input).is_exceeded) != 0;
}

}  // namespace pullsecret
