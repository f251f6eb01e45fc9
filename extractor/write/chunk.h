// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/bytes/byte_cursor.h"
#include "common/format/record_layout.h"

namespace pcapsule::write {

/// A part of a chunk with a checksum of its own: it ends `end` bytes from the
/// size prefix and begins where the one before ends.
struct Region {
  std::uint32_t end = 0;
  std::uint64_t xxh3 = 0;
};

/// What the catalog holds of a chunk: least and greatest of what is worth pruning by.
struct ChunkSummary {
  format::ChunkKind kind = format::ChunkKind::kSegments;
  std::uint64_t first = 0;  ///< number of the first row, or of the first entry of the connection table
  std::uint32_t rows = 0;
  std::int64_t time_least_ns = 0;
  std::int64_t time_greatest_ns = 0;
  std::uint32_t connection_least = 0;
  std::uint32_t connection_greatest = 0;
  std::uint64_t frame_first = 0;
  std::uint64_t frame_last = 0;
  std::uint16_t flags_any = 0;
  std::uint16_t flags_all = 0;
  std::uint32_t payload_greatest = 0;
  std::uint16_t window_least = 0;
  std::uint32_t wire_greatest = 0;
  std::uint8_t oddities_any = 0;
  std::uint32_t rebases = 0;
};

/// A finished chunk: a size-prefixed FlatBuffer and its checksums. The bytes are
/// valid until the next chunk is built with the same builder.
struct BuiltChunk {
  ChunkSummary summary;
  ByteView bytes;
  std::vector<Region> regions;
};

/// Regions of a finished buffer: everything before the first vector, then one a
/// vector. `vector_ends` are FlatBuffers offsets, counted from the buffer's end.
std::vector<Region> regions_of(ByteView bytes, const std::vector<std::uint32_t>& vector_ends);

}  // namespace pcapsule::write
