// SPDX-License-Identifier: Apache-2.0
#include "common/container/catalog_builder.h"

#include <vector>

#include "common/container/column_builder.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::container {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using record::CaptureInfo;
using record::ChunkInfo;

template <class T>
using Tables = Offset<flatbuffers::Vector<Offset<T>>>;

using TextsOffset = Tables<flatbuffers::String>;

Tables<fb::Count> counts(FlatBufferBuilder& fbb, const std::vector<record::NamedCount>& named) {
  std::vector<Offset<fb::Count>> tables;
  tables.reserve(named.size());
  for (const auto& [name, count] : named) tables.push_back(fb::CreateCount(fbb, fbb.CreateString(name), count));
  return fbb.CreateVector(tables);
}

/// Of what captures seldom have: absent when empty.
Offset<flatbuffers::String> optional_text(FlatBufferBuilder& fbb, const std::string& text) {
  return text.empty() ? Offset<flatbuffers::String>() : fbb.CreateString(text);
}

Offset<fb::Capture> capture_table(FlatBufferBuilder& fbb, const CaptureInfo& capture) {
  std::vector<Offset<fb::Interface>> interfaces;
  interfaces.reserve(capture.interfaces.size());
  for (const record::InterfaceInfo& entry : capture.interfaces) {
    const auto name = fbb.CreateString(entry.name);
    const auto comment = optional_text(fbb, entry.comment);
    interfaces.push_back(fb::CreateInterface(fbb, name, entry.link_type, entry.snaplen_bytes, comment));
  }
  const auto name = fbb.CreateString(capture.name);
  const auto damage = fbb.CreateString(capture.damage);
  const auto interface_vector = fbb.CreateVector(interfaces);
  Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> comments;
  if (!capture.comments.empty()) comments = fbb.CreateVectorOfStrings(capture.comments);
  return fb::CreateCapture(fbb, name, capture.bytes, capture.mtime_ns, capture.fingerprint_low,
                           capture.fingerprint_high, capture.format, capture.compression, capture.time_unit_ns,
                           interface_vector, capture.first_frame, capture.frames, capture.first_frame_time.value,
                           capture.last_frame_time.value, capture.first_row, capture.rows, damage, comments);
}

Tables<fb::Capture> captures(FlatBufferBuilder& fbb, const std::vector<CaptureInfo>& entries) {
  std::vector<Offset<fb::Capture>> tables;
  tables.reserve(entries.size());
  for (const CaptureInfo& entry : entries) tables.push_back(capture_table(fbb, entry));
  return fbb.CreateVector(tables);
}

/// The columns of the chunk directory, one element a chunk.
struct DirectoryColumns {
  VectorOffset<std::uint8_t> kind, oddities_any;
  VectorOffset<std::uint64_t> offset, first, frame_first, frame_last;
  VectorOffset<std::uint32_t> bytes, rows, connection_least, connection_greatest, payload_greatest, wire_greatest,
      rebases, region_first;
  VectorOffset<std::int64_t> time_least, time_greatest;
  VectorOffset<std::uint16_t> flags_any, flags_all, window_least;
};

DirectoryColumns directory_columns(ColumnBuilder& columns, std::span<const ChunkEntry> chunks, std::size_t regions) {
  const auto of = [chunks](auto member) { return [chunks, member](std::size_t i) { return chunks[i].info.*member; }; };
  const auto time = [chunks](TimestampNs ChunkInfo::*member) {
    return [chunks, member](std::size_t i) { return (chunks[i].info.*member).value; };
  };
  const std::size_t n = chunks.size();
  DirectoryColumns out;
  out.kind = columns.vector<std::uint8_t>(n, of(&ChunkInfo::kind));
  out.offset = columns.vector<std::uint64_t>(n, of(&ChunkInfo::offset));
  out.bytes = columns.vector<std::uint32_t>(n, of(&ChunkInfo::bytes));
  out.first = columns.vector<std::uint64_t>(n, of(&ChunkInfo::first));
  out.rows = columns.vector<std::uint32_t>(n, of(&ChunkInfo::rows));
  out.time_least = columns.vector<std::int64_t>(n, time(&ChunkInfo::time_least));
  out.time_greatest = columns.vector<std::int64_t>(n, time(&ChunkInfo::time_greatest));
  out.connection_least = columns.vector<std::uint32_t>(n, of(&ChunkInfo::connection_least));
  out.connection_greatest = columns.vector<std::uint32_t>(n, of(&ChunkInfo::connection_greatest));
  out.frame_first = columns.vector<std::uint64_t>(n, of(&ChunkInfo::frame_first));
  out.frame_last = columns.vector<std::uint64_t>(n, of(&ChunkInfo::frame_last));
  out.flags_any = columns.vector<std::uint16_t>(n, of(&ChunkInfo::flags_any));
  out.flags_all = columns.vector<std::uint16_t>(n, of(&ChunkInfo::flags_all));
  out.payload_greatest = columns.vector<std::uint32_t>(n, of(&ChunkInfo::payload_greatest));
  out.window_least = columns.vector<std::uint16_t>(n, of(&ChunkInfo::window_least));
  out.wire_greatest = columns.vector<std::uint32_t>(n, of(&ChunkInfo::wire_greatest));
  out.oddities_any = columns.vector<std::uint8_t>(n, of(&ChunkInfo::oddities_any));
  out.rebases = columns.vector<std::uint32_t>(n, of(&ChunkInfo::rebases));
  out.region_first = columns.vector<std::uint32_t>(
      n + 1, [=](std::size_t i) { return i < n ? chunks[i].region_first : static_cast<std::uint32_t>(regions); });
  return out;
}

}  // namespace

ByteView build_catalog(FlatBufferBuilder& fbb, std::span<const ChunkEntry> chunks, std::span<const Region> regions,
                       const CatalogTotals& totals, const record::Provenance& provenance) {
  fbb.Clear();
  ColumnBuilder columns(fbb);
  const DirectoryColumns directory = directory_columns(columns, chunks, regions.size());
  const auto region_end =
      columns.vector<std::uint32_t>(regions.size(), [regions](std::size_t i) { return regions[i].end; });
  const auto region_xxh3 =
      columns.vector<std::uint64_t>(regions.size(), [regions](std::size_t i) { return regions[i].xxh3; });
  const auto version = fbb.CreateString(provenance.program_version);
  const auto capture_tables = captures(fbb, provenance.captures);
  const auto encapsulation_strings = fbb.CreateVectorOfStrings(provenance.encapsulations);
  const auto filter = fbb.CreateString(provenance.options.filter);
  const auto client = fbb.CreateString(provenance.options.client);
  const auto server = fbb.CreateString(provenance.options.server);
  const auto outcomes = counts(fbb, provenance.outcomes);
  const auto ether_types = counts(fbb, provenance.ether_types);
  const auto ip_protocols = counts(fbb, provenance.ip_protocols);

  const auto subset = provenance.subset.empty() ? TextsOffset() : fbb.CreateVectorOfStrings(provenance.subset);

  fb::CatalogBuilder table(fbb);
  table.add_chunk_kind(directory.kind);
  table.add_chunk_offset(directory.offset);
  table.add_chunk_bytes(directory.bytes);
  table.add_chunk_first(directory.first);
  table.add_chunk_rows(directory.rows);
  table.add_time_least_ns(directory.time_least);
  table.add_time_greatest_ns(directory.time_greatest);
  table.add_connection_least(directory.connection_least);
  table.add_connection_greatest(directory.connection_greatest);
  table.add_frame_first(directory.frame_first);
  table.add_frame_last(directory.frame_last);
  table.add_flags_any(directory.flags_any);
  table.add_flags_all(directory.flags_all);
  table.add_payload_greatest(directory.payload_greatest);
  table.add_window_least(directory.window_least);
  table.add_wire_greatest(directory.wire_greatest);
  table.add_oddities_any(directory.oddities_any);
  table.add_rebases(directory.rebases);
  table.add_region_first(directory.region_first);
  table.add_region_end(region_end);
  table.add_region_xxh3(region_xxh3);
  table.add_program_version(version);
  table.add_captures(capture_tables);
  table.add_encapsulations(encapsulation_strings);
  table.add_filter(filter);
  table.add_client(client);
  table.add_server(server);
  table.add_rows(totals.rows);
  table.add_segments(totals.segments);
  table.add_connections(totals.connections);
  table.add_frames(provenance.frames);
  table.add_outcomes(outcomes);
  table.add_ether_types(ether_types);
  table.add_ip_protocols(ip_protocols);
  table.add_backward_stamps(provenance.backward_stamps);
  table.add_first_frame_time_ns(provenance.first_frame_time.value);
  if (!subset.IsNull()) table.add_subset(subset);
  fbb.FinishSizePrefixed(table.Finish(), format::kCatalogIdentifier);
  return {fbb.GetBufferPointer(), fbb.GetSize()};
}

}  // namespace pcapsule::container
