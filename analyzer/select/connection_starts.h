// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "common/base/time.h"

namespace pcapsule::select {

/// The stamp of the connection's first segment, the zero of its clock. It is the
/// stamp of its first row unless that is a quoted or malformed header; a
/// connection without a segment has only that. What is damaged is left out, and told in `damage`.
TimestampNs start_of(read::RecordFile& file, const read::Connection& connection, DamageList* damage = nullptr);

/// Does that stand in the rows alone?
bool has_start_in_rows(const read::Connection& connection);

/// The same of entries of the table, in one pass over the chunks of those connections. REQUIRES: they ascend.
std::vector<TimestampNs> starts_of(read::RecordFile& file, const read::ConnectionTable& table,
                                   std::span<const std::uint64_t> entries, DamageList* damage);

}  // namespace pcapsule::select
