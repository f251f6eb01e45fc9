// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "common/bytes/byte_cursor.h"
#include "common/container/chunk.h"
#include "common/record/catalog.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::container {

/// A chunk and its checksums as the catalog lists them.
struct ChunkEntry {
  record::ChunkInfo info;
  std::uint32_t region_first = 0;  ///< index of its first region
};

struct CatalogTotals {
  std::uint64_t rows = 0;
  std::uint64_t segments = 0;
  std::uint64_t connections = 0;
};

/// Builds the catalog. The bytes are valid until `fbb` is used again.
ByteView build_catalog(flatbuffers::FlatBufferBuilder& fbb, std::span<const ChunkEntry> chunks,
                       std::span<const Region> regions, const CatalogTotals& totals,
                       const record::Provenance& provenance);

}  // namespace pcapsule::container
