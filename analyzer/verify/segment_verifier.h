// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyzer/analysis/number_index.h"
#include "analyzer/read/catalog.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/verify/event_claims.h"
#include "analyzer/verify/verify.h"

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
  void add_row(const read::SegmentChunk& chunk, std::size_t row, std::uint64_t entry);
  void check_claims(const read::SegmentChunk& chunk, std::size_t row, std::uint64_t entry,
                    const read::Connection& connection);
  void check_totals(std::uint64_t entry, const read::Connection& connection);
  void check_events(std::uint64_t entry, const read::Connection& connection);
  void check_ends(std::uint32_t number, const read::ChunkInfo& info, const read::SegmentChunk& chunk, std::size_t row,
                  std::uint64_t entry, const read::Connection& connection);

  /// What the segments of one side of a connection add up to.
  struct SideSums {
    std::uint64_t segments = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t wire_bytes = 0;
  };

  const read::Catalog& catalog_;
  const read::ConnectionTable& table_;
  FaultList& faults_;
  bool complete_ = true;
  std::uint64_t segments_ = 0;
  std::uint64_t last_frame_ = 0;
  std::vector<std::uint64_t> rows_seen_;  ///< by entry of the connection table
  std::vector<std::array<SideSums, 2>> sums_;
  std::vector<EventClaims> claims_left_;   ///< by entry: those that no row has borne out yet
  std::vector<std::uint32_t> chunk_link_;  ///< by entry: last chunk that had it, plus 1
};

}  // namespace pcapsule::verify
