// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/connection_chunk.h"

#include <algorithm>
#include <array>
#include <limits>

#include "extractor/write/connection_columns.h"
#include "extractor/write/connection_lists.h"

namespace pcapsule::write {

namespace {

using track::ConnectionRecord;
using track::Direction;

struct EventColumns {
  Narrowed<std::uint32_t, std::uint64_t> frame;
  Spans time;
};

constexpr std::array<std::uint16_t, track::kEvents> kEventSeen = {format::seen::kSynAck, format::seen::kHandshakeAck,
                                                                  format::seen::kFinA, format::seen::kFinB,
                                                                  format::seen::kCloseAck};

EventColumns event_columns(ConnectionColumns& table, track::Event event) {
  const auto exists = [event](const ConnectionRecord& r) { return (r.seen & kEventSeen[event]) != 0; };
  return {table.counter([&](const ConnectionRecord& r) { return exists(r) ? r.event_frame[event] : 0; }),
          table.spans([event](const ConnectionRecord& r) { return r.event_time[event]; }, exists)};
}

/// Columns that both directions have.
struct DirectionColumns {
  Narrowed<std::uint32_t, std::uint64_t> segments, payload, wire;
  Plain<std::uint32_t> base;
  Plain<std::uint8_t> base_source, offers, shift, ttl_least, ttl_greatest;
  Plain<std::uint16_t> mss;
};

DirectionColumns direction_columns(ConnectionColumns& table, const track::ConnectionTracker& tracker,
                                   track::Side side) {
  const auto of = [side](auto member) {
    return [side, member](const ConnectionRecord& r) { return r.direction[side].*member; };
  };
  const auto first_base = [&](const ConnectionRecord& r) {
    const track::HandshakeRepeats* repeats = tracker.repeats(r);
    return repeats != nullptr && repeats->base_changed[side] ? repeats->first_base[side] : r.direction[side].base;
  };
  DirectionColumns columns;
  columns.segments = table.counter(of(&Direction::segments));
  columns.payload = table.counter(of(&Direction::payload_bytes));
  columns.wire = table.counter(of(&Direction::wire_bytes));
  columns.base = table.plain<std::uint32_t>(first_base);
  columns.base_source = table.plain<std::uint8_t>(of(&Direction::base_source));
  columns.offers = table.plain<std::uint8_t>(of(&Direction::offers));
  columns.mss = table.plain<std::uint16_t>(of(&Direction::mss));
  columns.shift = table.plain<std::uint8_t>(of(&Direction::shift));
  columns.ttl_least = table.plain<std::uint8_t>(of(&Direction::ttl_least));
  columns.ttl_greatest = table.plain<std::uint8_t>(of(&Direction::ttl_greatest));
  return columns;
}

struct AddressColumns {
  bool v4 = true;
  VectorOffset<std::uint32_t> a_v4, b_v4;
  VectorOffset<std::uint64_t> a_high, a_low, b_high, b_low;
};

AddressColumns address_columns(ConnectionColumns& table, const track::ConnectionTracker& tracker) {
  AddressColumns columns;
  for (std::size_t i = 0; i < table.size(); ++i) columns.v4 &= (table[i].marks & format::connection_mark::kIpv6) == 0;
  ColumnBuilder& builder = table.builder();
  const auto address = [&](track::Side side) {
    return [&table, &tracker, side](std::size_t i) { return tracker.endpoint(table[i], side).address; };
  };
  const auto low = [&](track::Side side) { return [get = address(side)](std::size_t i) { return get(i).low; }; };
  const auto high = [&](track::Side side) { return [get = address(side)](std::size_t i) { return get(i).high; }; };
  if (columns.v4) {
    columns.a_v4 = builder.vector<std::uint32_t>(table.size(), low(track::kA));
    columns.b_v4 = builder.vector<std::uint32_t>(table.size(), low(track::kB));
  } else {
    columns.a_high = builder.vector<std::uint64_t>(table.size(), high(track::kA));
    columns.a_low = builder.vector<std::uint64_t>(table.size(), low(track::kA));
    columns.b_high = builder.vector<std::uint64_t>(table.size(), high(track::kB));
    columns.b_low = builder.vector<std::uint64_t>(table.size(), low(track::kB));
  }
  return columns;
}

std::uint8_t marks_of(const ConnectionRecord& record) {
  std::uint8_t marks = record.marks;
  const bool has_segment = record.direction[0].segments > 0 || record.direction[1].segments > 0;
  if (!has_segment) marks |= format::connection_mark::kNoSegment;
  return marks;
}

ChunkSummary summarise(const ConnectionColumns& table, std::span<const std::uint32_t> numbers,
                       std::uint64_t first_entry) {
  ChunkSummary summary;
  summary.kind = format::ChunkKind::kConnections;
  summary.first = first_entry;
  summary.rows = static_cast<std::uint32_t>(table.size());
  summary.connection_least = numbers.front();
  summary.connection_greatest = numbers.back();
  summary.time_least_ns = std::numeric_limits<std::int64_t>::max();
  summary.time_greatest_ns = std::numeric_limits<std::int64_t>::min();
  summary.frame_first = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const ConnectionRecord& record = table[i];
    for (const std::int64_t time : {record.first_time.value, record.last_time.value}) {
      summary.time_least_ns = std::min(summary.time_least_ns, time);
      summary.time_greatest_ns = std::max(summary.time_greatest_ns, time);
    }
    summary.frame_first = std::min(summary.frame_first, record.first_frame);
    summary.frame_last = std::max(summary.frame_last, record.last_frame);
  }
  return summary;
}

}  // namespace

BuiltChunk build_connection_chunk(flatbuffers::FlatBufferBuilder& fbb, const track::ConnectionTracker& tracker,
                                  std::span<const std::uint32_t> numbers, std::uint64_t first_entry,
                                  std::span<const std::uint64_t> chunk_first_row) {
  fbb.Clear();
  ConnectionColumns connections(fbb, tracker, numbers);
  ColumnBuilder& columns = connections.builder();

  // All vectors first: FlatBuffers builds no vector inside an open table.
  const bool consecutive = numbers.back() - numbers.front() + 1 == numbers.size();
  const auto number_offset =
      consecutive
          ? VectorOffset<std::uint32_t>()
          : columns.vector<std::uint32_t>(numbers.size(), [&](std::size_t i) { return numbers[i] - numbers.front(); });
  const AddressColumns address = address_columns(connections, tracker);
  const auto port = [&](track::Side side) {
    return connections.plain<std::uint16_t>([side](const ConnectionRecord& r) { return r.port[side]; });
  };
  const auto a_port = port(track::kA);
  const auto b_port = port(track::kB);
  const auto of = [](auto member) { return [member](const ConnectionRecord& r) { return r.*member; }; };
  const auto marks = connections.plain<std::uint8_t>(marks_of);
  const auto evidence = connections.plain<std::uint8_t>(of(&ConnectionRecord::evidence));
  const auto first_row_of = [&](const ConnectionRecord& r) {
    return chunk_first_row[r.rows.first_chunk] + r.rows.first_in_chunk;
  };
  const auto first_row = connections.offsets(first_row_of);
  const auto last_row = connections.counter([&](const ConnectionRecord& r) {
    return chunk_first_row[r.rows.last_chunk] + r.rows.last_in_chunk - first_row_of(r);
  });
  const auto first_frame = connections.offsets(of(&ConnectionRecord::first_frame));
  const auto last_frame = connections.counter([](const ConnectionRecord& r) { return r.last_frame - r.first_frame; });
  const auto first_time = connections.first_times();
  const auto last_time =
      connections.spans(of(&ConnectionRecord::last_time), [](const ConnectionRecord&) { return true; });
  const auto last_chunk = connections.plain<std::uint32_t>([](const ConnectionRecord& r) { return r.rows.last_chunk; });
  const auto other_rows = connections.plain<std::uint32_t>(of(&ConnectionRecord::other_rows));
  const DirectionColumns a = direction_columns(connections, tracker, track::kA);
  const DirectionColumns b = direction_columns(connections, tracker, track::kB);
  const auto seen = connections.plain<std::uint16_t>(of(&ConnectionRecord::seen));
  const auto syns = connections.plain<std::uint16_t>(of(&ConnectionRecord::syns));
  const auto syn_acks = connections.plain<std::uint16_t>(of(&ConnectionRecord::syn_acks));
  const auto retries = connections.plain<std::uint16_t>(of(&ConnectionRecord::retries));
  const auto syn_payload = connections.plain<std::uint16_t>(of(&ConnectionRecord::syn_payload));
  const EventColumns syn_ack = event_columns(connections, track::kSynAck);
  const EventColumns handshake_ack = event_columns(connections, track::kHandshakeAck);
  const EventColumns a_fin = event_columns(connections, track::kFinA);
  const EventColumns b_fin = event_columns(connections, track::kFinB);
  const EventColumns close_ack = event_columns(connections, track::kCloseAck);
  const auto previous_connection = connections.plain<std::uint32_t>(
      [](const ConnectionRecord& r) { return r.previous_connection == track::kNone ? 0 : r.previous_connection + 1; });
  const auto history = connections.plain<std::uint64_t>(of(&ConnectionRecord::history));
  const auto completeness = connections.plain<std::uint8_t>(of(&ConnectionRecord::completeness));
  const auto completeness_first_row = connections.plain<std::uint8_t>(of(&ConnectionRecord::completeness_first_row));

  const EventList events(connections, tracker);
  const ResetList resets(connections, tracker);

  TableBuilder table(fbb);
  table.add_first_entry(first_entry);
  table.add_rows(static_cast<std::uint32_t>(connections.size()));
  table.add_number_base(numbers.front());
  add_sparse(table, number_offset, &TableBuilder::add_number_offset);
  add_sparse(table, address.a_v4, &TableBuilder::add_a_v4);
  add_sparse(table, address.b_v4, &TableBuilder::add_b_v4);
  add_sparse(table, address.a_high, &TableBuilder::add_a_high);
  add_sparse(table, address.a_low, &TableBuilder::add_a_low);
  add_sparse(table, address.b_high, &TableBuilder::add_b_high);
  add_sparse(table, address.b_low, &TableBuilder::add_b_low);
  table.add_time_unit_ns(connections.unit_ns());
  add_offsets(table, first_row, &TableBuilder::add_first_row_base, &TableBuilder::add_first_row,
              &TableBuilder::add_first_row_wide);
  add_offsets(table, first_frame, &TableBuilder::add_first_frame_base, &TableBuilder::add_first_frame,
              &TableBuilder::add_first_frame_wide);
  add_offsets(table, first_time, &TableBuilder::add_first_time_base_ns, &TableBuilder::add_first_time,
              &TableBuilder::add_first_time_wide);
  add_spans(table, last_time, &TableBuilder::add_last_time_all, &TableBuilder::add_last_time,
            &TableBuilder::add_last_time_wide);
  add_column(table, last_row, &TableBuilder::add_last_row_all, &TableBuilder::add_last_row,
             &TableBuilder::add_last_row_wide);
  add_column(table, last_frame, &TableBuilder::add_last_frame_all, &TableBuilder::add_last_frame,
             &TableBuilder::add_last_frame_wide);
  add_column(table, a_port, &TableBuilder::add_a_port_all, &TableBuilder::add_a_port);
  add_column(table, b_port, &TableBuilder::add_b_port_all, &TableBuilder::add_b_port);
  add_column(table, marks, &TableBuilder::add_marks_all, &TableBuilder::add_marks);
  add_column(table, evidence, &TableBuilder::add_evidence_all, &TableBuilder::add_evidence);
  add_column(table, last_chunk, &TableBuilder::add_last_chunk_all, &TableBuilder::add_last_chunk);
  add_column(table, other_rows, &TableBuilder::add_other_rows_all, &TableBuilder::add_other_rows);
  add_column(table, a.segments, &TableBuilder::add_a_segments_all, &TableBuilder::add_a_segments,
             &TableBuilder::add_a_segments_wide);
  add_column(table, a.payload, &TableBuilder::add_a_payload_all, &TableBuilder::add_a_payload,
             &TableBuilder::add_a_payload_wide);
  add_column(table, a.wire, &TableBuilder::add_a_wire_all, &TableBuilder::add_a_wire, &TableBuilder::add_a_wire_wide);
  add_column(table, a.base, &TableBuilder::add_a_base_all, &TableBuilder::add_a_base);
  add_column(table, a.base_source, &TableBuilder::add_a_base_source_all, &TableBuilder::add_a_base_source);
  add_column(table, a.offers, &TableBuilder::add_a_offers_all, &TableBuilder::add_a_offers);
  add_column(table, a.mss, &TableBuilder::add_a_mss_all, &TableBuilder::add_a_mss);
  add_column(table, a.shift, &TableBuilder::add_a_shift_all, &TableBuilder::add_a_shift);
  add_column(table, a.ttl_least, &TableBuilder::add_a_ttl_least_all, &TableBuilder::add_a_ttl_least);
  add_column(table, a.ttl_greatest, &TableBuilder::add_a_ttl_greatest_all, &TableBuilder::add_a_ttl_greatest);
  add_column(table, b.segments, &TableBuilder::add_b_segments_all, &TableBuilder::add_b_segments,
             &TableBuilder::add_b_segments_wide);
  add_column(table, b.payload, &TableBuilder::add_b_payload_all, &TableBuilder::add_b_payload,
             &TableBuilder::add_b_payload_wide);
  add_column(table, b.wire, &TableBuilder::add_b_wire_all, &TableBuilder::add_b_wire, &TableBuilder::add_b_wire_wide);
  add_column(table, b.base, &TableBuilder::add_b_base_all, &TableBuilder::add_b_base);
  add_column(table, b.base_source, &TableBuilder::add_b_base_source_all, &TableBuilder::add_b_base_source);
  add_column(table, b.offers, &TableBuilder::add_b_offers_all, &TableBuilder::add_b_offers);
  add_column(table, b.mss, &TableBuilder::add_b_mss_all, &TableBuilder::add_b_mss);
  add_column(table, b.shift, &TableBuilder::add_b_shift_all, &TableBuilder::add_b_shift);
  add_column(table, b.ttl_least, &TableBuilder::add_b_ttl_least_all, &TableBuilder::add_b_ttl_least);
  add_column(table, b.ttl_greatest, &TableBuilder::add_b_ttl_greatest_all, &TableBuilder::add_b_ttl_greatest);
  add_column(table, seen, &TableBuilder::add_seen_all, &TableBuilder::add_seen);
  add_column(table, syns, &TableBuilder::add_syns_all, &TableBuilder::add_syns);
  add_column(table, syn_acks, &TableBuilder::add_syn_acks_all, &TableBuilder::add_syn_acks);
  add_column(table, retries, &TableBuilder::add_retries_all, &TableBuilder::add_retries);
  add_column(table, syn_payload, &TableBuilder::add_syn_payload_all, &TableBuilder::add_syn_payload);
  add_column(table, previous_connection, &TableBuilder::add_previous_connection_all,
             &TableBuilder::add_previous_connection);
  add_column(table, history, &TableBuilder::add_history_all, &TableBuilder::add_history);
  add_column(table, completeness, &TableBuilder::add_completeness_all, &TableBuilder::add_completeness);
  add_column(table, completeness_first_row, &TableBuilder::add_completeness_first_row_all,
             &TableBuilder::add_completeness_first_row);
  add_column(table, syn_ack.frame, &TableBuilder::add_syn_ack_frame_all, &TableBuilder::add_syn_ack_frame,
             &TableBuilder::add_syn_ack_frame_wide);
  add_spans(table, syn_ack.time, &TableBuilder::add_syn_ack_time_all, &TableBuilder::add_syn_ack_time,
            &TableBuilder::add_syn_ack_time_wide);
  add_column(table, handshake_ack.frame, &TableBuilder::add_handshake_ack_frame_all,
             &TableBuilder::add_handshake_ack_frame, &TableBuilder::add_handshake_ack_frame_wide);
  add_spans(table, handshake_ack.time, &TableBuilder::add_handshake_ack_time_all, &TableBuilder::add_handshake_ack_time,
            &TableBuilder::add_handshake_ack_time_wide);
  add_column(table, a_fin.frame, &TableBuilder::add_a_fin_frame_all, &TableBuilder::add_a_fin_frame,
             &TableBuilder::add_a_fin_frame_wide);
  add_spans(table, a_fin.time, &TableBuilder::add_a_fin_time_all, &TableBuilder::add_a_fin_time,
            &TableBuilder::add_a_fin_time_wide);
  add_column(table, b_fin.frame, &TableBuilder::add_b_fin_frame_all, &TableBuilder::add_b_fin_frame,
             &TableBuilder::add_b_fin_frame_wide);
  add_spans(table, b_fin.time, &TableBuilder::add_b_fin_time_all, &TableBuilder::add_b_fin_time,
            &TableBuilder::add_b_fin_time_wide);
  add_column(table, close_ack.frame, &TableBuilder::add_close_ack_frame_all, &TableBuilder::add_close_ack_frame,
             &TableBuilder::add_close_ack_frame_wide);
  add_spans(table, close_ack.time, &TableBuilder::add_close_ack_time_all, &TableBuilder::add_close_ack_time,
            &TableBuilder::add_close_ack_time_wide);
  events.add_to(table);
  resets.add_to(table);
  fbb.FinishSizePrefixed(table.Finish(), format::kConnectionChunkIdentifier);

  BuiltChunk chunk;
  chunk.summary = summarise(connections, numbers, first_entry);
  chunk.bytes = {fbb.GetBufferPointer(), fbb.GetSize()};
  chunk.regions = regions_of(chunk.bytes, columns.vector_ends());
  return chunk;
}

}  // namespace pcapsule::write
