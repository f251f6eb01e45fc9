// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/record/catalog.h"

namespace pcapsule::subset {

/// The provenance of a subset: that of the file it comes from, with the counts of
/// what was kept.
class KeptProvenance {
 public:
  /// `selection`: what was chosen, as the catalog will say it.
  KeptProvenance(const record::Catalog& from, std::string selection);

  /// Counts a row of a chunk of which something is kept; frames never descend. A frame with several TCP headers, as
  /// of 802.11 A-MSDUs, counts once, under the best of them, where at least one is kept.
  void note(std::uint64_t frame, std::uint8_t oddities, bool kept);

  /// After the last row. What was left out is `not_chosen`, so that the outcomes still add up to the frames.
  /// kCorrupt: the file it comes from counts fewer TCP headers than were kept.
  Result<record::Provenance> finish();

 private:
  /// Outcomes of which every frame has a row, the best first.
  enum Outcome : std::uint8_t { kSegment, kMalformed, kQuoted, kOutcomes };
  static Outcome outcome_of(std::uint8_t oddities);

  void count_row(std::uint64_t frame);
  void count_frame();

  record::Provenance provenance_;
  std::size_t capture_ = 0;  ///< of the latest row that is kept
  // Of the latest row, and what its frame came to so far.
  std::uint64_t frame_ = 0;
  Outcome outcome_ = kSegment;
  bool kept_ = false;
  std::array<std::uint64_t, kOutcomes> frames_{};
};

}  // namespace pcapsule::subset
