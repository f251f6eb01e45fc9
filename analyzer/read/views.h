// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/read/chunk_reader.h"
#include "analyzer/read/chunk_view.h"

namespace pcapsule::fb {
struct SegmentChunk;
struct ConnectionChunk;
}  // namespace pcapsule::fb

namespace pcapsule::read {

/// View of a structurally verified chunk with the columns `wanted`; faults stay
/// in `reader`. `chunk_index` is the chunk's place among the segment chunks;
/// `directory_proof`: of its directory.
SegmentChunk view_segments(const fb::SegmentChunk& table, ColumnSet wanted, std::size_t chunk_index,
                           Proof& directory_proof, ChunkReader& reader);

ConnectionChunk view_connections(const fb::ConnectionChunk& table, ChunkReader& reader);

}  // namespace pcapsule::read
