// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analyzer/analysis/number_union.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/selection.h"

namespace pcapsule::select {

/// File, number and offset of a segment chunk, for messages.
std::string place_of(const read::RecordFile& file, std::size_t chunk);

/// The segment chunks that hold rows of a connection, ascending, found by its
/// chain of directories. kCorrupt: a link of the chain is damaged, or the chain
/// does not lead to all rows.
Result<std::vector<std::uint32_t>> chunks_of(read::RecordFile& file, const read::Connection& connection);

/// Of these, those from chunk `first` on, as the link of a later chunk's directory leads to them.
Result<std::vector<std::uint32_t>> chunks_from(read::RecordFile& file, std::uint32_t connection, std::uint32_t first,
                                               std::uint32_t link);

/// Adds the chunks with rows of `connection`. False: its chain is damaged, which goes to `damage` where there is one.
bool add_chain(read::RecordFile& file, const read::Connection& connection, analysis::NumberUnion& chunks,
               DamageList* damage);

/// The segment chunks that may hold rows of the connections of a set, ascending:
/// by their chains where they are few, else all. Where a chain is damaged it is all of them too, and told in `damage`.
std::vector<std::uint32_t> chunks_of(read::RecordFile& file, const read::ConnectionTable& table,
                                     const analysis::ConnectionSet& connections, DamageList* damage = nullptr);

/// Some connections of a file, added by ascending number, and where their rows may lie.
struct ConnectionGroup {
  std::vector<std::uint64_t> entries;  ///< of the connection table
  std::vector<std::uint32_t> numbers;  ///< of each
  std::uint64_t first_row = ~std::uint64_t{0};
  std::uint32_t last_chunk = 0;

  void add(std::uint64_t entry, const read::Connection& connection);
};

/// The segment chunks that may hold rows of the group, ascending: by the chains of its connections where they are few,
/// else by the catalog. A chain that is damaged is told in `damage`.
std::vector<std::uint32_t> chunks_of(read::RecordFile& file, const read::ConnectionTable& table,
                                     const ConnectionGroup& group, DamageList& damage);

/// The segment chunks that may hold selected rows, ascending: by the chains of
/// the connections where they are few, else by the catalog. `earlier_too` as in
/// Selection::may_match(); `damage` as in chunks_of().
std::vector<std::uint32_t> candidate_chunks(read::RecordFile& file, const read::ConnectionTable& table,
                                            const Selection& selection, bool earlier_too, DamageList* damage = nullptr);

}  // namespace pcapsule::select
