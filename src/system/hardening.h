#pragma once

namespace pullsecret {

/// What every program of this project does first in main(), before it reads anything:
///
/// - no core dump, and no other process of the same user may attach (PR_SET_DUMPABLE);
/// - files it creates are for the user alone (umask 077);
/// - descriptors 0 to 2 are open, so that no file is opened in the place of a closed standard
///   stream; writing to a standard output that was closed still fails;
/// - SIGPIPE and SIGXFSZ are ignored: a reader that went away, and a file that may not grow so
///   large (setrlimit(2)), are errors of write(2), with their messages;
/// - SIGCHLD is not: a parent that ignores it hands that on, and no exit status could be read.
///
/// Linking this in also replaces the global operator new and delete: each block of C++ memory is
/// wiped before it returns to the heap. Secrets pass through strings of the JSON and YAML
/// libraries, of fmt and of the standard library, which know of no wiping; here none is forgotten.
/// The alternative, a string type of our own, wipes only what was remembered.
void harden_process();

/// As long as one lives, malloc() overwrites what is given back to it, as the operator delete above
/// does: for a C library that reads secrets and wipes nothing. With glibc alone; of one thread.
class WipingMalloc {
 public:
  WipingMalloc();
  WipingMalloc(const WipingMalloc&) = delete;
  WipingMalloc& operator=(const WipingMalloc&) = delete;
  ~WipingMalloc();
};

/// Wipes the stack below the caller, where short strings and buffers of finished calls are left.
/// To be called once the work on secrets is done, from a frame that holds none.
void wipe_stack();

}  // namespace pullsecret
