// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analyzer/analysis/connection_totals.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/record_file.h"

namespace pcapsule::select {

/// What the frames of connections add up to: from the connection table where that
/// says all, else from their rows. A chunk is added up once for all of its
/// connections, and the sums of the last few chunks are kept: thousands of
/// connections of one chunk cost one pass over it.
class TotalsReader {
 public:
  /// `file` must outlive this.
  explicit TotalsReader(read::RecordFile& file) : file_(file) {}

  /// Where rows are damaged: what the table says, and the damage is noted.
  [[nodiscard]] analysis::ConnectionTotals of(const read::Connection& connection);

  /// Every damaged chunk, once.
  [[nodiscard]] const std::vector<Error>& damage() const { return damage_; }

 private:
  struct ChunkSums {
    std::uint32_t chunk = 0;
    read::Directory directory;
    std::vector<analysis::ConnectionTotals> of;  ///< by place in the directory
  };

  [[nodiscard]] std::optional<analysis::ConnectionTotals> sum(const read::Connection& connection);
  const ChunkSums* sums_of(std::uint32_t chunk);
  void note(std::uint32_t chunk, Error error);

  read::RecordFile& file_;
  std::list<ChunkSums> recent_;                                         ///< the last used first
  std::unordered_map<std::uint32_t, analysis::ConnectionTotals> long_;  ///< by number: those of several chunks
  std::unordered_set<std::uint32_t> damaged_;
  std::vector<Error> damage_;
};

/// Adds to `damage` those of `more` that are not in it.
void add_damage(std::vector<Error>& damage, const std::vector<Error>& more);

}  // namespace pcapsule::select
