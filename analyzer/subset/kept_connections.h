// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/analysis/number_index.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection_table.h"
#include "common/container/record_writer.h"

namespace pcapsule::subset {

/// A connection that is kept, and where its rows went.
struct KeptConnection {
  std::uint64_t entry = 0;  ///< of the connection table that it comes from
  record::RowLink link;
  std::uint64_t rows = 0;  ///< written so far
};

/// The connections that a subset keeps. Memory: 32 bytes each.
class KeptConnections final : public container::ConnectionSource {
 public:
  /// `table` outlives this.
  KeptConnections(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen);

  /// Makes find() answer for the rows of `chunk`, of which the directory is needed.
  /// False: it has no row of a kept connection.
  bool enter(const read::SegmentChunk& chunk);

  /// The kept connection of that number in the chunk that was entered; nullptr: none.
  [[nodiscard]] KeptConnection* find(std::uint32_t number) {
    const std::uint32_t slot = index_.find(number);
    return slot == analysis::NumberIndex::kNone ? nullptr : slots_[slot];
  }

  /// After the last row: does every connection have the rows that the table says?
  [[nodiscard]] Result<void> check_whole() const;

  bool next(record::Connection& connection, record::RowLink& rows) override;

 private:
  const read::ConnectionTable& table_;
  std::vector<KeptConnection> kept_;    ///< by ascending entry
  std::vector<KeptConnection*> slots_;  ///< of the chunk that was entered
  analysis::NumberIndex index_;         ///< from numbers to slots
  std::size_t next_ = 0;
};

}  // namespace pcapsule::subset
