// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection.h"
#include "common/hash/seeded.h"
#include "common/net/tap_copy.h"

namespace pcapsule::analysis {

/// What the search for copies needs of a row.
struct CopyRow {
  read::Moment at;
  TapIdentity identity;
  bool is_segment = true;  ///< what is none is never a copy (S3, S12)
};

/// The columns that copy_row() reads.
read::ColumnSet copy_columns();
CopyRow copy_row(const read::SegmentChunk& chunk, std::size_t row);

/// With a seed that nobody knows, nobody can send segments that differ and fall together.
std::uint64_t hash_of(const TapIdentity& identity, const hash::HashSeed& seed);

/// Tells second copies at the tap (S40): fed the rows of one connection in file
/// order. Constant time a row on average. Memory follows the segments that the
/// connection sends within a millisecond, at most kGreatestRows of them: a copy
/// that comes after more than that is taken for a segment of its own. So is one
/// whose stamp steps back over more than kGreatestEqual segments like it, each
/// more than a millisecond from the next.
class Duplicates {
 public:
  static constexpr std::uint32_t kGreatestRows = 1U << 12;
  static constexpr std::uint32_t kGreatestEqual = 8;

  /// The frame that this row is a copy of; nullopt: it is none.
  std::optional<std::uint64_t> feed(const CopyRow& row);

 private:
  static constexpr std::uint32_t kFirstRows = 4;

  /// A segment that is no copy.
  struct Original {
    std::uint64_t frame = 0;
    TimestampNs time;  ///< its own, then that of its latest copy: what S40 compares are two rows, whatever they are
    TapIdentity identity;
    std::uint64_t before = 0;  ///< an earlier one with the same hash, counted as in next_
  };

  void make_room(const CopyRow& row);
  void grow();
  [[nodiscard]] std::uint64_t oldest() const { return next_ > rows_.size() ? next_ - rows_.size() : 0; }
  Original& place(std::uint64_t count) { return rows_[count & (rows_.size() - 1)]; }

  // The latest originals, as a ring whose size is a power of two. They are counted
  // from 1, so that 0 is none; latest_ leads to the last one of a hash.
  std::vector<Original> rows_;
  std::vector<std::uint64_t> latest_;
  std::uint64_t next_ = 1;
  hash::HashSeed seed_ = hash::process_seed();
};

}  // namespace pcapsule::analysis
