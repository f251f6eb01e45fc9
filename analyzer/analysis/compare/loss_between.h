// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/analysis/compare/absent.h"
#include "analyzer/analysis/compare/pair.h"
#include "analyzer/analysis/compare/receiver.h"

namespace pcapsule::analysis::compare {

/// What is known of how well one direction is seen.
struct Trust {
  bool has_misses = false;  ///< the captures provably lack segments ...
  /// ... and segments get lost behind that point: then what the receiver lacks may have passed it.
  bool lost_behind = false;
  bool overtakes = false;  ///< segments overtake each other between the points
};

/// Segments of one direction that one of the points did not see, those of the first point
/// first, each in file order. What nothing shows is not called lost where the capture of
/// the second point lacks other segments.
std::vector<Absent> absent_segments(const PairRows& pair, const Receiver& receiver, Direction direction,
                                    const Frame& frame, Trust trust);

}  // namespace pcapsule::analysis::compare
