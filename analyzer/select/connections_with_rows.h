// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/analysis/connection_set.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/selection.h"
#include "common/base/result.h"

namespace pcapsule::select {

/// The connections of which a selection has a row: those that it selects, and of
/// them, where it tells rows apart, those with a selected one. kCorrupt: a chunk that
/// may hold such a row is damaged.
Result<analysis::ConnectionSet> connections_with_rows(read::RecordFile& file, const read::ConnectionTable& table,
                                                      const Selection& selection);

}  // namespace pcapsule::select
