// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/number_index.h"
#include "analyzer/read/catalog.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/verify/fault_list.h"

namespace pcapsule::verify {

/// Checks segment chunks, given in file order with all their columns, against
/// the catalog and the connection table.
class SegmentVerifier {
 public:
  /// The references outlive the verifier.
  SegmentVerifier(const read::Catalog& catalog, const read::ConnectionTable& table, FaultList& faults);

  /// `number`: among the segment chunks.
  void check(std::uint32_t number, const read::ChunkInfo& info, const read::SegmentChunk& chunk);

  /// A chunk is damaged: what needs every row is not checked.
  void skip() { complete_ = false; }

  /// After the last chunk: totals.
  void finish();

 private:
  void check_summary(const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  void check_frames(const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  void check_indices(const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  void check_sparse(const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  void check_directory(std::uint32_t number, const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  void check_connections(std::uint32_t number, const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  /// What the connection table says of where the rows of a connection stand.
  struct Ends {
    std::uint64_t entry = 0;
    std::uint32_t number = 0;
    std::uint64_t rows = 0;
    std::uint64_t first_row = 0;
    std::uint64_t last_row = 0;
    std::uint32_t last_chunk = 0;
    read::Moment first;
    read::Moment last;
    std::optional<std::uint16_t> encapsulation;
  };
  [[nodiscard]] std::optional<Ends> ends_of(std::uint32_t connection) const;
  void check_ends(std::uint32_t number, const read::ChunkInfo& info, const read::SegmentChunk& chunk, std::size_t row,
                  const Ends& ends);

  const read::Catalog& catalog_;
  const read::ConnectionTable& table_;
  FaultList& faults_;
  bool complete_ = true;
  std::uint64_t segments_ = 0;
  std::uint64_t last_frame_ = 0;
  std::uint64_t backward_stamps_ = 0;      ///< of frames with rows, which not all frames are
  std::vector<std::optional<Ends>> ends_;  ///< of the chunk at hand, by place in its directory
  std::vector<std::uint64_t> rows_seen_;   ///< by entry of the connection table
  std::vector<std::uint32_t> chunk_link_;  ///< by entry: last chunk that had it, plus 1
};

}  // namespace pcapsule::verify
