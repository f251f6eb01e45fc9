// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <unordered_set>
#include <vector>

#include "analyzer/analysis/connection_totals.h"
#include "analyzer/analysis/number_index.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"

namespace pcapsule::select {

/// What the frames of connections add up to: from the connection table where that
/// says all, else from their rows. A chunk is added up once for all of its
/// connections, and the sums of the last few chunks are kept: thousands of
/// connections of one chunk cost one pass over it. Where connections lie in more
/// chunks than that, all of them are added up in one pass over the file.
class TotalsReader {
 public:
  /// `file` must outlive this.
  explicit TotalsReader(read::RecordFile& file) : file_(file) {}

  /// Where rows are damaged: what the table says, and the damage is noted.
  [[nodiscard]] analysis::ConnectionTotals of(const read::Connection& connection);

  /// Every damaged chunk, once.
  [[nodiscard]] const DamageList& damage() const { return damage_; }

 private:
  struct ChunkSums {
    std::uint32_t chunk = 0;
    read::Directory directory;
    std::vector<analysis::ConnectionTotals> of;  ///< by place in the directory
  };

  /// What the rows of a connection add up to, and how many rows those are, quoted ones too.
  struct Sum {
    analysis::ConnectionTotals totals;
    std::uint64_t rows = 0;
  };

  void add_up_all();
  [[nodiscard]] std::vector<std::uint32_t> odd_connections();
  [[nodiscard]] std::optional<analysis::ConnectionTotals> known_sum(const read::Connection& connection);
  [[nodiscard]] std::optional<analysis::ConnectionTotals> sum(const read::Connection& connection);
  const ChunkSums* sums_of(std::uint32_t chunk);

  read::RecordFile& file_;
  std::list<ChunkSums> recent_;                               ///< the last used first
  std::map<std::uint32_t, analysis::ConnectionTotals> long_;  ///< by number: those of several chunks
  std::size_t loads_ = 0;                                     ///< of chunks, one after the other
  bool all_are_known_ = false;                                ///< the following is there
  analysis::NumberIndex index_;
  std::vector<Sum> sums_;  ///< of all connections with rows that are no segments, by place in `index_`
  DamageList damage_;
};

}  // namespace pcapsule::select
