// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/connection_state.h"

#include <array>

namespace pcapsule::analysis {

using read::Connection;

namespace {

namespace seen = format::seen;

bool has_seen(const Connection& connection, std::uint16_t event) { return (connection.seen & event) != 0; }

bool is_unanswered(const Connection& connection) {
  return has_seen(connection, seen::kSyn) && !connection.syn_ack && connection.server_side().segments == 0;
}

/// The first RST that its receiver had to accept; nullptr: none.
const read::ResetEvent* first_valid_reset(const Connection& connection) {
  const read::ResetEvent* first = nullptr;
  for (const read::ResetEvent& reset : connection.resets) {
    if ((reset.marks & format::reset_mark::kAcceptable) == 0) continue;
    if (first == nullptr || reset.at.frame < first->at.frame) first = &reset;
  }
  return first;
}

bool is_from_client(const Connection& connection, const read::ResetEvent& reset) {
  const unsigned side = (reset.marks & format::reset_mark::kSentByB) != 0 ? 1 : 0;
  return side == connection.client;
}

ConnectionEnd reset_end(const Connection& connection, const read::ResetEvent& reset) {
  if (is_from_client(connection, reset)) return {EndKind::kResetByClient, reset.at};
  const bool answers_syn =
      has_seen(connection, seen::kSyn) && (!connection.syn_ack || reset.at.frame < connection.syn_ack->frame);
  return {answers_syn ? EndKind::kRefused : EndKind::kResetByServer, reset.at};
}

}  // namespace

std::string_view to_text(HandshakeOutcome outcome) {
  constexpr std::array<std::string_view, 6> kNames = {"not_captured", "complete", "partial",
                                                      "unanswered",   "refused",  "reset"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view to_text(EndKind kind) {
  constexpr std::array<std::string_view, 9> kNames = {"open",         "fin_both",   "fin_unacked",
                                                      "fin_client",   "fin_server", "reset_client",
                                                      "reset_server", "refused",    "unanswered"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_text(ConnState state) {
  constexpr std::array<std::string_view, 13> kNames = {"OTH",  "S0",   "S1",     "S2",    "S3", "SF", "REJ",
                                                       "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR"};
  return kNames[static_cast<std::size_t>(state)];
}

ConnectionEnd end_of(const Connection& connection) {
  const read::ResetEvent* const reset = first_valid_reset(connection);
  // A RST after the close is late, not an abort (S41).
  const bool closed_first = reset != nullptr && connection.close_ack && connection.close_ack->frame < reset->at.frame;
  if (reset != nullptr && !closed_first) return reset_end(connection, *reset);
  if (connection.close_ack) return {EndKind::kFinBoth, connection.close_ack};
  const auto& client_fin = connection.client_side().fin;
  const auto& server_fin = connection.server_side().fin;
  if (client_fin && server_fin) {
    return {EndKind::kFinUnacked, client_fin->frame > server_fin->frame ? client_fin : server_fin};
  }
  if (client_fin) return {EndKind::kFinByClient, client_fin};
  if (server_fin) return {EndKind::kFinByServer, server_fin};
  return {is_unanswered(connection) ? EndKind::kUnanswered : EndKind::kOpen, std::nullopt};
}

HandshakeOutcome handshake_outcome(const Connection& connection) {
  if (!has_seen(connection, seen::kSyn) && !connection.syn_ack) return HandshakeOutcome::kNotCaptured;
  // Only an end by a RST matters here.
  const EndKind end = connection.resets.empty() ? EndKind::kOpen : end_of(connection).kind;
  if (end == EndKind::kRefused) return HandshakeOutcome::kRefused;
  if (has_seen(connection, seen::kSyn) && connection.syn_ack && connection.handshake_ack) {
    return HandshakeOutcome::kComplete;
  }
  if (!connection.handshake_ack && (end == EndKind::kResetByClient || end == EndKind::kResetByServer)) {
    return HandshakeOutcome::kReset;
  }
  return is_unanswered(connection) ? HandshakeOutcome::kUnanswered : HandshakeOutcome::kPartial;
}

ConnState conn_state(const Connection& connection) {
  const bool client_known = has_seen(connection, seen::kSyn);
  const bool server_known = connection.syn_ack.has_value();
  switch (end_of(connection).kind) {
    case EndKind::kRefused:
      return ConnState::kREJ;
    case EndKind::kResetByServer:
      return client_known ? ConnState::kRSTR : ConnState::kRSTRH;
    case EndKind::kResetByClient:
      return server_known ? ConnState::kRSTO : ConnState::kRSTOS0;
    case EndKind::kFinBoth:
    case EndKind::kFinUnacked:
      return ConnState::kSF;
    case EndKind::kFinByClient:
      return server_known ? ConnState::kS2 : ConnState::kSH;
    case EndKind::kFinByServer:
      return client_known ? ConnState::kS3 : ConnState::kSHR;
    case EndKind::kUnanswered:
      return ConnState::kS0;
    case EndKind::kOpen:
      return client_known && server_known ? ConnState::kS1 : ConnState::kOther;
  }
  return ConnState::kOther;
}

char* put_history(char* out, std::uint64_t history, unsigned client) {
  constexpr std::string_view kClient = "?SHADFRWT";
  constexpr std::string_view kServer = "?shadfrwt";
  constexpr std::uint64_t kMask = (1U << format::kHistoryBits) - 1;
  constexpr std::uint64_t kCodesOfA = 8;
  std::uint64_t rest = history;
  for (unsigned i = 0; i < format::kHistoryEntries && (rest & kMask) != 0; ++i, rest >>= format::kHistoryBits) {
    const std::uint64_t code = rest & kMask;
    const unsigned side = code > kCodesOfA ? 1 : 0;
    const std::size_t letter = code - side * kCodesOfA;
    if (letter >= kClient.size()) return out;  // no code of this version
    *out++ = (side == client ? kClient : kServer)[letter];
  }
  return out;
}

}  // namespace pcapsule::analysis
