#pragma once

namespace pullsecret {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP does nothing but to have come, so that work
/// of several steps can end after one of them and say what is where; the second has its usual
/// effect. Programs that run meanwhile get the terminal's Ctrl-C as ever. One lives at a time.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  bool came() const;

  /// Ends this process by the signal that came; returns if none did.
  void pass_on();

 private:
  void restore();
};

}  // namespace pullsecret
