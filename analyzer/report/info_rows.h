// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analyzer/read/record_file.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// What put_info() tells people, for programs: one row a property, by section
/// (`file`, `capture 1`, `interface 0`, `totals`, `outcomes`, …). Times are seconds
/// since the epoch, lengths bytes; what is not known is empty.
std::vector<Column> info_columns();
void put_info_rows(Renderer& renderer, const read::RecordFile& file);

}  // namespace pcapsule::report
