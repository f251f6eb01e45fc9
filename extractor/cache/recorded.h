// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/record/catalog.h"

namespace pcapsule::cache {

/// What an existing record file says about how it was made and what became of
/// every frame.
using Recorded = record::Catalog;

/// Reads the catalog of a record file into memory, and nothing else of it: its checksum and
/// structure are proven, the chunks stay unread. Who shrinks the file meanwhile makes an error, not a SIGBUS as with a
/// mapping.
///
/// Errors: those of io::RegularFile and container::find_catalog. std::bad_alloc when the catalog is too large.
Result<Recorded> read_recorded(const std::string& path);

}  // namespace pcapsule::cache
