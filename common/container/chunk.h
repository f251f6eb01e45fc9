// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/bytes/byte_cursor.h"
#include "common/record/chunk_info.h"

namespace pcapsule::container {

/// A part of a chunk with a checksum of its own: it ends `end` bytes from the
/// size prefix and begins where the one before ends.
struct Region {
  std::uint32_t end = 0;
  std::uint64_t xxh3 = 0;
};

/// A finished chunk: a size-prefixed FlatBuffer and its checksums. The bytes are
/// valid until the next chunk is built with the same builder.
struct BuiltChunk {
  record::ChunkSummary summary;
  ByteView bytes;
  std::vector<Region> regions;
};

/// Regions of a finished buffer: everything before the first vector, then one a
/// vector. `vector_ends` are FlatBuffers offsets, counted from the buffer's end.
std::vector<Region> regions_of(ByteView bytes, const std::vector<std::uint32_t>& vector_ends);

}  // namespace pcapsule::container
