// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/tracked_connections.h"

#include <array>
#include <optional>

namespace pcapsule::write {

namespace {

using record::Moment;
using track::ConnectionRecord;

namespace mark = format::connection_mark;
namespace seen = format::seen;

std::optional<Moment> event_of(const track::ConnectionTracker& tracker, const ConnectionRecord& record,
                               track::Event event) {
  if ((record.seen & track::seen_bit(event)) == 0) return std::nullopt;
  return Moment{tracker.event_frame(record, event), record.event_time[event]};
}

/// The events of the handshake, where some were repeated.
void set_repeats(record::Connection& connection, const track::HandshakeRepeats& repeats) {
  const auto set = [](std::optional<Moment>& event, std::uint64_t frame, TimestampNs time) {
    if (frame != 0) event = Moment{frame, time};
  };
  set(connection.first_syn, repeats.first_syn_frame, repeats.first_syn_time);
  connection.last_syn = connection.first_syn;
  set(connection.last_syn, repeats.last_syn_frame, repeats.last_syn_time);
  set(connection.last_syn_ack, repeats.last_syn_ack_frame, repeats.last_syn_ack_time);
  connection.last_own_syn = connection.first_syn;
  set(connection.last_own_syn, repeats.last_own_syn_frame, repeats.last_own_syn_time);
  set(connection.last_own_syn_ack, repeats.last_own_syn_ack_frame, repeats.last_own_syn_ack_time);
  connection.syn_copies = repeats.syn_copies;
  connection.syn_ack_copies = repeats.syn_ack_copies;
}

record::ResetEvent event_of(const track::Reset& reset) {
  record::ResetEvent event;
  event.at = {reset.frame, reset.time};
  event.marks = reset.marks;
  event.tcp_word = reset.tcp_word;
  event.ttl = reset.ttl;
  event.seq = reset.seq;
  event.ack = reset.ack;
  event.sent_end = reset.sent_end;
  event.acked = reset.acked;
  event.window = reset.window;
  return event;
}

record::Side side_of(const track::ConnectionTracker& tracker, const ConnectionRecord& record, track::Side side) {
  const track::Direction& direction = record.direction[side];
  const track::HandshakeRepeats* repeats = tracker.repeats(record);
  record::Side out;
  out.endpoint = tracker.endpoint(record, side);
  out.segments = direction.segments;
  out.payload_bytes = direction.payload_bytes;
  out.wire_bytes = direction.wire_bytes;
  out.base = repeats != nullptr && repeats->base_changed[side] ? repeats->first_base[side] : direction.base;
  out.base_source = direction.base_source;
  out.offers = direction.offers;
  out.mss_bytes = direction.mss;
  out.shift = direction.shift;
  out.ttl_least = direction.ttl_least;
  out.ttl_greatest = direction.ttl_greatest;
  out.fin = event_of(tracker, record, side == track::kA ? track::kFinA : track::kFinB);
  out.fin_acked = (record.seen & (side == track::kA ? seen::kFinAAcked : seen::kFinBAcked)) != 0;
  return out;
}

}  // namespace

void describe(const track::ConnectionTracker& tracker, std::uint32_t number, record::Connection& out) {
  const ConnectionRecord& record = tracker.record(number);
  out.side = {side_of(tracker, record, track::kA), side_of(tracker, record, track::kB)};
  const bool has_segment = out.segments() > 0;
  out.marks = static_cast<std::uint8_t>(record.marks | (has_segment ? 0 : mark::kNoSegment));
  out.client = out.has_mark(mark::kClientIsB) ? 1 : 0;
  out.evidence = record.evidence;
  out.first = {record.first_frame, record.first_time};
  out.last = {record.last_frame, record.last_time};
  out.other_rows = record.other_rows;
  out.seen = record.seen;
  out.syns = record.syns;
  out.syn_acks = record.syn_acks;
  out.retries = record.retries;
  out.syn_payload_bytes = record.syn_payload;
  out.first_syn = (record.seen & seen::kSyn) != 0 ? std::optional(out.first) : std::nullopt;
  out.last_syn = out.first_syn;
  out.syn_ack = event_of(tracker, record, track::kSynAck);
  out.last_syn_ack = out.syn_ack;
  out.handshake_ack = event_of(tracker, record, track::kHandshakeAck);
  out.close_ack = event_of(tracker, record, track::kCloseAck);
  out.syn_copies = 0;
  out.syn_ack_copies = 0;
  out.last_own_syn = out.last_syn;
  out.last_own_syn_ack = out.last_syn_ack;
  if (const track::HandshakeRepeats* repeats = tracker.repeats(record)) set_repeats(out, *repeats);
  out.previous = record.previous_connection == track::kNone ? std::nullopt : std::optional(record.previous_connection);
  out.history = record.history;
  out.completeness = record.completeness;
  out.completeness_first_row = record.completeness_first_row;
  out.resets.clear();
  for (const track::Reset& reset : tracker.resets(record)) out.resets.push_back(event_of(reset));
}

bool TrackedConnections::next(record::Connection& connection, record::RowLink& rows) {
  while (number_ < tracker_.connections()) {
    const ConnectionRecord& record = tracker_.record(number_);
    const std::uint32_t number = number_++;
    if (!record.rows.has_rows()) continue;
    connection.number = number;
    describe(tracker_, number, connection);
    rows = record.rows;
    return true;
  }
  return false;
}

}  // namespace pcapsule::write
