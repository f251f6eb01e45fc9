// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/analysis/compare/segment.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"

namespace pcapsule::select {

/// The segments of a few connections of one record file, gathered in one pass over
/// the chunks that hold them. Two of these walk two files in any order of pairs,
/// which Conversations cannot: it goes by ascending number.
class ConnectionRows {
 public:
  /// Both must outlive this. `keep_duplicates`: copies at the tap count as segments (S40).
  ConnectionRows(read::RecordFile& file, const read::ConnectionTable& table, bool keep_duplicates)
      : file_(file), table_(table), keep_duplicates_(keep_duplicates) {}

  /// Gathers the segments of `entries`, at most `greatest` of each, and no more than the
  /// connection table says that there are, the first in file order. Into `out`, one for each entry, in the order of
  /// `entries`; what it held is dropped, its memory used again. REQUIRES: no entry twice.
  void gather(std::span<const std::uint64_t> entries, std::uint64_t greatest,
              std::vector<analysis::compare::TapRows>& out);

  /// What was left out, each chunk once.
  [[nodiscard]] const DamageList& damage() const { return damage_; }

 private:
  struct Wanted;
  void note_wrong_count(const Wanted& wanted);
  void take(const read::SegmentChunk& chunk, Wanted& wanted, std::vector<analysis::compare::TapRows>& out) const;

  read::RecordFile& file_;
  const read::ConnectionTable& table_;
  bool keep_duplicates_;
  DamageList damage_;
};

}  // namespace pcapsule::select
