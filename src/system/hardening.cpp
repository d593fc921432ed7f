#include "system/hardening.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <sodium.h>

namespace pullsecret {
namespace {

void* allocate_or_null(std::size_t size) {
  return std::malloc(size == 0 ? 1 : size);
}

void* allocate(std::size_t size) {
  void* memory = allocate_or_null(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void wipe_and_free(void* memory) {
  if (memory != nullptr) sodium_memzero(memory, malloc_usable_size(memory));
  std::free(memory);
}

#ifdef M_PERTURB
// Of small blocks malloc() keeps seven of each size (its tcache), and does not overwrite these.
void wipe_cached_blocks() {
  constexpr std::size_t smallest = 24, largest = 1032, step = 16;
  for (std::size_t size = smallest; size <= largest; size += step) {
    std::array<void*, 7> blocks{};
    for (void*& block : blocks) {
      block = std::malloc(size);
      if (block != nullptr) sodium_memzero(block, malloc_usable_size(block));
    }
    for (void* block : blocks)
      std::free(block);
  }
}
#endif

void open_closed_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    // The lowest free descriptor is this one. Read-only for output: a write to it shall fail.
    const int flags = descriptor == 2 ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", flags) != descriptor) std::_Exit(1);
  }
}

// How far the stack was ever touched below this call, 128 KiB at most. What was not is no memory
// yet, and would become some only to be wiped.
std::size_t touched_stack() {
  constexpr std::size_t most = 128UL * 1024;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::uintptr_t here = reinterpret_cast<std::uintptr_t>(&page) / page * page;
  std::size_t touched = page;
  for (std::size_t below = page; below <= most; below += page) {
    unsigned char is_resident = 0;
    void* address = reinterpret_cast<void*>(here - below);  // NOLINT(performance-no-int-to-ptr)
    if (mincore(address, page, &is_resident) != 0) break;   // the stack never came that far
    if ((is_resident & 1U) != 0) touched = below + page;
  }
  return touched;
}

}  // namespace

void harden_process() {
  prctl(PR_SET_DUMPABLE, 0);
  umask(S_IRWXG | S_IRWXO);
  open_closed_standard_streams();
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for these signals
  std::signal(SIGCHLD, SIG_DFL);   // NOLINT(cert-err33-c)
}

#ifdef M_PERTURB
WipingMalloc::WipingMalloc() {
  mallopt(M_PERTURB, 1);
}

WipingMalloc::~WipingMalloc() {
  mallopt(M_PERTURB, 0);
  wipe_cached_blocks();
}
#else
WipingMalloc::WipingMalloc() = default;
WipingMalloc::~WipingMalloc() = default;
#endif

void wipe_stack() {
  sodium_stackzero(touched_stack());
}

}  // namespace pullsecret

void* operator new(std::size_t size) {
  return pullsecret::allocate(size);
}
void* operator new[](std::size_t size) {
  return pullsecret::allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return pullsecret::allocate_or_null(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return pullsecret::allocate_or_null(size);
}
void operator delete(void* memory) noexcept {
  pullsecret::wipe_and_free(memory);
}
void operator delete[](void* memory) noexcept {
  pullsecret::wipe_and_free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  pullsecret::wipe_and_free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  pullsecret::wipe_and_free(memory);
}
