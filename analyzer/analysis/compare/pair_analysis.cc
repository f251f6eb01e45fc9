// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/pair_analysis.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pcapsule::analysis::compare {

namespace {

constexpr std::array kDirections = {Direction::kNearToFar, Direction::kFarToNear};

/// Round trips below this tell no order of the points.
constexpr std::int64_t kNoticedNs = 1'000;

/// Segments of the first point that arrived after one that had left it later (RFC 4737 section 3.3).
std::vector<std::uint32_t> overtaken(const PairRows& pair, Direction direction) {
  const unsigned second = second_point(direction);
  std::vector<std::uint32_t> found;
  std::uint32_t latest = 0;
  for (std::uint32_t row = 0; row < pair.rows[second].segments.size(); ++row) {
    const SegmentMatch::Row& match = pair.match.rows[second][row];
    if (pair.at(second, row).direction() != direction || match.kind != MatchKind::kExact) continue;
    if (match.partner < latest) found.push_back(match.partner);
    latest = std::max(latest, match.partner);
  }
  return found;
}

/// The first RST that came before both sides had sent a FIN, and those that began between the points.
std::vector<Abort> find_aborts(const PairRows& pair) {
  std::vector<Abort> found;
  std::array<bool, 2> fin{};
  bool aborted = false;
  for (const Segment& s : pair.rows[kNear].segments) {
    const auto row = static_cast<std::uint32_t>(&s - pair.rows[kNear].segments.data());
    if (s.has(tcp_flag::kFin)) fin[s.side] = true;
    if (!s.has(tcp_flag::kRst) || aborted || (fin[0] && fin[1])) continue;
    const std::uint32_t partner = pair.partner(kNear, row);
    if (partner == kNoRow && s.direction() == Direction::kFarToNear) continue;  // below
    found.push_back({s.direction(), {row, partner}, false});
    aborted = true;
  }
  for (const Direction direction : kDirections) {
    const unsigned second = second_point(direction);
    std::uint8_t usual_ttl = 0;
    for (std::uint32_t row = 0; row < pair.rows[second].segments.size(); ++row) {
      const Segment& s = pair.at(second, row);
      if (s.direction() != direction) continue;
      if (!s.has(tcp_flag::kRst)) {
        usual_ttl = s.ttl;
      } else if (pair.partner(second, row) == kNoRow && usual_ttl != 0 && s.ttl != usual_ttl) {
        Abort abort{direction, {kNoRow, kNoRow}, true};
        abort.row[second] = row;
        found.push_back(abort);
        break;
      }
    }
  }
  return found;
}

}  // namespace

Orientation orientation_of(const PairRows& pair) {
  Orientation votes;
  for (const RoundTrip& trip : round_trips(pair, {})) {
    if (trip.network_ns > kNoticedNs) ++votes.client_near;
    if (trip.network_ns < -kNoticedNs) ++votes.client_far;
  }
  return votes;
}

void flip(PairRows& pair) {
  for (TapRows& rows : pair.rows) {
    for (Segment& segment : rows.segments) segment.side ^= 1U;
    std::swap(rows.duplicates[0], rows.duplicates[1]);
  }
  std::swap(pair.match.uses[0], pair.match.uses[1]);
  std::swap(pair.shift[0], pair.shift[1]);
}

void sample_clock(const PairRows& pair, ClockSamples& samples) {
  for (std::size_t row = 0; row < pair.rows[kNear].segments.size(); ++row) {
    const SegmentMatch::Row& match = pair.match.rows[kNear][row];
    if (match.kind != MatchKind::kExact) continue;
    const Segment& near = pair.at(kNear, row);
    samples.add(near.direction(), near.time_ns, pair.at(kFar, match.partner).time_ns);
  }
}

std::array<std::int64_t, 2> jitter_of(const PairRows& pair) {
  std::array<std::int64_t, 2> greatest{};
  std::array<std::optional<std::int64_t>, 2> before;
  for (std::size_t row = 0; row < pair.rows[kNear].segments.size(); ++row) {
    const SegmentMatch::Row& match = pair.match.rows[kNear][row];
    if (match.kind != MatchKind::kExact && match.kind != MatchKind::kRange) continue;
    const Segment& near = pair.at(kNear, row);
    const std::int64_t distance = pair.at(kFar, match.partner).time_ns - near.time_ns;
    const std::int64_t delay = near.direction() == Direction::kNearToFar ? distance : -distance;
    auto& last = before[near.side];
    if (last) greatest[near.side] = std::max(greatest[near.side], delay - *last);
    last = delay;
  }
  return greatest;
}

Trust Survey::trust(Direction direction) const {
  // A point that misses something stands for both: what nothing proves may be all that the other misses.
  // With few losses behind the point hardly one of them is also missed by its capture.
  const std::size_t at = index_of(direction);
  return {missed[kNear] + missed[kFar] > 0, lost_behind[at] > lost[at], overtaken[at] > 0};
}

void add_to_survey(const PairRows& pair, const Frame& frame, Survey& survey) {
  for (const Direction direction : kDirections) {
    const std::size_t at = index_of(direction);
    const Receiver receiver(pair, direction);
    survey.overtaken[at] += pcapsule::analysis::compare::overtaken(pair, direction).size();
    const auto absent = absent_segments(pair, receiver, direction, frame, {true, false, true});
    for (const Absent& one : absent) {
      if (one.what == AbsentClass::kMissed) ++survey.missed[one.seen_at ^ 1U];
      if (one.what == AbsentClass::kLost) ++survey.lost[at];
    }
    const Arrivals arrivals(pair, direction, frame);
    for (const ResendCause cause : resend_causes(pair, receiver, direction, absent, arrivals)) {
      if (cause == ResendCause::kLostAfter) ++survey.lost_behind[at];
    }
  }
}

PairAnalysis analyse_pair(const PairRows& pair, const Frame& frame, unsigned client_point, const Survey& survey) {
  PairAnalysis found;
  for (const Direction direction : kDirections) {
    const std::size_t at = index_of(direction);
    const Receiver receiver(pair, direction);
    found.absent[at] = absent_segments(pair, receiver, direction, frame, survey.trust(direction));
    found.causes[at] = resend_causes(pair, receiver, direction, found.absent[at], Arrivals(pair, direction, frame));
    found.reordered[at] = overtaken(pair, direction);
  }
  Exchanges exchanges(pair, found.causes, frame, client_point);
  found.exchanges = exchanges.exchanges();
  found.stretches = exchanges.stretches();
  found.round_trips = round_trips(pair, frame);
  found.aborts = find_aborts(pair);
  return found;
}

}  // namespace pcapsule::analysis::compare
