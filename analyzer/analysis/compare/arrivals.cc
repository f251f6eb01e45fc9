// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/arrivals.h"

#include <algorithm>

namespace pcapsule::analysis::compare {

Arrivals::Arrivals(const PairRows& pair, Direction direction, const Frame& frame)
    : pair_(pair), direction_(direction), frame_(frame) {
  for (unsigned point = 0; point < 2; ++point) {
    for (std::uint32_t row = 0; row < pair.rows[point].segments.size(); ++row) {
      const MatchKind kind = pair.match.rows[point][row].kind;
      const bool sure = kind == MatchKind::kExact || kind == MatchKind::kRange || kind == MatchKind::kPart;
      if (sure && pair.at(point, row).direction() == direction) known_[point].push_back(row);
    }
  }
}

std::int64_t Arrivals::moved(unsigned point, std::uint32_t row) const {
  const std::int64_t time_ns = pair_.at(point, row).time_ns;
  const auto& known = known_[point];
  if (known.empty()) return frame_.at_other(point, time_ns);
  auto nearest = std::ranges::upper_bound(known, row);
  if (nearest != known.begin()) --nearest;
  const std::int64_t other = pair_.at(point ^ 1U, pair_.match.rows[point][*nearest].partner).time_ns;
  const std::int64_t span = time_ns - pair_.at(point, *nearest).time_ns;
  const double drift = frame_.clock ? frame_.clock->drift * (point == kNear ? 1 : -1) : 0;
  return other + span + whole_ns(static_cast<double>(span) * drift);
}

std::int64_t Arrivals::at_second(std::uint32_t first_row) const { return moved(first_point(direction_), first_row); }
std::int64_t Arrivals::at_first(std::uint32_t second_row) const { return moved(second_point(direction_), second_row); }

}  // namespace pcapsule::analysis::compare
