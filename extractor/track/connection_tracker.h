// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "common/net/endpoint.h"
#include "extractor/decode/segment.h"
#include "extractor/track/connection_index.h"
#include "extractor/track/connection_key.h"
#include "extractor/track/connection_record.h"
#include "extractor/track/connection_records.h"

namespace pcapsule::track {

/// What the tracker adds to a decoded TCP header.
struct TrackedRow {
  std::uint32_t connection = 0;  ///< Wireshark's tcp.stream (S12)
  Side side = kA;                ///< who sent it
  bool rebased = false;          ///< this SYN-ACK set the base of its side anew (S12, S18)
};

/// Assigns every TCP header to a connection and a direction, and gathers the
/// facts of the connection table. State machines run in file order (S44).
/// Memory: one ConnectionRecord and a few bytes of index a connection, 32 more for IPv6.
class ConnectionTracker {
 public:
  explicit ConnectionTracker(HashSeed seed) : seed_(seed) {}

  /// `rows` receives one element for every segment of the batch, in order.
  void track(const decode::SegmentBatch& batch, std::vector<TrackedRow>& rows);

  /// Tracks a header whose connection is known by number: one that was tracked so before, or the next new one, which
  /// takes over the ends of `previous`. For rows of a record file, where not all connections of the capture may be.
  /// nullopt, and nothing is changed: the number is beyond the next, the connection has other ends, or the header would
  /// begin another one (S12).
  std::optional<TrackedRow> track_known(const decode::Segment& segment, const decode::TcpOptions* options,
                                        std::uint32_t connection, std::optional<std::uint32_t> previous);

  [[nodiscard]] std::uint32_t connections() const { return records_.size(); }

  /// REQUIRES: number < connections(). References stay valid.
  [[nodiscard]] ConnectionRecord& record(std::uint32_t number) { return records_[number]; }
  [[nodiscard]] const ConnectionRecord& record(std::uint32_t number) const { return records_[number]; }
  [[nodiscard]] Endpoint endpoint(const ConnectionRecord& record, Side side) const;

  /// Frame of an event. REQUIRES: it was seen.
  [[nodiscard]] std::uint64_t event_frame(const ConnectionRecord& record, Event event) const;

  /// nullptr: the handshake is one SYN as first row and one SYN-ACK at most.
  [[nodiscard]] const HandshakeRepeats* repeats(const ConnectionRecord& record) const {
    return record.repeats == kNone ? nullptr : &repeats_[record.repeats];
  }
  /// The kept RSTs of a connection, in file order, at most three.
  [[nodiscard]] std::vector<Reset> resets(const ConnectionRecord& record) const;

  /// Decides who is the client of every connection (S15): known by SYN or
  /// SYN-ACK, else guessed from the whole capture. To be called once, at the end.
  void decide_roles();

 private:
  /// Segments whose connections are looked for at once.
  static constexpr std::size_t kGroup = 64;

  struct Found {
    std::uint32_t number;
    Side side;
    bool is_new;
    bool is_reuse;  ///< a new connection of ports that one had before
  };
  void prefetch(std::span<const decode::Segment> group, std::array<std::uint64_t, kGroup>& hashes) const;
  Found find_or_create(const decode::Segment& segment, std::uint64_t hash);
  std::uint32_t create(const decode::Segment& segment);
  /// Who of the connection's two ends sent `segment`; nullopt: it belongs to other ends.
  [[nodiscard]] std::optional<Side> sender_in(const ConnectionRecord& record, const decode::Segment& segment) const;

  TrackedRow track_one(const decode::Segment& segment, const decode::TcpOptions* options, const Found& found);
  HandshakeRepeats& repeats_of(ConnectionRecord& record);
  bool change_base(ConnectionRecord& record, Side side, const decode::Segment& segment);
  void note_segment(ConnectionRecord& record, Side side, const decode::Segment& segment,
                    const decode::TcpOptions* options);
  void note_syn(ConnectionRecord& record, Side side, const decode::Segment& segment, const decode::TcpOptions* options);
  void note_syn_ack(ConnectionRecord& record, Side side, const decode::Segment& segment,
                    const decode::TcpOptions* options);
  bool note_syn_copy(ConnectionRecord& record, Side side, const decode::Segment& segment);
  bool note_syn_ack_copy(ConnectionRecord& record, Side side, const decode::Segment& segment, bool answers);
  void keep_far_events(const ConnectionRecord& record, const decode::Segment& segment);
  void note_reset(ConnectionRecord& record, Side side, const decode::Segment& segment);

  HashSeed seed_;
  ConnectionIndex index_;
  ConnectionRecords records_;
  // Deques: growing one leaves no second copy in memory.
  std::deque<Ipv6Pair> ipv6_;
  std::deque<HandshakeRepeats> repeats_;
  std::deque<Reset> resets_;
  /// Frames of events at kFarFrame; 0: not seen. Of connections that go on for more than 2^32 frames.
  std::unordered_map<const ConnectionRecord*, std::array<std::uint64_t, kEvents>> far_events_;
};

}  // namespace pcapsule::track
