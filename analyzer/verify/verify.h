// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/read/record_file.h"
#include "analyzer/verify/fault_list.h"

namespace pcapsule::verify {

/// Proves every checksum and every structural rule of a record file: reads all of it, holds the catalog against the
/// rows, and the connection table against what the rows show when they are tracked again. Memory: TableReplay's, and
/// some 20 bytes a connection.
FaultList faults_of(read::RecordFile& file);

}  // namespace pcapsule::verify
