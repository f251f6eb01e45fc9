// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyzer/analysis/compare/segment.h"
#include "analyzer/analysis/compare/segment_key.h"
#include "common/hash/seeded.h"

namespace pcapsule::analysis::compare {

/// How a segment of one point was found at the other.
enum class MatchKind : std::uint8_t {
  kNone,       ///< not found
  kExact,      ///< the one segment with its key
  kAmbiguous,  ///< one of several with its key: matched in order
  kRange,      ///< its bytes, in segments cut otherwise
  kPart,       ///< some of its bytes
  kCopy,       ///< the second point saw it once more than the first: doubled on the way
  kSkipped,    ///< of unknown length: not looked for
};

/// The segments of a pair of connections, each with its partner at the other point.
struct SegmentMatch {
  struct Row {
    std::uint32_t partner = kNoRow;  ///< row at the other point; of several the first
    MatchKind kind = MatchKind::kNone;
  };
  /// Of a row that was found in part: from the first to the last byte that was not.
  struct Missing {
    std::uint32_t row = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  std::array<std::vector<Row>, 2> rows;         ///< by point
  std::array<std::vector<Missing>, 2> missing;  ///< by point, ascending
  std::array<KeyUse, 2> uses;                   ///< by direction: what both points agree on
  std::uint64_t matched = 0;                    ///< segments of the near point with a partner

  [[nodiscard]] bool has_partner(unsigned point, std::size_t row) const {
    const MatchKind kind = rows[point][row].kind;
    return kind == MatchKind::kExact || kind == MatchKind::kAmbiguous || kind == MatchKind::kRange;
  }
};

/// Matches by key, the k-th segment of a key to the k-th, then the rest by byte range
/// (S46). Linear in the number of segments. Where one capture began a turn of 2^32 later
/// its positions are moved. The result does not depend on `seed`, which whoever sent the segments must not know.
/// REQUIRES: both placed, without duplicates.
SegmentMatch match_segments(TapRows& near, TapRows& far, const hash::HashSeed& seed = hash::process_seed());

}  // namespace pcapsule::analysis::compare
