// SPDX-License-Identifier: Apache-2.0
#include "common/container/connection_stage.h"

#include <algorithm>
#include <limits>

namespace pcapsule::container {

namespace {

using record::Connection;
using record::Moment;

constexpr std::int64_t kMicrosecondNs = 1000;

bool is_whole(const Moment& moment) { return moment.time.value % kMicrosecondNs == 0; }
bool is_whole(const std::optional<Moment>& moment) { return !moment || is_whole(*moment); }

bool in_whole_microseconds(const Connection& c) {
  return is_whole(c.first) && is_whole(c.last) && is_whole(c.syn_ack) && is_whole(c.handshake_ack) &&
         is_whole(c.close_ack) && is_whole(c.side[0].fin) && is_whole(c.side[1].fin);
}

/// Is `event` there, and not the one that a reader takes in its absence?
bool is_apart(const std::optional<Moment>& event, const std::optional<Moment>& usual) {
  return event && (!usual || usual->frame != event->frame);
}

}  // namespace

void StagedEvent::append(const Moment& first, const std::optional<Moment>& event) {
  frame.push_back(event ? event->frame - first.frame : 0);
  time.push_back(event ? wrapping_distance(event->time, first.time).value : 0);
}

void StagedSide::append(const record::Side& side, const Moment& first) {
  address_high.push_back(side.endpoint.address.high);
  address_low.push_back(side.endpoint.address.low);
  port.push_back(side.endpoint.port);
  segments.push_back(side.segments);
  payload.push_back(side.payload_bytes);
  wire.push_back(side.wire_bytes);
  base.push_back(side.base);
  base_source.push_back(static_cast<std::uint8_t>(side.base_source));
  offers.push_back(side.offers);
  mss.push_back(side.mss_bytes);
  shift.push_back(side.shift);
  ttl_least.push_back(side.ttl_least);
  ttl_greatest.push_back(side.ttl_greatest);
  fin.append(first, side.fin);
}

void StagedEventList::append(std::uint16_t at, const Connection& connection) {
  const auto add = [&](format::EventKind what, const Moment& moment) {
    entry.push_back(at);
    kind.push_back(static_cast<std::uint8_t>(what));
    frame.push_back(moment.frame);
    time.push_back(moment.time.value);
  };
  if (is_apart(connection.first_syn, connection.first)) add(format::EventKind::kFirstSyn, *connection.first_syn);
  if (is_apart(connection.last_syn, connection.first_syn)) add(format::EventKind::kLastSyn, *connection.last_syn);
  if (is_apart(connection.last_syn_ack, connection.syn_ack)) {
    add(format::EventKind::kLastSynAck, *connection.last_syn_ack);
  }
  if (connection.syn_copies > 0 && is_apart(connection.last_own_syn, connection.first_syn)) {
    add(format::EventKind::kLastOwnSyn, *connection.last_own_syn);
  }
  if (connection.syn_ack_copies > 0 && is_apart(connection.last_own_syn_ack, connection.syn_ack)) {
    add(format::EventKind::kLastOwnSynAck, *connection.last_own_syn_ack);
  }
}

void ConnectionStage::append(const Connection& c) {
  const auto entry = static_cast<std::uint16_t>(size());
  number.push_back(c.number);
  first_row.push_back(c.first_row);
  last_row_distance.push_back(c.last_row - c.first_row);
  first_frame.push_back(c.first.frame);
  last_frame_distance.push_back(c.last.frame - c.first.frame);
  first_time.push_back(c.first.time.value);
  last_time_distance.push_back(wrapping_distance(c.last.time, c.first.time).value);
  last_chunk.push_back(c.last_chunk);
  other_rows.push_back(c.other_rows);
  marks.push_back(c.marks);
  evidence.push_back(static_cast<std::uint8_t>(c.evidence));
  for (std::size_t i = 0; i < side.size(); ++i) side[i].append(c.side[i], c.first);
  seen.push_back(c.seen);
  syns.push_back(c.syns);
  syn_acks.push_back(c.syn_acks);
  retries.push_back(c.retries);
  syn_payload.push_back(c.syn_payload_bytes);
  syn_ack.append(c.first, c.syn_ack);
  handshake_ack.append(c.first, c.handshake_ack);
  close_ack.append(c.first, c.close_ack);
  previous_plus_one.push_back(c.previous ? *c.previous + 1 : 0);
  history.push_back(c.history);
  completeness.push_back(c.completeness);
  completeness_first_row.push_back(c.completeness_first_row);
  encapsulation_plus_one.push_back(c.encapsulation ? static_cast<std::uint16_t>(*c.encapsulation + 1)
                                                   : std::uint16_t{0});
  syn_copies.push_back(c.syn_copies);
  syn_ack_copies.push_back(c.syn_ack_copies);
  events.append(entry, c);
  for (const record::ResetEvent& reset : c.resets) resets.push_back({entry, reset});
  all_v4 &= !c.has_mark(format::connection_mark::kIpv6);
  whole_microseconds = whole_microseconds && in_whole_microseconds(c);
}

record::ChunkSummary ConnectionStage::summarise(std::uint64_t first_entry) const {
  record::ChunkSummary summary;
  summary.kind = format::ChunkKind::kConnections;
  summary.first = first_entry;
  summary.rows = static_cast<std::uint32_t>(size());
  summary.connection_least = number.front();
  summary.connection_greatest = number.back();
  summary.time_least.value = std::numeric_limits<std::int64_t>::max();
  summary.time_greatest.value = std::numeric_limits<std::int64_t>::min();
  summary.frame_first = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < size(); ++i) {
    const TimestampNs first{first_time[i]};
    for (const TimestampNs time : {first, at_distance(first, DurationNs{last_time_distance[i]})}) {
      summary.time_least = std::min(summary.time_least, time);
      summary.time_greatest = std::max(summary.time_greatest, time);
    }
    summary.frame_first = std::min(summary.frame_first, first_frame[i]);
    summary.frame_last = std::max(summary.frame_last, first_frame[i] + last_frame_distance[i]);
  }
  return summary;
}

}  // namespace pcapsule::container
