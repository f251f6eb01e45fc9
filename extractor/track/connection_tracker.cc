// SPDX-License-Identifier: Apache-2.0
#include "extractor/track/connection_tracker.h"

#include <limits>
#include <stdexcept>

#include "extractor/track/saturating.h"
#include "extractor/track/wireshark_state.h"

namespace pcapsule::track {

using decode::Segment;
using decode::TcpOptions;
using format::BaseSource;

namespace {

bool length_known(const Segment& segment) { return (segment.oddities & oddity::kLengthUnknown) == 0; }
bool is_segment(const Segment& segment) { return (segment.oddities & oddity::kNoSegment) == 0; }

/// Bases are set once, in file order (S18, W2.2), by headers of known length.
void set_bases(ConnectionRecord& record, Side side, const Segment& segment) {
  if (!length_known(segment)) return;
  Direction& sender = record.direction[side];
  if (sender.base_source == BaseSource::kNone) {
    const bool syn = segment.word.has(tcp_flag::kSyn);
    sender.base = syn ? segment.seq : segment.seq - 1;
    sender.base_source =
        !syn ? BaseSource::kSegment : (segment.word.has(tcp_flag::kAck) ? BaseSource::kSynAck : BaseSource::kSyn);
  }
  Direction& receiver = record.direction[other(side)];
  if (receiver.base_source == BaseSource::kNone && segment.word.has(tcp_flag::kAck)) {
    receiver.base = segment.ack - 1;
    receiver.base_source = BaseSource::kPeerAck;
  }
}

}  // namespace

void ConnectionTracker::track(const decode::SegmentBatch& batch, std::vector<TrackedRow>& rows) {
  rows.clear();
  rows.reserve(batch.segments.size());
  for (const Segment& segment : batch.segments) {
    rows.push_back(track_one(segment, batch.options_of(segment)));
  }
}

TrackedRow ConnectionTracker::track_one(const Segment& segment, const TcpOptions* options) {
  Found found = find_or_create(segment);
  bool reused = false;
  if (!found.is_new && segment.word.is_pure_syn()) {
    const Direction& sender = record(found.number).direction[found.side];
    if (sender.base_source != BaseSource::kNone && sender.base != segment.seq) {
      const std::uint32_t previous = found.number;
      found = {create(segment), kA, true};
      record(found.number).previous_connection = previous;
      reused = true;
    }
  }
  ConnectionRecord& connection = record(found.number);
  const bool rebased = !found.is_new && segment.word.is_syn_ack() && change_base(connection, found.side, segment);
  set_bases(connection, found.side, segment);
  update_completeness(connection, segment, found.is_new, reused);
  // Without either of them there is nothing to learn about scaling, and nearly every segment has neither.
  if (options != nullptr || segment.word.has(tcp_flag::kSyn)) {
    update_scale_state(connection, found.side, segment, options);
  }

  if (found.is_new) {
    connection.first_frame = segment.frame_number;
    connection.first_time = segment.time;
    if (!is_segment(segment)) connection.marks |= format::connection_mark::kFirstRowIsNoSegment;
  }
  connection.last_frame = segment.frame_number;
  connection.last_time = segment.time;
  if (is_segment(segment)) {
    note_segment(connection, found.side, segment, options);
  } else {
    add_saturating(connection.other_rows, 1U);
  }
  return {found.number, found.side, rebased};
}

/// S12: a SYN-ACK with another seq than its side's base sets the base anew.
bool ConnectionTracker::change_base(ConnectionRecord& connection, Side side, const Segment& segment) {
  Direction& sender = connection.direction[side];
  if (sender.base_source == BaseSource::kNone || sender.base == segment.seq) return false;
  HandshakeRepeats& repeats = repeats_of(connection);
  if (!repeats.base_changed[side]) {
    repeats.base_changed[side] = true;
    repeats.first_base[side] = sender.base;
  }
  sender.base = segment.seq;
  return true;
}

inline std::optional<Side> ConnectionTracker::sender_in(const ConnectionRecord& connection,
                                                        const Segment& segment) const {
  const auto& ports = segment.port;
  const bool as_sent = connection.port[kA] == ports[0] && connection.port[kB] == ports[1];
  const bool turned = connection.port[kA] == ports[1] && connection.port[kB] == ports[0];
  const bool is_v4 = (connection.marks & format::connection_mark::kIpv6) == 0;
  if (is_v4 != (segment.ip_version == IpVersion::kV4)) return std::nullopt;
  const auto& high = segment.address_high;
  const auto& low = segment.address_low;
  const auto are = [&](std::size_t a, std::size_t b) {
    if (is_v4) return connection.address[kA] == low[a] && connection.address[kB] == low[b];
    const Ipv6Pair& pair = ipv6_[connection.address[0]];
    return pair.high[kA] == high[a] && pair.low[kA] == low[a] && pair.high[kB] == high[b] && pair.low[kB] == low[b];
  };
  // Both ends equal: every segment counts as sent by the same side (S11).
  if (as_sent && are(0, 1)) return kA;
  if (turned && are(1, 0)) return kB;
  return std::nullopt;
}

ConnectionTracker::Found ConnectionTracker::find_or_create(const Segment& segment) {
  const std::uint64_t hash = hash_endpoints(seed_, segment.source(), segment.destination());
  std::optional<Side> sender;
  const auto same = [&](std::uint32_t number) {
    sender = sender_in(record(number), segment);
    return sender.has_value();
  };
  if (const std::uint32_t* number = index_.find(hash, same)) return {*number, *sender, false};
  return {create(segment), kA, true};
}

std::uint32_t ConnectionTracker::create(const Segment& segment) {
  if (connections_ == std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("more than 2^32 - 1 connections");
  }
  const std::uint32_t number = connections_;
  if (number % kBlockRecords == 0) blocks_.push_back(std::make_unique<ConnectionRecord[]>(kBlockRecords));
  ++connections_;

  ConnectionRecord& connection = record(number);
  connection.port = segment.port;
  if (segment.ip_version == IpVersion::kV4) {
    connection.address = {static_cast<std::uint32_t>(segment.address_low[0]),
                          static_cast<std::uint32_t>(segment.address_low[1])};
  } else {
    connection.marks |= format::connection_mark::kIpv6;
    connection.address[0] = static_cast<std::uint32_t>(ipv6_.size());
    ipv6_.push_back({segment.address_high, segment.address_low});
  }

  const std::uint64_t hash = hash_endpoints(seed_, segment.source(), segment.destination());
  if (std::uint32_t* known =
          index_.find(hash, [&](std::uint32_t n) { return sender_in(record(n), segment).has_value(); })) {
    *known = number;  // ports reused: later segments belong to the later connection
  } else {
    index_.insert(hash, number, [this](std::uint32_t n) { return hash_of(n); });
  }
  return number;
}

Endpoint ConnectionTracker::endpoint(const ConnectionRecord& connection, Side side) const {
  if ((connection.marks & format::connection_mark::kIpv6) == 0) {
    return {IpAddress::v4(connection.address[side]), connection.port[side]};
  }
  const Ipv6Pair& pair = ipv6_[connection.address[0]];
  return {IpAddress::v6(pair.high[side], pair.low[side]), connection.port[side]};
}

std::uint64_t ConnectionTracker::hash_of(std::uint32_t number) const {
  const ConnectionRecord& connection = record(number);
  return hash_endpoints(seed_, endpoint(connection, kA), endpoint(connection, kB));
}

HandshakeRepeats& ConnectionTracker::repeats_of(ConnectionRecord& connection) {
  if (connection.repeats == kNone) {
    connection.repeats = static_cast<std::uint32_t>(repeats_.size());
    repeats_.emplace_back();
  }
  return repeats_[connection.repeats];
}

std::vector<Reset> ConnectionTracker::resets(const ConnectionRecord& connection) const {
  std::vector<Reset> kept;
  for (std::uint32_t at = connection.resets; at != kNone; at = resets_[at].next) kept.push_back(resets_[at]);
  return kept;
}

}  // namespace pcapsule::track
