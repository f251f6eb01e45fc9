// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/bytes/byte_cursor.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::read {

/// Is `chunk` a size-prefixed FlatBuffer with this identifier whose root table, of scalars and vectors of
/// scalars, lies in the first `root_bytes`, every field where its type can be read?
///
/// It does what FlatBuffers' verifier does but for the vectors: their lengths lie among their elements, and to
/// look at them all brings in a page of every column. ChunkReader proves each vector before it is used.
/// `chunk` begins at a multiple of 8 in memory.
bool has_root_table(ByteView chunk, std::uint32_t root_bytes, const char* identifier,
                    const flatbuffers::TypeTable& types);

}  // namespace pcapsule::read
