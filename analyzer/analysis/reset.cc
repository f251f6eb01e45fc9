// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/reset.h"

#include <algorithm>

#include "analyzer/analysis/connection_state.h"
#include "common/net/tcp_seq.h"

namespace pcapsule::analysis {

using format::BaseSource;
using read::Connection;
using read::ResetEvent;
using read::Side;

namespace {

namespace mark = format::reset_mark;

bool has_sent(const ResetEvent& event, unsigned side) {
  return (event.marks & (side == 0 ? mark::kASent : mark::kBSent)) != 0;
}
bool has_acked(const ResetEvent& event, unsigned side) {
  return (event.marks & (side == 0 ? mark::kAAcked : mark::kBAcked)) != 0;
}

bool is_before(const std::optional<read::Moment>& moment, const ResetEvent& event) {
  return moment && moment->frame < event.at.frame;
}

/// What `side` had sent and its peer had not acknowledged.
std::optional<std::uint32_t> outstanding(const Connection& connection, const ResetEvent& event, unsigned side) {
  const Side& sender = connection.side[side];
  const unsigned peer = side ^ 1U;
  if (!has_sent(event, side)) return std::nullopt;
  if (!has_acked(event, peer)) {
    // Only a beginning that was seen says that there was nothing to acknowledge.
    const bool began = sender.base_source == BaseSource::kSyn || sender.base_source == BaseSource::kSynAck;
    return began && event.sent_end[side] == sender.base + 1 ? std::optional(0U) : std::nullopt;
  }
  const std::int32_t bytes = distance_bytes(TcpSeq{event.acked[peer]}, TcpSeq{event.sent_end[side]});
  if (bytes < 0) return std::nullopt;  // acknowledged was more than the capture shows
  // Nothing follows a FIN: while anything is outstanding the FIN is too, with the number it takes up.
  const bool fin = bytes > 0 && is_before(sender.fin, event);
  return static_cast<std::uint32_t>(bytes) - (fin ? 1U : 0U);
}

std::optional<bool> premature(const Reset& reset) {
  if (reset.kind != ResetKind::kAbort) return std::nullopt;
  const auto& [client, server] = reset.outstanding_bytes;
  if (reset.before_fin || client.value_or(0) > 0 || server.value_or(0) > 0) return true;
  if (!client || !server) return std::nullopt;
  return false;
}

ResetKind kind_of(const Connection& connection, const ConnectionEnd& end, const ResetEvent& event) {
  const bool reset =
      end.kind == EndKind::kRefused || end.kind == EndKind::kResetByClient || end.kind == EndKind::kResetByServer;
  if (reset && end.at->frame == event.at.frame) {
    return end.kind == EndKind::kRefused ? ResetKind::kRefused : ResetKind::kAbort;
  }
  if ((reset && end.at->frame < event.at.frame) || is_before(connection.close_ack, event)) return ResetKind::kLate;
  return ResetKind::kSuspect;
}

Reset reset_of(const Connection& connection, const ConnectionEnd& end, const ResetEvent& event) {
  const unsigned side = (event.marks & mark::kSentByB) != 0 ? 1 : 0;
  const Side& sender = connection.side[side];
  Reset reset;
  reset.kind = kind_of(connection, end, event);
  reset.by_client = side == connection.client;
  reset.at = event.at;
  reset.before_fin = !is_before(connection.side[side ^ 1U].fin, event);
  reset.outstanding_bytes = {outstanding(connection, event, connection.client),
                             outstanding(connection, event, connection.client ^ 1U)};
  reset.premature = premature(reset);
  reset.ttl = event.ttl;
  if (sender.ttl_least <= sender.ttl_greatest) {
    reset.odd_ttl = event.ttl < sender.ttl_least || event.ttl > sender.ttl_greatest;
  }
  return reset;
}

}  // namespace

std::string_view to_text(ResetKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"abort", "refused", "late", "suspect"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Reset> resets_of(const Connection& connection) {
  std::vector<Reset> resets;
  if (connection.resets.empty()) return resets;
  const ConnectionEnd end = end_of(connection);
  for (const ResetEvent& event : connection.resets) resets.push_back(reset_of(connection, end, event));
  std::ranges::sort(resets, {}, [](const Reset& reset) { return reset.at.frame; });
  return resets;
}

std::optional<Reset> main_reset(const Connection& connection) {
  const auto resets = resets_of(connection);
  if (resets.empty()) return std::nullopt;
  const auto end = std::ranges::find_if(resets, &Reset::is_end);
  return end != resets.end() ? *end : resets.front();
}

}  // namespace pcapsule::analysis
