// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/window_scale.h"

#include <algorithm>
#include <utility>

#include "analyzer/analysis/option_walk.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

using format::OfferState;
using read::Connection;

namespace {

std::int8_t clamped(std::uint8_t shift) { return static_cast<std::int8_t>(std::min(shift, kGreatestShift)); }

/// The window scale option that Wireshark is left with after an option area; nullopt: none well formed.
std::optional<std::uint8_t> last_window_scale(ByteView area) {
  std::optional<std::uint8_t> found;
  walk_options(area, [&found](ByteView option) {
    if (option[0] == option_kind::kWindowScale && option.size() == 3) found = option[2];
  });
  return found;
}

/// A segment with SYN has had its options read: W2.4.
void settle_syn(ShiftPair& state, unsigned side, bool has_ack) {
  std::int8_t& sender = state[side];
  std::int8_t& receiver = state[side ^ 1U];
  if (sender == kShiftUnknown) {
    sender = kShiftUnused;
    receiver = kShiftUnused;
  } else if (has_ack && receiver == kShiftUnused) {
    sender = kShiftUnused;
  }
}

void apply_offer(ShiftPair& state, const read::Side& sender, unsigned side, bool has_ack) {
  if (sender.window_scale() == OfferState::kPresent) state[side] = clamped(sender.shift);
  settle_syn(state, side, has_ack);
}

/// Does the table hold all that Wireshark reacted to? SYN-ACKs that answered
/// nothing, or were repeated, do not stand in it; nor why options are unknown.
bool table_suffices(const Connection& connection) {
  if (connection.has_mark(format::connection_mark::kScaleIrregular)) return false;
  if (connection.first_syn && connection.client_side().window_scale() == OfferState::kUnknown) return false;
  if (connection.syn_ack && connection.server_side().window_scale() == OfferState::kUnknown) return false;
  return connection.syn_acks == (connection.syn_ack ? 1 : 0);
}

}  // namespace

std::optional<ShiftTimeline> ShiftTimeline::from(const Connection& connection) {
  if (!table_suffices(connection)) return std::nullopt;
  ShiftTimeline timeline;
  const unsigned client = connection.client;
  const unsigned server = client ^ 1U;
  ShiftPair state = kShiftsAtStart;
  if (connection.first_syn) {
    apply_offer(state, connection.client_side(), client, false);
    timeline.steps_[1] = {connection.first_syn->frame, state};
  }
  if (connection.syn_ack) {
    if (connection.first_syn && connection.syn_ack->frame < connection.first_syn->frame) return std::nullopt;
    apply_offer(state, connection.server_side(), server, true);
    timeline.steps_[0] = std::exchange(timeline.steps_[1], {connection.syn_ack->frame, state});
  }
  return timeline;
}

void ShiftReplay::feed(const OptionRow& row) {
  if ((row.oddities & oddity::kBadDataOffset) != 0 || row.fixed_header_cut) return;
  if (const auto shift = last_window_scale(row.options)) state_[row.side] = clamped(*shift);
  const bool broken = (row.oddities & oddity::kOptionsBroken) != 0;
  if (row.word.has(tcp_flag::kSyn) && !broken) settle_syn(state_, row.side, row.word.has(tcp_flag::kAck));
}

std::string_view to_text(ScaleState state) {
  switch (state) {
    case ScaleState::kUnknown:
      return "unknown";
    case ScaleState::kNone:
      return "none";
    case ScaleState::kBoth:
      return "both";
    case ScaleState::kOneSided:
      return "one_sided";
    case ScaleState::kAssumed:
      return "assumed";
  }
  return "unknown";
}

WindowScale window_scale(const Connection& connection, std::optional<AssumedScale> assumed) {
  const unsigned client = connection.client;
  const unsigned server = client ^ 1U;
  const OfferState from_client = connection.side[client].window_scale();
  const OfferState from_server = connection.side[server].window_scale();
  const auto own = [&](unsigned side) {
    return std::optional<std::uint8_t>(std::min(connection.side[side].shift, kGreatestShift));
  };
  WindowScale result;
  if (from_client == OfferState::kAbsent || from_server == OfferState::kAbsent) {
    result.state = ScaleState::kNone;
    result.shift = {std::uint8_t{0}, std::uint8_t{0}};
  } else if (from_client == OfferState::kPresent && from_server == OfferState::kPresent) {
    result.state = ScaleState::kBoth;
    result.shift[client] = own(client);
    result.shift[server] = own(server);
  } else if (from_server == OfferState::kPresent) {
    // S25: a SYN-ACK may carry the option only if the SYN did (RFC 7323 section 2.2).
    result.state = ScaleState::kOneSided;
    result.shift[server] = own(server);
  } else if (from_client == OfferState::kPresent) {
    result.state = ScaleState::kOneSided;
  } else if (assumed) {
    result.state = ScaleState::kAssumed;
    result.shift[client] = std::min(assumed->client, kGreatestShift);
    result.shift[server] = std::min(assumed->server, kGreatestShift);
  }
  return result;
}

}  // namespace pcapsule::analysis
