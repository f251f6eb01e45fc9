// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/fields/field.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/row_totals.h"
#include "common/base/result.h"

namespace pcapsule::select {

/// How connections are listed: by a field, ties by number. Amounts come greatest
/// first; numbers, times and texts least first.
struct ConnectionOrder {
  const fields::Field* field = nullptr;  ///< nullptr: by number
  bool descending = false;
};

/// What has to be known of a connection for a value of the field. REQUIRES: it is one of connections.
read::Facts facts_of(const fields::Field& field);

/// `bytes`, `duration`, `start`, `segments`, `stream`, or the name of any field of
/// connections. kUsage: there is none of that name.
Result<ConnectionOrder> parse_connection_order(std::string_view text);

/// The entries of `chosen` in that order; only the first `count` of them. `totals` is of `file`.
std::vector<std::uint64_t> ordered_entries(read::RecordFile& file, const read::ConnectionTable& table,
                                           const analysis::ConnectionSet& chosen, const ConnectionOrder& order,
                                           std::uint64_t count, TotalsReader& totals);

}  // namespace pcapsule::select
