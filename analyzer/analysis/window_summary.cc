// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_summary.h"

#include <tuple>

namespace pcapsule::analysis {

WindowSummary summary_of(const ConnectionWindow& window, unsigned side) {
  const SideWindow& of = window.side[side];
  const StallTotals totals = totals_of(of.stalls);
  WindowSummary summary;
  summary.side = side;
  summary.samples = of.samples;
  summary.least = of.least;
  summary.median = of.median;
  summary.greatest = of.greatest;
  summary.stalls = of.stalls.size();
  summary.open_stalls = totals.open;
  summary.stall_total = totals.total;
  if (totals.longest != nullptr) summary.longest = *totals.longest;
  summary.probes = totals.probes;
  summary.dips = of.dips.size();
  summary.full = of.full;
  summary.exceeded = of.exceeded;
  summary.limited = of.limited;
  summary.limited_share = window.limited_share(side);
  summary.duration = window.duration;
  return summary;
}

bool stalled_longer(const WindowSummary& a, const WindowSummary& b) {
  const auto key = [](const WindowSummary& s) {
    const DurationNs longest = s.longest ? *s.longest->duration() : DurationNs{-1};
    const DurationNs total = s.stall_total.value_or(DurationNs{-1});
    return std::tuple(-longest.value, -total.value, s.stalls > 0 ? 0 : 1, s.connection, s.side);
  };
  return key(a) < key(b);
}

}  // namespace pcapsule::analysis
