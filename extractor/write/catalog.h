// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/bytes/byte_cursor.h"
#include "extractor/write/chunk.h"
#include "extractor/write/provenance.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::write {

/// A chunk as the catalog lists it.
struct ChunkEntry {
  ChunkSummary summary;
  std::uint64_t offset = 0;        ///< of the size prefix, from the start of the file
  std::uint32_t bytes = 0;         ///< prefix included
  std::uint32_t region_first = 0;  ///< index of its first region
};

struct CatalogTotals {
  std::uint64_t rows = 0;
  std::uint64_t segments = 0;
  std::uint64_t connections = 0;
};

/// Builds the catalog. The bytes are valid until `fbb` is used again.
ByteView build_catalog(flatbuffers::FlatBufferBuilder& fbb, std::span<const ChunkEntry> chunks,
                       std::span<const Region> regions, std::span<const std::string> encapsulations,
                       const CatalogTotals& totals, const Provenance& provenance);

}  // namespace pcapsule::write
