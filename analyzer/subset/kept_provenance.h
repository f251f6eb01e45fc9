// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "common/record/catalog.h"
#include "common/record/segment_row.h"

namespace pcapsule::subset {

/// The provenance of a subset: that of the file it comes from, with the counts of
/// what was kept.
class KeptProvenance {
 public:
  /// `selection`: what was chosen, as the catalog will say it.
  KeptProvenance(const record::Catalog& from, std::string selection);

  /// Counts a row that is kept. Frames ascend.
  void count(const record::SegmentRow& row);

  /// After the last row. What was left out is `not_chosen`, so that the outcomes still add up to the frames.
  /// kCorrupt: the file it comes from counts fewer TCP headers than were kept.
  Result<record::Provenance> finish();

 private:
  record::Provenance provenance_;
  std::size_t capture_ = 0;  ///< of the latest row
  std::uint64_t segments_ = 0;
  std::uint64_t quoted_ = 0;
  std::uint64_t malformed_ = 0;
};

}  // namespace pcapsule::subset
