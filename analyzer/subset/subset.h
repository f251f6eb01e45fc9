// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "common/base/result.h"
#include "common/container/byte_sink.h"

namespace pcapsule::subset {

/// What went into a subset.
struct SubsetSummary {
  std::uint64_t connections = 0;
  std::uint64_t segments = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

/// Writes the connections `chosen` of `file` as a record file of their own: all
/// their rows in file order, with the frame numbers, times and connection numbers
/// that they have, and the provenance of `file`. `selection` is what was chosen, for the
/// catalog. The same input gives the same bytes. Memory: a chunk of the input, the
/// chunk being written, and some 32 bytes a connection chosen.
///
/// A subset is whole or it is not made. kCorrupt: a chunk that may hold rows of these
/// connections is damaged, or the connection table counts other rows than there are.
Result<SubsetSummary> write_subset(read::RecordFile& file, const read::ConnectionTable& table,
                                   const analysis::ConnectionSet& chosen, std::string selection,
                                   container::ByteSink& out);

}  // namespace pcapsule::subset
