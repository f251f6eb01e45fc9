// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/crafted_records.h"

#include <cstring>
#include <limits>

#include "common/format/record_layout.h"
#include "schema/packet_record_generated.h"
#include "tests/faults/craft.h"

namespace pcapsule::faults {

namespace {

using File = std::vector<std::uint8_t>;

constexpr std::uint32_t kOneGigabyte = 1U << 30;

void set_trailer(File& file, std::size_t at, std::uint64_t value) {
  std::memcpy(file.data() + file.size() - format::kTrailerBytes + at, &value, sizeof(value));
}

/// Lies of the catalog that no command may believe.
void add_catalog_structure(std::vector<Crafted>& all) {
  constexpr auto kGreatest64 = std::numeric_limits<std::uint64_t>::max();
  all.push_back({"the catalog lies outside the file", "", [](File& f) { set_trailer(f, 0, kGreatest64 - 7); }});
  all.push_back({"offset and bytes of the catalog overflow", "", [](File& f) { set_trailer(f, 8, kGreatest64 - 15); }});
  all.push_back({"the catalog has no bytes", "", [](File& f) { set_trailer(f, 8, 0); }});
  all.push_back({"a chunk lies outside the file", "",
                 [](File& f) { set(catalog_of(f).chunk_offset(), 0, std::uint64_t{1} << 40); }});
  all.push_back({"a chunk's offset and bytes overflow", "",
                 [](File& f) { set(catalog_of(f).chunk_offset(), 1, kGreatest64 - 7); }});
  all.push_back({"two chunks overlap", "",
                 [](File& f) { set(catalog_of(f).chunk_offset(), 1, catalog_of(f).chunk_offset()->Get(0)); }});
  all.push_back({"a chunk has 1 GB", "", [](File& f) { set(catalog_of(f).chunk_bytes(), 0, kOneGigabyte); }});
  all.push_back({"a chunk has 4 GB of rows", "", [](File& f) { set(catalog_of(f).chunk_rows(), 0, ~0U); }});
  all.push_back({"a chunk has no rows", "", [](File& f) { set(catalog_of(f).chunk_rows(), 0, 0U); }});
  all.push_back({"a chunk has rows of another", "", [](File& f) { set(catalog_of(f).chunk_rows(), 0, 65'536U); }});
  all.push_back(
      {"a chunk begins at another row", "", [](File& f) { set(catalog_of(f).chunk_first(), 0, std::uint64_t{1}); }});
  all.push_back({"rows that overflow the total", "",
                 [](File& f) { set_field(catalog_of(f), fb::Catalog::VT_ROWS, kGreatest64); }});
  all.push_back({"a total of connections that nobody has", "",
                 [](File& f) { set_field(catalog_of(f), fb::Catalog::VT_CONNECTIONS, kGreatest64); }});
  all.push_back({"a chunk of no kind", "", [](File& f) { set(catalog_of(f).chunk_kind(), 0, std::uint8_t{9}); }});
  all.push_back(
      {"columns of the catalog differ in length", "", [](File& f) { set_length(catalog_of(f).frame_last(), 1); }});
  all.push_back(
      {"a column of the catalog with 1 GB", "", [](File& f) { set_length(catalog_of(f).frame_last(), kOneGigabyte); }});
  all.push_back(
      {"regions of a chunk that are no regions", "", [](File& f) { set(catalog_of(f).region_first(), 1, ~0U); }});
  all.push_back({"regions of no chunk", "", [](File& f) { set(catalog_of(f).region_first(), 0, 1U); }});
  all.push_back({"a region that ends before it begins", "", [](File& f) { set(catalog_of(f).region_end(), 1, 0U); }});
  all.push_back({"a region that ends outside its chunk", "", [](File& f) { set(catalog_of(f).region_end(), 1, ~0U); }});
}

/// Lies about a valid chunk. What prunes by them may leave out rows, and verify says that they are wrong.
void add_catalog_lies(std::vector<Crafted>& all) {
  const auto lie = [&all](const char* name, auto column, auto value) {
    all.push_back({name, kNothing, [column, value](File& f) { set((catalog_of(f).*column)(), 0, value); }});
    all.push_back({name, kNothing, [column, value](File& f) { set((catalog_of(f).*column)(), 1, value); }});
  };
  lie("a lie about the least time", &fb::Catalog::time_least_ns, std::numeric_limits<std::int64_t>::max());
  lie("a lie about the greatest time", &fb::Catalog::time_greatest_ns, std::numeric_limits<std::int64_t>::min());
  lie("a lie about the least connection", &fb::Catalog::connection_least, 99U);
  lie("a lie about the greatest connection", &fb::Catalog::connection_greatest, 77U);
  const auto of_segments = [&all](const char* name, auto column, auto value) {
    all.push_back({name, kNothing, [column, value](File& f) {
                     const auto* kinds = catalog_of(f).chunk_kind();
                     const bool first = kinds->Get(0) == static_cast<std::uint8_t>(format::ChunkKind::kSegments);
                     set((catalog_of(f).*column)(), first ? 0U : 1U, value);
                   }});
  };
  of_segments("a lie about the first frame", &fb::Catalog::frame_first, std::uint64_t{3});
  of_segments("a lie about the last frame", &fb::Catalog::frame_last, std::uint64_t{3});
  of_segments("a lie about flags", &fb::Catalog::flags_any, std::uint16_t{0});
  of_segments("a lie about flags of all rows", &fb::Catalog::flags_all, std::uint16_t{0xfff});
  of_segments("a lie about payload", &fb::Catalog::payload_greatest, 0U);
  of_segments("a lie about wire length", &fb::Catalog::wire_greatest, 1U);
  of_segments("a lie about the window", &fb::Catalog::window_least, std::uint16_t{0xffff});
  of_segments("a lie about oddities", &fb::Catalog::oddities_any, std::uint8_t{0});
  of_segments("a lie about rebases", &fb::Catalog::rebases, 7U);
  all.push_back({"a lie about the frames", kNothing,
                 [](File& f) { set_field(catalog_of(f), fb::Catalog::VT_FRAMES, std::uint64_t{1}); }});
  all.push_back({"a lie about the segments", kNothing,
                 [](File& f) { set_field(catalog_of(f), fb::Catalog::VT_SEGMENTS, std::uint64_t{1}); }});
}

void add_segment_columns(std::vector<Crafted>& all) {
  const auto length = [&all](const char* name, auto column, std::uint32_t count) {
    all.push_back({name, "packets", [column, count](File& f) { set_length((segments_of(f).*column)(), count); }});
  };
  length("a column of connections shorter than the others", &fb::SegmentChunk::connection, 3);
  length("a column of times longer than the others", &fb::SegmentChunk::time_offset, 15);
  length("a column without elements", &fb::SegmentChunk::connection, 0);
  length("a column of 1 GB", &fb::SegmentChunk::seq, kOneGigabyte);
  length("a column whose bytes overflow", &fb::SegmentChunk::connection, ~0U);
  length("a directory of unequal columns", &fb::SegmentChunk::directory_rows, 1);
  const auto value = [&all](const char* name, auto column, flatbuffers::uoffset_t at, auto to) {
    all.push_back({name, "packets", [=](File& f) { set((segments_of(f).*column)(), at, to); }});
  };
  value("a row of a connection that does not exist", &fb::SegmentChunk::connection, 0, 4'000'000'000U);
  all.push_back({"a directory with a connection without rows", "packets", [](File& f) {
                   const auto* rows = segments_of(f).directory_rows();
                   set(rows, 1, rows->Get(0) + rows->Get(1));
                   set(rows, 0, 0U);
                 }});
  value("a directory that counts too many rows", &fb::SegmentChunk::directory_rows, 0, ~0U);
  value("a directory out of order", &fb::SegmentChunk::directory_connection, 0, 5U);
  value("a directory that leads to its own chunk", &fb::SegmentChunk::directory_previous, 0, 1U);
  value("a directory that leads nowhere", &fb::SegmentChunk::directory_previous, 0, ~0U);
  all.push_back({"a chunk of other rows than the catalog says", "packets",
                 [](File& f) { set_field(segments_of(f), fb::SegmentChunk::VT_ROWS, 65'536U); }});
  const auto unseen = [&all](const char* name, auto column, flatbuffers::uoffset_t at, auto to) {
    all.push_back({name, kNothing, [=](File& f) { set((segments_of(f).*column)(), at, to); }});
  };
  unseen("SACK blocks of a row beyond the chunk", &fb::SegmentChunk::sack_row, 0, std::uint16_t{60'000});
  unseen("options that end outside their bytes", &fb::SegmentChunk::options_end, 0, ~0U);
  unseen("options of a row beyond the chunk", &fb::SegmentChunk::options_row, 0, std::uint16_t{60'000});
  unseen("a cut header of a row beyond the chunk", &fb::SegmentChunk::cut_row, 0, std::uint16_t{60'000});
  all.push_back({"gaps of both widths", kNothing, [](File& f) {
                   const fb::SegmentChunk& chunk = segments_of(f);
                   set_length(chunk.previous_row(), 2);
                   set_length(chunk.previous_gap(), 1);
                   alias_field(chunk, fb::SegmentChunk::VT_PREVIOUS_GAP_WIDE, fb::SegmentChunk::VT_PREVIOUS_GAP);
                 }});
  unseen("frames that descend", &fb::SegmentChunk::frame_offset, 0, 1'000'000U);
  unseen("a first row without the frame before it", &fb::SegmentChunk::previous_row, 0, std::uint16_t{1});
  unseen("a frame before of a row beyond the chunk", &fb::SegmentChunk::previous_row, 0, std::uint16_t{60'000});
}

/// Values in two forms, of which each reader would take one.
void add_connection_forms(std::vector<Crafted>& all) {
  using Table = fb::ConnectionChunk;
  const auto alias = [&all](const char* name, flatbuffers::voffset_t field, flatbuffers::voffset_t other) {
    all.push_back({name, "connections", [=](File& f) { alias_field(connections_of(f), field, other); }});
  };
  alias("a column of both widths", Table::VT_A_SEGMENTS_WIDE, Table::VT_A_LOW);
  alias("offsets of both widths", Table::VT_FIRST_FRAME_WIDE, Table::VT_A_LOW);
  alias("times of both widths", Table::VT_FIRST_TIME_WIDE, Table::VT_A_LOW);
  alias("spans of time of both widths", Table::VT_LAST_TIME_WIDE, Table::VT_A_LOW);
  alias("addresses of both forms", Table::VT_A_V4, Table::VT_A_LOW);
  alias("connection numbers beyond 32 bits", Table::VT_NUMBER_BASE, Table::VT_FIRST_TIME_BASE_NS);
}

/// What contradicts the rows. Who looks at the table alone cannot see it.
void add_connection_lies(std::vector<Crafted>& all) {
  all.push_back({"segments of the other side", kNothing, [](File& f) {
                   const fb::ConnectionChunk& chunk = connections_of(f);
                   set(chunk.a_segments(), 0, chunk.a_segments()->Get(0) + 1);
                   set(chunk.b_segments(), 0, chunk.b_segments()->Get(0) - 1);
                 }});
  all.push_back(
      {"a lie about bytes of payload", kNothing, [](File& f) { set(connections_of(f).a_payload(), 0, 1'000'000U); }});
  all.push_back(
      {"a lie about bytes on the wire", kNothing, [](File& f) { set(connections_of(f).b_wire(), 0, 1'000'000U); }});
  all.push_back(
      {"an event beyond the file", kNothing, [](File& f) { set(connections_of(f).syn_ack_frame(), 0, 1'000'000U); }});
  all.push_back({"a SYN-ACK in the frame of another segment", kNothing, [](File& f) {
                   const auto* frames = connections_of(f).syn_ack_frame();
                   set(frames, 0, frames->Get(0) + 1);
                 }});
  all.push_back({"a SYN-ACK at another time", kNothing, [](File& f) {
                   const auto* times = connections_of(f).syn_ack_time();
                   set(times, 0, times->Get(0) + 1);
                 }});
  all.push_back({"a reset of another number", kNothing, [](File& f) {
                   const auto* numbers = connections_of(f).reset_seq();
                   set(numbers, 0, numbers->Get(0) + 1);
                 }});
  all.push_back({"a reset beyond the file", kNothing,
                 [](File& f) { set(connections_of(f).reset_frame(), 0, std::uint64_t{1} << 40); }});
  all.push_back({"IPv4 of 128 bits", kNothing, [](File& f) { set(connections_of(f).a_high(), 0, std::uint64_t{1}); }});
}

void add_connection_columns(std::vector<Crafted>& all) {
  all.push_back(
      {"addresses of unequal number", "connections", [](File& f) { set_length(connections_of(f).a_low(), 1); }});
  all.push_back(
      {"addresses of 1 GB", "connections", [](File& f) { set_length(connections_of(f).b_high(), kOneGigabyte); }});
  all.push_back({"a table of other entries than the catalog says", "connections",
                 [](File& f) { set_field(connections_of(f), fb::ConnectionChunk::VT_ROWS, 60'000U); }});
  all.push_back({"a reset of an entry beyond the table", "connections",
                 [](File& f) { set(connections_of(f).reset_entry(), 0, std::uint16_t{60'000}); }});
  all.push_back({"a first row beyond the file", kNothing,
                 [](File& f) { set(connections_of(f).first_row(), 1, 4'000'000'000U); }});
  all.push_back(
      {"a last row beyond the file", kNothing, [](File& f) { set(connections_of(f).last_row(), 1, 4'000'000'000U); }});
  all.push_back({"more segments than there are", "connections",
                 [](File& f) { set(connections_of(f).a_segments(), 0, 4'000'000'000U); }});
  all.push_back(
      {"fewer segments than there are", "connections", [](File& f) { set(connections_of(f).a_segments(), 0, 1U); }});
  all.push_back({"a connection without rows", "connections", [](File& f) {
                   const fb::ConnectionChunk& chunk = connections_of(f);
                   const std::uint32_t rows = chunk.a_segments()->Get(1) + chunk.b_segments()->Get(1);
                   set(chunk.a_segments(), 0, chunk.a_segments()->Get(0) + rows);
                   set(chunk.a_segments(), 1, 0U);
                   set(chunk.b_segments(), 1, 0U);
                 }});
  add_connection_forms(all);
  add_connection_lies(all);
}

}  // namespace

const std::vector<Crafted>& crafted_records() {
  static const std::vector<Crafted> all = [] {
    std::vector<Crafted> made;
    add_catalog_structure(made);
    add_catalog_lies(made);
    add_segment_columns(made);
    add_connection_columns(made);
    return made;
  }();
  return all;
}

}  // namespace pcapsule::faults
