// SPDX-License-Identifier: Apache-2.0
#include "extractor/track/connection_tracker.h"

#include <algorithm>

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

/// S12: a SYN with another sequence number than the connection began with.
bool begins_anew(const ConnectionRecord& connection, Side side, const Segment& segment) {
  const Direction& sender = connection.direction[side];
  return segment.word.is_pure_syn() && sender.base_source != BaseSource::kNone && sender.base != segment.seq;
}

}  // namespace

void ConnectionTracker::track(const decode::SegmentBatch& batch, std::vector<TrackedRow>& rows) {
  rows.clear();
  rows.reserve(batch.segments.size());
  const std::span<const Segment> segments(batch.segments);
  std::array<std::uint64_t, kGroup> hashes;  // NOLINT(cppcoreguidelines-pro-type-member-init): prefetch() sets them
  for (std::size_t begin = 0; begin < segments.size(); begin += kGroup) {
    const auto group = segments.subspan(begin, std::min(kGroup, segments.size() - begin));
    prefetch(group, hashes);
    for (std::size_t i = 0; i < group.size(); ++i) {
      rows.push_back(track_one(group[i], batch.options_of(group[i]), find_or_create(group[i], hashes[i])));
    }
  }
}

/// Sets the hashes, and brings what will be looked at into the cache where it is likely not to be there.
void ConnectionTracker::prefetch(std::span<const Segment> group, std::array<std::uint64_t, kGroup>& hashes) const {
  constexpr std::uint32_t kCachedConnections = 4096;  // a megabyte of records
  for (std::size_t i = 0; i < group.size(); ++i) {
    hashes[i] = hash_endpoints(seed_, group[i].source(), group[i].destination());
    index_.prefetch(hashes[i]);
  }
  if (connections() < kCachedConnections) return;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (const std::uint32_t* number = index_.likely(hashes[i])) records_.prefetch(*number);
  }
}

std::optional<TrackedRow> ConnectionTracker::track_known(const Segment& segment, const TcpOptions* options,
                                                         std::uint32_t connection,
                                                         std::optional<std::uint32_t> previous) {
  if (connection > connections()) return std::nullopt;
  if (connection == connections()) {
    create(segment);
    record(connection).previous_connection = previous.value_or(kNone);
    return track_one(segment, options, {connection, kA, true, previous.has_value()});
  }
  const std::optional<Side> sender = sender_in(record(connection), segment);
  if (!sender || begins_anew(record(connection), *sender, segment)) return std::nullopt;
  return track_one(segment, options, {connection, *sender, false, false});
}

TrackedRow ConnectionTracker::track_one(const Segment& segment, const TcpOptions* options, const Found& found) {
  ConnectionRecord& connection = record(found.number);
  const bool rebased = !found.is_new && segment.word.is_syn_ack() && change_base(connection, found.side, segment);
  set_bases(connection, found.side, segment);
  update_completeness(connection, segment, found.is_new, found.is_reuse);
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

ConnectionTracker::Found ConnectionTracker::find_or_create(const Segment& segment, std::uint64_t hash) {
  std::optional<Side> sender;
  const auto same = [&](std::uint32_t number) {
    sender = sender_in(record(number), segment);
    return sender.has_value();
  };
  std::uint32_t* const number = index_.find(hash, same);
  if (number == nullptr) {
    const std::uint32_t created = create(segment);
    index_.insert(hash, created);
    return {created, kA, true, false};
  }
  if (!begins_anew(record(*number), *sender, segment)) return {*number, *sender, false, false};
  const std::uint32_t created = create(segment);
  record(created).previous_connection = *number;
  *number = created;  // later segments belong to the later connection
  return {created, kA, true, true};
}

std::uint32_t ConnectionTracker::create(const Segment& segment) {
  const std::uint32_t number = records_.size();
  ConnectionRecord& connection = records_.add();
  connection.port = segment.port;
  if (segment.ip_version == IpVersion::kV4) {
    connection.address = {static_cast<std::uint32_t>(segment.address_low[0]),
                          static_cast<std::uint32_t>(segment.address_low[1])};
  } else {
    connection.marks |= format::connection_mark::kIpv6;
    connection.address[0] = static_cast<std::uint32_t>(ipv6_.size());
    ipv6_.push_back({segment.address_high, segment.address_low});
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
