// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/read/connection.h"
#include "common/base/time.h"

namespace pcapsule::analysis {

/// What a sender waited for.
enum class StallCause : std::uint8_t {
  kZeroWindow,  ///< the receiver's window was 0
  kTimeout,     ///< it ended with something sent again: a retransmission timeout, or a probe in its stead
  kSilence,     ///< something was not acknowledged, and neither side sent
};
/// `zero window`, `timeout`, `silence`.
std::string_view to_text(StallCause cause);

/// Time in which one side, the sender, made no progress.
struct SenderStall {
  StallCause cause = StallCause::kSilence;
  read::Moment begin;
  read::Moment end;

  [[nodiscard]] DurationNs duration() const { return end.time - begin.time; }
};

struct SideStalls {
  std::uint64_t count = 0;
  DurationNs total;
  std::optional<SenderStall> longest;
  std::uint64_t idle_count = 0;
  DurationNs idle;  ///< nothing was awaited; counted for the side that spoke next
};

/// What the search for stalls needs of a segment.
struct StallRow {
  read::Moment at;
  unsigned side = 0;
  bool zero_window = false;   ///< S28
  bool opens_window = false;  ///< a window above 0, no SYN, no RST
  bool sent_again = false;    ///< it carries bytes that were sent before, or fills a gap
  /// Of each side, before the segment: something it sent is not acknowledged.
  std::array<bool, 2> outstanding{};
  /// Of each side as sender: the least time to an ACK so far.
  std::array<std::optional<DurationNs>, 2> least_rtt{};
};

/// Finds when connections stood still, fed the segments of one in file order. Time
/// between two segments of the connection that are at least kLeastStall apart is a
/// stall or idle time; silence has to last twice the round trip too, or a second where
/// that is not known. A zero window lasts until it opens, whatever its length.
/// Timeouts in a row are one stall. Stamps that go backwards say nothing.
class StallFinder {
 public:
  static constexpr DurationNs kLeastStall{200'000'000};
  static constexpr DurationNs kLeastSilence{1'000'000'000};  ///< of unknown round trip (RFC 6298 section 2.1)

  void feed(const StallRow& row);
  /// Call once, after the last segment.
  void finish();
  /// Of a side as sender.
  [[nodiscard]] const SideStalls& side(unsigned k) const { return sides_[k]; }

 private:
  void note_gap(const StallRow& row);
  void note_silence(const StallRow& row);
  void add(unsigned sender, const SenderStall& stall);
  void close_timeouts(unsigned sender);

  std::array<SideStalls, 2> sides_;
  std::array<std::optional<read::Moment>, 2> zero_since_;  ///< by sender: its receiver's window is 0
  std::array<std::optional<SenderStall>, 2> timeouts_;     ///< in a row, so far
  std::optional<read::Moment> last_;
};

}  // namespace pcapsule::analysis
