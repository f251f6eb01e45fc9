// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "extractor/track/connection_tracker.h"
#include "extractor/write/chunk.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::write {

/// Builds the chunk of the connections `numbers` (ascending, 1 … kMaxChunkRows).
/// `first_entry` is the position of the first in the connection table;
/// `chunk_first_row[k]` the number of the first row of segment chunk k.
BuiltChunk build_connection_chunk(flatbuffers::FlatBufferBuilder& fbb, const track::ConnectionTracker& tracker,
                                  std::span<const std::uint32_t> numbers, std::uint64_t first_entry,
                                  std::span<const std::uint64_t> chunk_first_row);

}  // namespace pcapsule::write
