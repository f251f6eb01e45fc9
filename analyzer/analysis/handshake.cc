// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/handshake.h"

#include <algorithm>

#include "analyzer/analysis/connection_state.h"

namespace pcapsule::analysis {

using read::Connection;
using read::Moment;

namespace {

constexpr std::array<std::string_view, kLegs> kLegNames = {"syn_to_syn_ack_first", "syn_to_syn_ack_last",
                                                           "syn_ack_to_ack", "handshake_total"};

/// A negative time is no time (S34): never clamped, never shown. Nor is a time between
/// frames that the capture has the other way round: then its stamps or its order are wrong.
LegTime between(const std::optional<Moment>& from, NoLeg without_from, const std::optional<Moment>& to,
                NoLeg without_to) {
  if (!from) return {std::nullopt, without_from};
  if (!to) return {std::nullopt, without_to};
  const DurationNs time = to->time - from->time;
  if (time.value < 0 || to->frame < from->frame) return {std::nullopt, NoLeg::kClock};
  return {time, NoLeg::kNone};
}

/// Why there is no SYN-ACK, and why there is no ACK.
struct Absence {
  NoLeg syn_ack = NoLeg::kNoSynAck;
  NoLeg ack = NoLeg::kNoAck;
};

Absence absence_of(const Connection& connection) {
  switch (handshake_outcome(connection)) {
    case HandshakeOutcome::kRefused:
      return {NoLeg::kRefused, NoLeg::kRefused};
    case HandshakeOutcome::kReset:
      return {NoLeg::kReset, NoLeg::kReset};
    default:
      return {};
  }
}

}  // namespace

std::string_view to_text(Leg leg) { return kLegNames[static_cast<std::size_t>(leg)]; }

std::optional<Leg> parse_leg(std::string_view text) {
  const auto found = std::ranges::find(kLegNames, text);
  if (found == kLegNames.end()) return std::nullopt;
  return static_cast<Leg>(found - kLegNames.begin());
}

std::string_view to_text(NoLeg reason) {
  constexpr std::array<std::string_view, 7> kNames = {"",      "no_syn",  "no_syn_ack", "no_ack",
                                                      "reset", "refused", "clock"};
  return kNames[static_cast<std::size_t>(reason)];
}

HandshakeLegs handshake_legs(const Connection& connection) {
  const Absence absence = absence_of(connection);
  HandshakeLegs legs;
  const auto set = [&legs](Leg leg, const LegTime& time) { legs[static_cast<std::size_t>(leg)] = time; };
  set(Leg::kSynToSynAckFirst, between(connection.first_syn, NoLeg::kNoSyn, connection.syn_ack, absence.syn_ack));
  set(Leg::kSynToSynAckLast, between(connection.last_own_syn, NoLeg::kNoSyn, connection.syn_ack, absence.syn_ack));
  set(Leg::kSynAckToAck, between(connection.last_own_syn_ack, absence.syn_ack, connection.handshake_ack, absence.ack));
  set(Leg::kTotal, between(connection.first_syn, NoLeg::kNoSyn, connection.handshake_ack, absence.ack));
  return legs;
}

std::string_view to_text(CapturePoint point) {
  constexpr std::array<std::string_view, 4> kNames = {"unknown", "near_client", "mid_path", "near_server"};
  return kNames[static_cast<std::size_t>(point)];
}

CapturePoint capture_point(std::optional<DurationNs> server_leg, std::optional<DurationNs> client_leg) {
  constexpr std::int64_t kMuchShorter = 4;
  if (!server_leg || !client_leg) return CapturePoint::kUnknown;
  if (client_leg->value <= server_leg->value / kMuchShorter) return CapturePoint::kNearClient;
  if (server_leg->value <= client_leg->value / kMuchShorter) return CapturePoint::kNearServer;
  return CapturePoint::kMidPath;
}

}  // namespace pcapsule::analysis
