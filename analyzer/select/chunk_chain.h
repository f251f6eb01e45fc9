// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
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

/// The segment chunks that may hold rows of the connections of a set, ascending:
/// by their chains where they are few, else all.
std::vector<std::uint32_t> chunks_of(read::RecordFile& file, const read::ConnectionTable& table,
                                     const analysis::ConnectionSet& connections);

/// Some connections of a file, added by ascending number, and where their rows may lie.
struct ConnectionGroup {
  std::vector<std::uint64_t> entries;  ///< of the connection table
  std::vector<std::uint32_t> numbers;  ///< of each
  std::uint64_t first_row = ~std::uint64_t{0};
  std::uint32_t last_chunk = 0;

  void add(std::uint64_t entry, const read::Connection& connection);
};

/// The segment chunks that may hold rows of the group, ascending: by the chains of its connections where they are few,
/// else by the catalog.
std::vector<std::uint32_t> chunks_of(read::RecordFile& file, const read::ConnectionTable& table,
                                     const ConnectionGroup& group);

/// The segment chunks that may hold selected rows, ascending: by the chains of
/// the connections where they are few, else by the catalog. `earlier_too` as in
/// Selection::may_match().
std::vector<std::uint32_t> candidate_chunks(read::RecordFile& file, const read::ConnectionTable& table,
                                            const Selection& selection, bool earlier_too);

/// The stamp of the connection's first segment, the zero of its clock. It is the
/// stamp of its first row unless that is a quoted or malformed header; a
/// connection without a segment has only that. What is damaged is left out, and told in `damage`.
TimestampNs start_of(read::RecordFile& file, const read::Connection& connection, std::vector<Error>* damage = nullptr);

}  // namespace pcapsule::select
