// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyzer/analysis/compare/exchange.h"
#include "analyzer/analysis/compare/loss_between.h"
#include "analyzer/analysis/compare/pair.h"
#include "analyzer/analysis/compare/retransmissions.h"

namespace pcapsule::analysis::compare {

/// Rows of a RST that ended a connection, or that only the second point of its direction saw.
struct Abort {
  Direction direction = Direction::kNearToFar;
  std::array<std::uint32_t, 2> row = {kNoRow, kNoRow};  ///< by point
  bool injected = false;  ///< it appeared between the points, with another TTL than its side's segments
};

/// Everything that a pair of connections says.
struct PairAnalysis {
  std::array<std::vector<Absent>, 2> absent;            ///< by direction
  std::array<std::vector<ResendCause>, 2> causes;       ///< by direction: of the rows of its first point
  std::array<std::vector<std::uint32_t>, 2> reordered;  ///< by direction: rows of its first point that were overtaken
  std::vector<Exchange> exchanges;
  std::vector<Stretch> stretches;
  std::vector<RoundTrip> round_trips;
  std::vector<Abort> aborts;
};

/// Where is the client's host? Votes of the round trips of a placed pair whose client was placed at the near
/// end: the point where they take longer is the nearer one.
struct Orientation {
  std::uint64_t client_near = 0;
  std::uint64_t client_far = 0;
};
Orientation orientation_of(const PairRows& pair);

/// Exchanges the hosts of a placed pair.
void flip(PairRows& pair);

/// How well the captures see, from all pairs.
struct Survey {
  std::array<std::uint64_t, 2> missed{};       ///< by point: segments that its capture provably lacks
  std::array<std::uint64_t, 2> lost{};         ///< by direction: between the points, as far as that is certain
  std::array<std::uint64_t, 2> overtaken{};    ///< by direction
  std::array<std::uint64_t, 2> lost_behind{};  ///< by direction: behind the second point

  [[nodiscard]] Trust trust(Direction direction) const;
};
void add_to_survey(const PairRows& pair, const Frame& frame, Survey& survey);

/// `client_point`: the end at which the client is.
PairAnalysis analyse_pair(const PairRows& pair, const Frame& frame, unsigned client_point, const Survey& survey);

/// By direction: by how much the delay between the points grew at most from one segment to the next.
std::array<std::int64_t, 2> jitter_of(const PairRows& pair);

/// Gives the stamps of segments that both points saw alone to `samples`.
void sample_clock(const PairRows& pair, ClockSamples& samples);

}  // namespace pcapsule::analysis::compare
