// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/read/connection.h"
#include "common/base/time.h"

/// Handshake latency, from the connection table alone (S31 to S36).
namespace pcapsule::analysis {

/// The four numbers of S31, never one.
enum class Leg : std::uint8_t {
  kSynToSynAckFirst,  ///< first SYN to SYN-ACK: what the user felt
  kSynToSynAckLast,   ///< last SYN before it to SYN-ACK: the path beyond the capture point, to the server
  kSynAckToAck,       ///< last SYN-ACK to the ACK that completes: the path to the client
  kTotal,             ///< first SYN to that ACK
};
inline constexpr std::size_t kLegs = 4;

/// `syn_to_syn_ack_first`, …
std::string_view to_text(Leg leg);
/// nullopt: there is no such leg.
std::optional<Leg> parse_leg(std::string_view text);

/// Why a leg has no number (S33, S34).
enum class NoLeg : std::uint8_t {
  kNone,   ///< it has one
  kNoSyn,  ///< the SYN is not in the capture
  kNoSynAck,
  kNoAck,
  kReset,    ///< a RST came in its place
  kRefused,  ///< a RST answered the SYN
  kClock,    ///< the stamps are out of order
};
std::string_view to_text(NoLeg reason);

struct LegTime {
  std::optional<DurationNs> time;
  NoLeg reason = NoLeg::kNone;
};

/// All legs of a connection, by Leg.
using HandshakeLegs = std::array<LegTime, kLegs>;
HandshakeLegs handshake_legs(const read::Connection& connection);

/// Where the capture was taken, as the legs tell (S35).
enum class CapturePoint : std::uint8_t { kUnknown, kNearClient, kMidPath, kNearServer };
std::string_view to_text(CapturePoint point);

/// `server_leg`: kSynToSynAckLast, `client_leg`: kSynAckToAck. One that is at most a
/// fourth of the other is the short one.
CapturePoint capture_point(std::optional<DurationNs> server_leg, std::optional<DurationNs> client_leg);

}  // namespace pcapsule::analysis
