// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "extractor/write/provenance.h"

namespace pcapsule::cache {

/// What an existing record file says about how it was made and what became of
/// every frame. The strings come from a stranger: escape them before showing.
struct Recorded {
  std::uint32_t format_version = 0;
  write::RecordOptions options;
  std::vector<write::CaptureEntry> captures;
  std::uint64_t frames = 0;
  std::uint64_t rows = 0;
  std::uint64_t segments = 0;
  std::uint64_t connections = 0;
  std::uint64_t backward_stamps = 0;
  /// Frames by how they ended, under the names of decode::to_text and
  /// `not_chosen`, `filtered_out`. A name that is missing counts 0.
  std::vector<write::NamedCount> outcomes;
  std::vector<write::NamedCount> ether_types;
  std::vector<write::NamedCount> ip_protocols;
  std::uint64_t file_bytes = 0;
};

/// Reads the catalog of a record file, and nothing else of it: its checksum and
/// structure are proven, the chunks stay unread.
///
/// Errors: those of MappedFile::open and container::find_catalog.
Result<Recorded> read_recorded(const std::string& path);

/// Name and version of the library that the record format is built on.
std::string record_library_version();

}  // namespace pcapsule::cache
