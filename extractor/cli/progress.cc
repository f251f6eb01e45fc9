// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/progress.h"

#include <ostream>
#include <utility>

namespace pcapsule::cli {

namespace {

constexpr std::chrono::milliseconds kTerminalInterval{200};
constexpr std::chrono::seconds kFileInterval{10};

}  // namespace

// The first interval passes in silence: a small capture is done before it ends.
Progress::Progress(std::ostream& err, bool on_terminal, std::string name)
    : err_(err),
      on_terminal_(on_terminal),
      name_(std::move(name)),
      next_(Clock::now() + (on_terminal ? Clock::duration(kTerminalInterval) : Clock::duration(kFileInterval))) {}

Progress::~Progress() {
  if (shown_ && on_terminal_) err_ << "\r\x1b[K" << std::flush;
}

void Progress::show(std::uint64_t frames) {
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + (on_terminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kFileInterval));
  shown_ = true;
  err_ << (on_terminal_ ? "\r" : "") << name_ << ": " << frames << " packets read" << (on_terminal_ ? "\x1b[K" : "\n")
       << std::flush;
}

}  // namespace pcapsule::cli
