// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "analyzer/read/chunk_view.h"
#include "common/record/segment_row.h"

namespace pcapsule::subset {

/// The rows of a segment chunk as values, in ascending order.
class ChunkRows {
 public:
  /// `chunk` has all its columns, and outlives this.
  explicit ChunkRows(const read::SegmentChunk& chunk) : chunk_(chunk) {}

  /// The spans of the value are valid until the next call.
  /// REQUIRES: `row` is greater than at the call before, and below chunk.rows.
  record::SegmentRow at(std::size_t row);

 private:
  void take_sparse(record::SegmentRow& out, std::size_t row);

  const read::SegmentChunk& chunk_;
  // The next entry of each sparse column.
  std::size_t previous_ = 0;
  std::size_t sack_ = 0;
  std::size_t options_ = 0;
  std::size_t cut_ = 0;
  std::size_t rebase_ = 0;
  std::vector<SackBlock> blocks_;
};

}  // namespace pcapsule::subset
