// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/container/chunk.h"
#include "common/container/segment_stage.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::container {

/// The chunk of all rows of `stage`, of which there is at least one. `first_row`
/// is the number of the first in the file.
BuiltChunk build_segment_chunk(flatbuffers::FlatBufferBuilder& fbb, const SegmentStage& stage, std::uint64_t first_row);

}  // namespace pcapsule::container
