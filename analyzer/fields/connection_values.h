// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/analysis/connection_state.h"
#include "analyzer/analysis/handshake.h"
#include "analyzer/analysis/window_scale.h"
#include "analyzer/fields/evaluate.h"

/// The values of connections, each from its entry of the connection table.
namespace pcapsule::fields {

enum class Way { kBoth, kFromClient, kFromServer };

/// The sum of `pair` over the sides that `kWay` means.
template <Way kWay>
Value sum(const read::Connection& connection, const std::array<std::uint64_t, 2>& pair) {
  if (kWay == Way::kBoth) return pair[0] + pair[1];
  return pair[connection.client ^ (kWay == Way::kFromClient ? 0U : 1U)];
}

inline Maybe connection_number(const ConnectionEntry& e) { return e.connection.number; }
/// The value that all rows have but the first of a connection that began without a SYN (W7).
inline Maybe connection_completeness(const ConnectionEntry& e) {
  const bool one_row = e.connection.rows() == 1;
  return e.connection.completeness | (one_row ? 0U : e.connection.completeness_first_row);
}

template <bool kClient>
Maybe connection_role(const ConnectionEntry& e) {
  return e.connection.client ^ (kClient ? 0U : 1U);
}

inline Maybe connection_evidence(const ConnectionEntry& e) { return static_cast<Value>(e.connection.evidence); }
inline Maybe connection_start(const ConnectionEntry& e) { return bits(e.totals.first.time.value); }
inline Maybe connection_duration(const ConnectionEntry& e) {
  return bits((e.totals.last.time - e.totals.first.time).value);
}
inline Maybe connection_first_frame(const ConnectionEntry& e) { return e.totals.first.frame; }
inline Maybe connection_last_frame(const ConnectionEntry& e) { return e.totals.last.frame; }

template <Way kWay>
Maybe connection_frames(const ConnectionEntry& e) {
  return sum<kWay>(e.connection, e.totals.frames);
}
template <Way kWay>
Maybe connection_bytes(const ConnectionEntry& e) {
  return sum<kWay>(e.connection, e.totals.bytes);
}
template <Way kWay>
Maybe connection_payload_bytes(const ConnectionEntry& e) {
  return sum<kWay>(e.connection, {e.connection.side[0].payload_bytes, e.connection.side[1].payload_bytes});
}

inline Maybe connection_handshake(const ConnectionEntry& e) {
  return static_cast<Value>(analysis::handshake_outcome(e.connection));
}
inline Maybe connection_end(const ConnectionEntry& e) {
  return static_cast<Value>(analysis::end_of(e.connection).kind);
}
inline Maybe connection_conn_state(const ConnectionEntry& e) {
  return static_cast<Value>(analysis::conn_state(e.connection));
}
inline Maybe connection_history(const ConnectionEntry& e) {
  return e.connection.history | (Value{e.connection.client} << 63);
}
inline Maybe connection_encapsulation(const ConnectionEntry& e) {
  return e.connection.encapsulation ? Maybe(*e.connection.encapsulation) : Maybe();
}
template <analysis::Leg kLeg>
Maybe handshake_leg(const ConnectionEntry& e) {
  const analysis::LegTime leg = analysis::handshake_legs(e.connection)[static_cast<std::size_t>(kLeg)];
  return leg.time ? Maybe(bits(leg.time->value)) : Maybe();
}
template <analysis::Leg kLeg>
Maybe handshake_leg_missing(const ConnectionEntry& e) {
  const analysis::LegTime leg = analysis::handshake_legs(e.connection)[static_cast<std::size_t>(kLeg)];
  return leg.time ? Maybe() : Maybe(static_cast<Value>(leg.reason));
}
inline Maybe connection_capture_point(const ConnectionEntry& e) {
  const analysis::HandshakeLegs legs = analysis::handshake_legs(e.connection);
  return static_cast<Value>(
      analysis::capture_point(legs[static_cast<std::size_t>(analysis::Leg::kSynToSynAckLast)].time,
                              legs[static_cast<std::size_t>(analysis::Leg::kSynAckToAck)].time));
}
inline Maybe connection_syns(const ConnectionEntry& e) { return e.connection.own_syns(); }
inline Maybe connection_syn_acks(const ConnectionEntry& e) { return e.connection.own_syn_acks(); }
inline Maybe frame_of(const std::optional<read::Moment>& moment) { return moment ? Maybe(moment->frame) : Maybe(); }
inline Maybe connection_syn_frame(const ConnectionEntry& e) { return frame_of(e.connection.first_syn); }
inline Maybe connection_syn_ack_frame(const ConnectionEntry& e) { return frame_of(e.connection.syn_ack); }
inline Maybe connection_handshake_ack_frame(const ConnectionEntry& e) { return frame_of(e.connection.handshake_ack); }

inline Maybe connection_scale(const ConnectionEntry& e) {
  return static_cast<Value>(analysis::window_scale(e.connection, std::nullopt).state);
}

}  // namespace pcapsule::fields
