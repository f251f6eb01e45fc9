// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/record/catalog.h"

namespace pcapsule::cache {

/// What an existing record file says about how it was made and what became of
/// every frame.
using Recorded = record::Catalog;

/// Reads the catalog of a record file, and nothing else of it: its checksum and
/// structure are proven, the chunks stay unread.
///
/// Errors: those of MappedFile::open and container::find_catalog.
Result<Recorded> read_recorded(const std::string& path);

}  // namespace pcapsule::cache
