// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/read/catalog.h"
#include "analyzer/read/record_file.h"
#include "analyzer/report/buffered_writer.h"

namespace pcapsule::report {

/// What is in a record file and how it was made, from the catalog alone.
/// Absolute times in the zone of TZ, or in UTC.
void put_info(BufferedWriter& out, const read::RecordFile& file, bool utc);

}  // namespace pcapsule::report
