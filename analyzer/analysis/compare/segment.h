// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "common/base/time.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

/// What two captures of the same traffic say about the path between them (S45 to S52).
namespace pcapsule::analysis::compare {

/// The two points of capture, as indices.
inline constexpr unsigned kNear = 0;
inline constexpr unsigned kFar = 1;

/// The two directions, as indices: each by the point that its segments pass first.
enum class Direction : std::uint8_t { kNearToFar = 0, kFarToNear = 1 };
constexpr std::size_t index_of(Direction direction) { return static_cast<std::size_t>(direction); }
/// The point that a direction passes first, and the one that it passes second.
constexpr unsigned first_point(Direction direction) { return direction == Direction::kNearToFar ? kNear : kFar; }
constexpr unsigned second_point(Direction direction) { return first_point(direction) ^ 1U; }
constexpr Direction opposite(Direction direction) {
  return direction == Direction::kNearToFar ? Direction::kFarToNear : Direction::kNearToFar;
}

inline constexpr std::uint32_t kNoRow = std::numeric_limits<std::uint32_t>::max();

/// A segment as one point saw it. `seq` and `ack` are raw numbers until place() made them
/// positions in the streams of the pair, which are the same at both points.
struct Segment {
  std::int64_t time_ns = 0;  ///< by the clock of its capture
  std::uint64_t frame = 0;
  std::int64_t seq = 0;
  std::int64_t ack = 0;  ///< meaningless without the ACK flag
  std::uint32_t payload = 0;
  std::uint32_t ts_value = 0;
  std::uint32_t ts_echo = 0;
  std::uint16_t flags = 0;
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t checksum = 0;
  std::uint8_t side = 0;  ///< endpoint of its record file; after place(): the host at the near end is 0
  std::uint8_t oddities = 0;
  std::uint8_t ttl = 0;
  bool has_timestamps = false;

  [[nodiscard]] bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  /// Sequence numbers that it takes (S21); a RST has none (S22).
  [[nodiscard]] std::uint32_t length() const {
    if (has(tcp_flag::kRst)) return 0;
    return payload + (has(tcp_flag::kSyn) ? 1U : 0U) + (has(tcp_flag::kFin) ? 1U : 0U);
  }
  [[nodiscard]] std::int64_t end() const { return seq + length(); }
  [[nodiscard]] Direction direction() const { return static_cast<Direction>(side); }
};

/// S28
inline bool announces_zero_window(const Segment& s) {
  return s.window == 0 && s.has(tcp_flag::kAck) && !s.has(tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst);
}

/// A SACK block of row `row`.
struct SackRange {
  std::uint32_t row = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;
};

/// The segments of one connection at one point, in file order, without those that are no segments.
struct TapRows {
  std::vector<Segment> segments;
  std::vector<SackRange> sacks;               ///< by ascending row
  std::array<std::uint64_t, 2> duplicates{};  ///< by side: copies at the tap that were left out (S40)

  void clear() {
    segments.clear();
    sacks.clear();
    duplicates = {};
  }
};

/// How the numbers of one record file become positions of a pair, by endpoint of that file.
struct Placing {
  /// The endpoint that is the host at the near end.
  unsigned near_side = 0;
  /// Of the host at the near end, and of the one at the far end: the raw number that is position 0.
  std::array<std::uint32_t, 2> base{};
};

/// Turns raw numbers into positions, and endpoints into hosts.
void place(TapRows& rows, const Placing& placing);

}  // namespace pcapsule::analysis::compare
