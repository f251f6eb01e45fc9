// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/analysis/receive_window.h"

namespace pcapsule::analysis {

/// The numbers of one side of one connection, without its single stalls and dips.
struct WindowSummary {
  std::uint32_t connection = 0;  ///< tcp.stream
  unsigned side = 0;
  ScaleState scale = ScaleState::kUnknown;
  std::uint64_t samples = 0;
  std::uint32_t least = 0;  ///< bytes; these three mean nothing without samples
  std::uint32_t median = 0;
  std::uint32_t greatest = 0;
  std::uint64_t stalls = 0;
  std::uint64_t open_stalls = 0;
  std::optional<DurationNs> stall_total;
  std::optional<WindowStall> longest;  ///< nullopt: no stall has a duration
  std::uint64_t probes = 0;
  std::uint64_t dips = 0;
  std::optional<std::uint64_t> full;
  std::uint64_t labelled_full = 0;    ///< tcp.analysis.window_full of the other side's segments
  std::uint64_t labelled_probes = 0;  ///< tcp.analysis.zero_window_probe of them
  std::optional<std::uint64_t> exceeded;
  std::optional<DurationNs> limited;
  std::optional<double> limited_share;
  DurationNs duration;
};

WindowSummary summary_of(const ConnectionWindow& window, unsigned side);

/// The longest stall first, then the greatest total, then by connection and side.
bool stalled_longer(const WindowSummary& a, const WindowSummary& b);

}  // namespace pcapsule::analysis
