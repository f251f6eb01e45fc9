// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/analysis/connection_totals.h"
#include "analyzer/read/record_file.h"

namespace pcapsule::select {

/// What the frames of a connection add up to: from the table where that says
/// all, else from its rows. What is damaged there is left out.
analysis::ConnectionTotals exact_totals(read::RecordFile& file, const read::Connection& connection);

}  // namespace pcapsule::select
