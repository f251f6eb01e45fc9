// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/base/time.h"
#include "common/format/record_layout.h"

namespace pcapsule::record {

/// What can be in a chunk: least and greatest of what is worth pruning by.
struct ChunkSummary {
  format::ChunkKind kind = format::ChunkKind::kSegments;
  std::uint64_t first = 0;  ///< number of the first row, or of the first entry of the connection table
  std::uint32_t rows = 0;
  TimestampNs time_least;
  TimestampNs time_greatest;
  std::uint32_t connection_least = 0;
  std::uint32_t connection_greatest = 0;
  std::uint64_t frame_first = 0;
  std::uint64_t frame_last = 0;
  std::uint16_t flags_any = 0;  ///< TCP flags set in any row
  std::uint16_t flags_all = 0;  ///< and in all rows
  std::uint32_t payload_greatest = 0;
  std::uint16_t window_least = 0;
  std::uint32_t wire_greatest = 0;
  std::uint8_t oddities_any = 0;
  std::uint32_t rebases = 0;
};

/// One chunk as the catalog lists it.
struct ChunkInfo : ChunkSummary {
  std::uint32_t number = 0;  ///< among all chunks of the file
  std::uint64_t offset = 0;  ///< of the size prefix, from the start of the file
  std::uint32_t bytes = 0;   ///< prefix included
};

}  // namespace pcapsule::record
