// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/selection.h"

namespace pcapsule::select {

/// The selected connections that have a selected segment: one in the time that was
/// chosen, if any, that the filter selects. A filter over fields of connections
/// only is answered from the connection table, which says of a whole connection
/// what its last row says. What was left out goes to `damage`.
analysis::ConnectionSet matching_connections(read::RecordFile& file, const read::ConnectionTable& table,
                                             const Selection& selection, DamageList& damage);

/// Looks for the rows that the selection's filter selects, so that has() tells
/// them, and keeps only the connections that have any. Nothing without a filter.
void apply_filter(read::RecordFile& file, const read::ConnectionTable& table, Selection& selection, DamageList& damage);

}  // namespace pcapsule::select
