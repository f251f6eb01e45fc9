// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/handshake_summary.h"

#include <algorithm>
#include <span>

#include "analyzer/analysis/quantile.h"

namespace pcapsule::analysis {

namespace {

LegSummary summary_of(std::vector<std::int64_t>& times) {
  LegSummary summary;
  summary.count = times.size();
  if (times.empty()) return summary;
  const std::span<std::int64_t> all(times);
  summary.greatest = {*std::ranges::max_element(all)};
  summary.least = {*std::ranges::min_element(all)};
  summary.p50 = {quantile(all, 50, 100)};
  summary.p90 = {quantile(all, 90, 100)};
  summary.p95 = {quantile(all, 95, 100)};
  summary.p99 = {quantile(all, 99, 100)};
  return summary;
}

std::optional<DurationNs> median(const LegSummary& leg) {
  return leg.count == 0 ? std::nullopt : std::optional(leg.p50);
}

std::uint64_t beyond_first(std::uint16_t count) { return count > 1 ? count - 1U : 0U; }

}  // namespace

HandshakeGroups::Key HandshakeGroups::key_of(const read::Connection& connection) const {
  switch (by_) {
    case HandshakeGroup::kServer:
      return {connection.server_side().endpoint, 0};
    case HandshakeGroup::kClient:
      return {{connection.client_side().endpoint.address, 0}, 0};
    case HandshakeGroup::kInterval:
      break;
  }
  const read::Moment& begin = connection.first_syn ? *connection.first_syn : connection.first;
  const DurationNs since = begin.time - origin_;
  const std::int64_t whole = since.value / interval_.value;
  // Rounds down: stamps may lie before the first frame's.
  return {{}, since.value % interval_.value < 0 ? whole - 1 : whole};
}

TimestampNs HandshakeGroups::start_of(std::int64_t interval) const {
  return origin_ + DurationNs{interval * interval_.value};
}

void HandshakeGroups::add(const read::Connection& connection) {
  const Key key = key_of(connection);
  Gathered& group = groups_[key];
  HandshakeSummary& summary = group.summary;
  summary.endpoint = key.endpoint;
  summary.start = start_of(key.interval);
  ++summary.connections;
  ++summary.outcomes[static_cast<std::size_t>(handshake_outcome(connection))];
  summary.repeated_syns += beyond_first(connection.own_syns());
  summary.repeated_syn_acks += beyond_first(connection.own_syn_acks());
  const HandshakeLegs legs = handshake_legs(connection);
  for (std::size_t leg = 0; leg < kLegs; ++leg) {
    if (legs[leg].time) group.legs[leg].push_back(legs[leg].time->value);
  }
}

std::vector<HandshakeSummary> HandshakeGroups::summarise() {
  std::vector<HandshakeSummary> out;
  out.reserve(groups_.size());
  for (auto& [key, group] : groups_) {
    for (std::size_t leg = 0; leg < kLegs; ++leg) group.summary.legs[leg] = summary_of(group.legs[leg]);
    const auto leg = [&summary = group.summary](Leg which) {
      return median(summary.legs[static_cast<std::size_t>(which)]);
    };
    group.summary.capture_point = capture_point(leg(Leg::kSynToSynAckLast), leg(Leg::kSynAckToAck));
    out.push_back(group.summary);
  }
  if (by_ == HandshakeGroup::kInterval) return out;
  std::ranges::stable_sort(out, std::ranges::greater(), &HandshakeSummary::connections);
  return out;
}

}  // namespace pcapsule::analysis
