// SPDX-License-Identifier: Apache-2.0
// To change values of a record file in place. The checksums are then to be set right: fuzz::repair_checksums().
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/container/container.h"
#include "common/format/record_layout.h"
#include "schema/packet_record_generated.h"
#include "tests/fuzz/target.h"

namespace pcapsule::faults {

inline const fb::Catalog& catalog_of(const std::vector<std::uint8_t>& file) {
  const auto found = container::find_catalog(file, "record");
  fuzz::require(found.ok(), "the file is good before it is changed");
  return *found->table;
}

/// Table of the `nth` chunk of a kind.
template <class Table>
const Table& chunk_of(const std::vector<std::uint8_t>& file, format::ChunkKind kind, unsigned nth = 0) {
  const fb::Catalog& catalog = catalog_of(file);
  flatbuffers::uoffset_t chunk = 0;
  while (catalog.chunk_kind()->Get(chunk) != static_cast<std::uint8_t>(kind)) ++chunk;
  return *flatbuffers::GetSizePrefixedRoot<Table>(file.data() + catalog.chunk_offset()->Get(chunk + nth));
}

inline const fb::SegmentChunk& segments_of(const std::vector<std::uint8_t>& file, unsigned nth = 0) {
  return chunk_of<fb::SegmentChunk>(file, format::ChunkKind::kSegments, nth);
}

inline const fb::ConnectionChunk& connections_of(const std::vector<std::uint8_t>& file) {
  return chunk_of<fb::ConnectionChunk>(file, format::ChunkKind::kConnections);
}

/// Where the addresses and ports of the first connection chunk stand, each as its first byte in the file and the one
/// behind its last.
inline std::vector<std::pair<std::uint64_t, std::uint64_t>> endpoint_columns(const std::vector<std::uint8_t>& file) {
  const fb::ConnectionChunk& chunk = connections_of(file);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  const auto add = [&](const auto* column, std::size_t element_bytes) {
    if (column == nullptr) return;
    const auto begin = static_cast<std::uint64_t>(column->Data() - file.data());
    ranges.emplace_back(begin, begin + column->size() * element_bytes);
  };
  add(chunk.a_v4(), sizeof(std::uint32_t));
  add(chunk.b_v4(), sizeof(std::uint32_t));
  for (const auto* half : {chunk.a_high(), chunk.a_low(), chunk.b_high(), chunk.b_low()})
    add(half, sizeof(std::uint64_t));
  add(chunk.a_port(), sizeof(std::uint16_t));
  add(chunk.b_port(), sizeof(std::uint16_t));
  return ranges;
}

template <class T>
void set(const flatbuffers::Vector<T>* vector, flatbuffers::uoffset_t at, T value) {
  fuzz::require(vector != nullptr && at < vector->size(), "the column is in the file");
  const_cast<flatbuffers::Vector<T>*>(vector)->Mutate(at, value);
}

template <class T>
void set_length(const flatbuffers::Vector<T>* vector, std::uint32_t length) {
  fuzz::require(vector != nullptr, "the column is in the file");
  flatbuffers::WriteScalar(const_cast<flatbuffers::Vector<T>*>(vector), length);
}

/// A field of a table that is in the file.
template <class T, class Table>
void set_field(const Table& table, flatbuffers::voffset_t field, T value) {
  auto& any = const_cast<flatbuffers::Table&>(reinterpret_cast<const flatbuffers::Table&>(table));
  fuzz::require(any.SetField<T>(field, value, T{}) && any.GetField<T>(field, T{}) == value, "the field is in the file");
}

/// Gives `field`, which the table may lack, the place of `other`: both are then there, and are the same.
template <class Table>
void alias_field(const Table& table, flatbuffers::voffset_t field, flatbuffers::voffset_t other) {
  const auto& any = reinterpret_cast<const flatbuffers::Table&>(table);
  auto* vtable = const_cast<std::uint8_t*>(any.GetVTable());
  fuzz::require(field < flatbuffers::ReadScalar<flatbuffers::voffset_t>(vtable), "the table has room for the field");
  const flatbuffers::voffset_t place = any.GetOptionalFieldOffset(other);
  fuzz::require(place != 0, "the other field is in the file");
  flatbuffers::WriteScalar(vtable + field, place);
}

}  // namespace pcapsule::faults
