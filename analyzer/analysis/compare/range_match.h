// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/analysis/compare/segment_match.h"

namespace pcapsule::analysis::compare {

/// Matches what match by key left over where the points saw the same bytes in segments
/// of other sizes: offload splits and joins them (S39, S46).
void match_ranges(const TapRows& near, const TapRows& far, SegmentMatch& match);

}  // namespace pcapsule::analysis::compare
