// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/container/chunk.h"
#include "common/container/connection_stage.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::container {

/// The chunk of all connections of `stage`, of which there is at least one.
/// `first_entry` is the position of the first in the connection table.
BuiltChunk build_connection_chunk(flatbuffers::FlatBufferBuilder& fbb, const ConnectionStage& stage,
                                  std::uint64_t first_entry);

}  // namespace pcapsule::container
