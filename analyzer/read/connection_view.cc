// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "analyzer/read/views.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::read {

namespace {

using Table = fb::ConnectionChunk;

Events events(const Table& t, ChunkReader& in) {
  const Events view = {in.sparse(t.event_entry(), "event_entry"), in.sparse(t.event_kind(), "event_kind"),
                       in.sparse(t.event_frame(), "event_frame"), in.sparse(t.event_time_ns(), "event_time_ns")};
  constexpr std::size_t kMostEvents = 5;  // one of each kind
  in.check_rows(view.entry, kMostEvents, "event_entry");
  const std::size_t n = view.entry.size();
  in.require(view.kind.size() == n && view.frame.size() == n && view.time_ns.size() == n,
             "the event columns differ in length");
  return view;
}

Resets resets(const Table& t, ChunkReader& in) {
  Resets view;
  view.entry = in.sparse(t.reset_entry(), "reset_entry");
  view.marks = in.sparse(t.reset_marks(), "reset_marks");
  view.frame = in.sparse(t.reset_frame(), "reset_frame");
  view.time_ns = in.sparse(t.reset_time_ns(), "reset_time_ns");
  view.tcp_word = in.sparse(t.reset_tcp_word(), "reset_tcp_word");
  view.ttl = in.sparse(t.reset_ttl(), "reset_ttl");
  view.seq = in.sparse(t.reset_seq(), "reset_seq");
  view.ack = in.sparse(t.reset_ack(), "reset_ack");
  view.sent_end = {in.sparse(t.reset_a_sent_end(), "reset_a_sent_end"),
                   in.sparse(t.reset_b_sent_end(), "reset_b_sent_end")};
  view.acked = {in.sparse(t.reset_a_acked(), "reset_a_acked"), in.sparse(t.reset_b_acked(), "reset_b_acked")};
  view.window = {in.sparse(t.reset_a_window(), "reset_a_window"), in.sparse(t.reset_b_window(), "reset_b_window")};
  constexpr std::size_t kMostResets = 3;  // the first of each side, and the first to accept
  in.check_rows(view.entry, kMostResets, "reset_entry");
  const std::size_t n = view.entry.size();
  in.require(view.marks.size() == n && view.frame.size() == n && view.time_ns.size() == n &&
                 view.tcp_word.size() == n && view.ttl.size() == n && view.seq.size() == n && view.ack.size() == n,
             "the reset columns differ in length");
  for (std::size_t side = 0; side < 2; ++side) {
    in.require(view.sent_end[side].size() == n && view.acked[side].size() == n && view.window[side].size() == n,
               "the reset columns differ in length");
  }
  return view;
}

/// In one form, IPv4 or the halves, and whole.
void check_addresses(const DirectionColumns& view, ChunkReader& in) {
  const bool has_high = view.high != nullptr;
  const bool has_low = view.low != nullptr;
  in.require(view.v4 != nullptr || (has_high && has_low), "addresses are missing");
  in.require(view.v4 == nullptr || (!has_high && !has_low), "addresses are there in two forms");
}

DirectionColumns direction_a(const Table& t, ChunkReader& in) {
  DirectionColumns view;
  view.port = in.column(t.a_port_all(), t.a_port(), "a_port");
  view.base = in.column(t.a_base_all(), t.a_base(), "a_base");
  view.base_source = in.column(t.a_base_source_all(), t.a_base_source(), "a_base_source");
  view.offers = in.column(t.a_offers_all(), t.a_offers(), "a_offers");
  view.mss = in.column(t.a_mss_all(), t.a_mss(), "a_mss");
  view.shift = in.column(t.a_shift_all(), t.a_shift(), "a_shift");
  view.ttl_least = in.column(t.a_ttl_least_all(), t.a_ttl_least(), "a_ttl_least");
  view.ttl_greatest = in.column(t.a_ttl_greatest_all(), t.a_ttl_greatest(), "a_ttl_greatest");
  view.segments = in.narrowed(t.a_segments_all(), t.a_segments(), t.a_segments_wide(), "a_segments");
  view.payload_bytes = in.narrowed(t.a_payload_all(), t.a_payload(), t.a_payload_wide(), "a_payload");
  view.wire_bytes = in.narrowed(t.a_wire_all(), t.a_wire(), t.a_wire_wide(), "a_wire");
  view.fin.frame = in.narrowed(t.a_fin_frame_all(), t.a_fin_frame(), t.a_fin_frame_wide(), "a_fin_frame");
  view.fin.time = in.spans(t.a_fin_time_all(), t.time_unit_ns(), t.a_fin_time(), t.a_fin_time_wide(), "a_fin_time");
  view.v4 = in.dense(t.a_v4(), "a_v4");
  view.high = in.dense(t.a_high(), "a_high");
  view.low = in.dense(t.a_low(), "a_low");
  check_addresses(view, in);
  return view;
}

DirectionColumns direction_b(const Table& t, ChunkReader& in) {
  DirectionColumns view;
  view.port = in.column(t.b_port_all(), t.b_port(), "b_port");
  view.base = in.column(t.b_base_all(), t.b_base(), "b_base");
  view.base_source = in.column(t.b_base_source_all(), t.b_base_source(), "b_base_source");
  view.offers = in.column(t.b_offers_all(), t.b_offers(), "b_offers");
  view.mss = in.column(t.b_mss_all(), t.b_mss(), "b_mss");
  view.shift = in.column(t.b_shift_all(), t.b_shift(), "b_shift");
  view.ttl_least = in.column(t.b_ttl_least_all(), t.b_ttl_least(), "b_ttl_least");
  view.ttl_greatest = in.column(t.b_ttl_greatest_all(), t.b_ttl_greatest(), "b_ttl_greatest");
  view.segments = in.narrowed(t.b_segments_all(), t.b_segments(), t.b_segments_wide(), "b_segments");
  view.payload_bytes = in.narrowed(t.b_payload_all(), t.b_payload(), t.b_payload_wide(), "b_payload");
  view.wire_bytes = in.narrowed(t.b_wire_all(), t.b_wire(), t.b_wire_wide(), "b_wire");
  view.fin.frame = in.narrowed(t.b_fin_frame_all(), t.b_fin_frame(), t.b_fin_frame_wide(), "b_fin_frame");
  view.fin.time = in.spans(t.b_fin_time_all(), t.time_unit_ns(), t.b_fin_time(), t.b_fin_time_wide(), "b_fin_time");
  view.v4 = in.dense(t.b_v4(), "b_v4");
  view.high = in.dense(t.b_high(), "b_high");
  view.low = in.dense(t.b_low(), "b_low");
  check_addresses(view, in);
  return view;
}

}  // namespace

ConnectionChunk view_connections(const Table& t, ChunkReader& in) {
  ConnectionChunk view;
  view.first_entry = t.first_entry();
  view.rows = t.rows();
  in.require(t.number_base() <= std::numeric_limits<std::uint32_t>::max(), "its connection numbers are too great");
  view.number_base = static_cast<std::uint32_t>(t.number_base());
  view.number_offset = in.dense(t.number_offset(), "number_offset");
  view.direction = {direction_a(t, in), direction_b(t, in)};
  in.require((view.direction[0].v4 == nullptr) == (view.direction[1].v4 == nullptr),
             "addresses are there in two forms");
  view.first_row = in.offsets(t.first_row_base(), t.first_row(), t.first_row_wide(), "first_row");
  view.first_frame = in.offsets(t.first_frame_base(), t.first_frame(), t.first_frame_wide(), "first_frame");
  view.first_time =
      in.times(t.first_time_base_ns(), t.time_unit_ns(), t.first_time(), t.first_time_wide(), "first_time");
  view.last_time = in.spans(t.last_time_all(), t.time_unit_ns(), t.last_time(), t.last_time_wide(), "last_time");
  view.last_row = in.narrowed(t.last_row_all(), t.last_row(), t.last_row_wide(), "last_row");
  view.last_frame = in.narrowed(t.last_frame_all(), t.last_frame(), t.last_frame_wide(), "last_frame");
  view.marks = in.column(t.marks_all(), t.marks(), "marks");
  view.evidence = in.column(t.evidence_all(), t.evidence(), "evidence");
  view.last_chunk = in.column(t.last_chunk_all(), t.last_chunk(), "last_chunk");
  view.other_rows = in.column(t.other_rows_all(), t.other_rows(), "other_rows");
  view.seen = in.column(t.seen_all(), t.seen(), "seen");
  view.syns = in.column(t.syns_all(), t.syns(), "syns");
  view.syn_acks = in.column(t.syn_acks_all(), t.syn_acks(), "syn_acks");
  view.retries = in.column(t.retries_all(), t.retries(), "retries");
  view.syn_payload = in.column(t.syn_payload_all(), t.syn_payload(), "syn_payload");
  view.previous_connection = in.column(t.previous_connection_all(), t.previous_connection(), "previous_connection");
  view.history = in.column(t.history_all(), t.history(), "history");
  view.completeness = in.column(t.completeness_all(), t.completeness(), "completeness");
  view.completeness_first_row =
      in.column(t.completeness_first_row_all(), t.completeness_first_row(), "completeness_first_row");
  view.encapsulation = in.column(t.encapsulation_all(), t.encapsulation(), "encapsulation");
  view.syn_copies = in.column(t.syn_copies_all(), t.syn_copies(), "syn_copies");
  view.syn_ack_copies = in.column(t.syn_ack_copies_all(), t.syn_ack_copies(), "syn_ack_copies");
  view.syn_ack.frame = in.narrowed(t.syn_ack_frame_all(), t.syn_ack_frame(), t.syn_ack_frame_wide(), "syn_ack_frame");
  view.syn_ack.time =
      in.spans(t.syn_ack_time_all(), t.time_unit_ns(), t.syn_ack_time(), t.syn_ack_time_wide(), "syn_ack_time");
  view.handshake_ack.frame = in.narrowed(t.handshake_ack_frame_all(), t.handshake_ack_frame(),
                                         t.handshake_ack_frame_wide(), "handshake_ack_frame");
  view.handshake_ack.time = in.spans(t.handshake_ack_time_all(), t.time_unit_ns(), t.handshake_ack_time(),
                                     t.handshake_ack_time_wide(), "handshake_ack_time");
  view.close_ack.frame =
      in.narrowed(t.close_ack_frame_all(), t.close_ack_frame(), t.close_ack_frame_wide(), "close_ack_frame");
  view.close_ack.time =
      in.spans(t.close_ack_time_all(), t.time_unit_ns(), t.close_ack_time(), t.close_ack_time_wide(), "close_ack_time");
  view.events = events(t, in);
  view.resets = resets(t, in);
  return view;
}

}  // namespace pcapsule::read
