// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace pcapsule::cli {

/// How far the reading of one capture has come, on standard error: on a terminal one
/// line that overwrites itself and is wiped at the end, elsewhere a line every ten seconds.
class Progress {
 public:
  /// `name` is already escaped.
  Progress(std::ostream& err, bool on_terminal, std::string name);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// May be called as often as the caller likes.
  void show(std::uint64_t frames);

 private:
  using Clock = std::chrono::steady_clock;

  std::ostream& err_;
  bool on_terminal_;
  std::string name_;
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace pcapsule::cli
