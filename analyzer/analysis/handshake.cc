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
void set_between(const std::optional<Moment>& from, NoLeg without_from, const std::optional<Moment>& to,
                 NoLeg without_to, LegTime& leg) {
  if (!from || !to) {
    leg.reason = from ? without_to : without_from;
    return;
  }
  const DurationNs time = to->time - from->time;
  const bool fits = time != kGreatestSpan;  // nobody waits for centuries
  if (time.value < 0 || !fits || to->frame < from->frame) {
    leg.reason = NoLeg::kClock;
  } else {
    leg.time = time;
  }
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
  const bool goes_on = connection.syn_ack && connection.last_own_syn_ack && connection.handshake_ack;
  const Absence absence = goes_on ? Absence() : absence_of(connection);  // then it says nothing
  HandshakeLegs legs;
  const auto leg = [&legs](Leg which) -> LegTime& { return legs[static_cast<std::size_t>(which)]; };
  const auto& first_syn = connection.first_syn;
  const auto& syn_ack = connection.syn_ack;
  const auto& ack = connection.handshake_ack;
  set_between(first_syn, NoLeg::kNoSyn, syn_ack, absence.syn_ack, leg(Leg::kSynToSynAckFirst));
  set_between(connection.last_own_syn, NoLeg::kNoSyn, syn_ack, absence.syn_ack, leg(Leg::kSynToSynAckLast));
  set_between(connection.last_own_syn_ack, absence.syn_ack, ack, absence.ack, leg(Leg::kSynAckToAck));
  set_between(first_syn, NoLeg::kNoSyn, ack, absence.ack, leg(Leg::kTotal));
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
