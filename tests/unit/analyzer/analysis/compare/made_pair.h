// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/compare/pair.h"

/// Small conversations as two points saw them, for tests.
namespace pcapsule::analysis::compare::testing {

inline constexpr std::uint16_t kF = 1, kS = 2, kR = 4, kA = 16;
inline constexpr std::uint8_t kNearHost = 0, kFarHost = 1;

/// A segment: who sent it, when it passed the points in milliseconds (nullopt: the capture lacks it),
/// and what is in it. `id` is its IPv4 identification; timestamps are left out when `value` is 0.
struct Made {
  std::uint8_t host;
  std::optional<double> near_ms;
  std::optional<double> far_ms;
  std::uint16_t flags;
  std::int64_t seq;
  std::int64_t ack;
  std::uint32_t payload = 0;
  std::uint16_t id = 0;
  std::uint32_t value = 0;
  std::uint32_t echo = 0;
  std::uint16_t window = 1000;
  std::optional<SackRange> sack = std::nullopt;  ///< its row is set
};

inline std::int64_t ns(double ms) { return static_cast<std::int64_t>(ms * 1e6); }

inline Segment segment_of(const Made& made, unsigned point) {
  Segment s;
  s.time_ns = ns(point == kNear ? *made.near_ms : *made.far_ms);
  s.seq = made.seq;
  s.ack = made.ack;
  s.payload = made.payload;
  s.ts_value = made.value;
  s.ts_echo = made.echo;
  s.has_timestamps = made.value != 0;
  s.flags = made.flags;
  s.window = made.window;
  s.ip_id = made.id;
  s.side = made.host;
  s.ttl = 64;
  return s;
}

/// The rows of one point in the order of their stamps; frames count from 1.
inline TapRows rows_of(std::vector<Made> made, unsigned point) {
  const auto stamp = [point](const Made& m) { return point == kNear ? m.near_ms : m.far_ms; };
  std::erase_if(made, [&](const Made& m) { return !stamp(m); });
  std::ranges::stable_sort(made, {}, [&](const Made& m) { return *stamp(m); });
  TapRows rows;
  for (const Made& m : made) {
    rows.segments.push_back(segment_of(m, point));
    rows.segments.back().frame = rows.segments.size();
    if (m.sack) {
      rows.sacks.push_back({static_cast<std::uint32_t>(rows.segments.size() - 1), m.sack->left, m.sack->right});
    }
  }
  return rows;
}

inline PairRows pair_of(const std::vector<Made>& made) {
  PairRows pair;
  pair.rows = {rows_of(made, kNear), rows_of(made, kFar)};
  pair.match = match_segments(pair.rows[kNear], pair.rows[kFar]);
  return pair;
}

/// Both captures went on from long before to long after.
inline Frame wide_frame() {
  Frame frame;
  frame.captured = {Span{ns(-100'000), ns(100'000)}, Span{ns(-100'000), ns(100'000)}};
  return frame;
}

/// The handshake of a connection whose points are 10 ms apart: near at 0, far at 10, back at 20.
inline std::vector<Made> after_handshake(std::vector<Made> rest) {
  std::vector<Made> all = {{kNearHost, 0, 10, kS, 0, 0, 0, 1},
                           {kFarHost, 20.1, 10.1, kS | kA, 0, 1, 0, 2},
                           {kNearHost, 20.2, 30.2, kA, 1, 1, 0, 3}};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

}  // namespace pcapsule::analysis::compare::testing
