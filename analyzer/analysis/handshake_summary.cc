// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/handshake_summary.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "analyzer/analysis/quantile.h"
#include "common/base/overflow.h"

namespace pcapsule::analysis {

namespace {

/// Each quantile is looked for among what the one before left above it.
LegSummary leg_summary(std::span<std::int64_t> times) {
  LegSummary summary;
  summary.count = times.size();
  if (times.empty()) return summary;
  const auto at = [&](std::size_t place) { return times.begin() + static_cast<std::ptrdiff_t>(place); };
  std::size_t before = 0;
  for (const auto& [percent, value] : {std::pair(50U, &summary.p50), std::pair(90U, &summary.p90),
                                       std::pair(95U, &summary.p95), std::pair(99U, &summary.p99)}) {
    const std::size_t place = quantile_place(times.size(), percent, 100);
    select_nth(times.subspan(before), place - before);
    *value = {times[place]};
    if (before == 0) summary.least = {*std::min_element(times.begin(), at(place + 1))};
    before = place;
  }
  summary.greatest = {*std::max_element(at(before), times.end())};
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

/// The times of one leg after the other, those of a group together.
class HandshakeGroups::TimesOfLeg {
 public:
  TimesOfLeg(std::span<const std::uint32_t> group, std::size_t groups)
      : group_(group), ns_(group.size()), end_(groups) {}

  void load(std::span<const std::int64_t> all_ns) {
    std::ranges::fill(end_, std::size_t{0});
    for (std::size_t i = 0; i < all_ns.size(); ++i) end_[group_[i]] += all_ns[i] >= 0 ? 1U : 0U;
    std::exclusive_scan(end_.begin(), end_.end(), end_.begin(), std::size_t{0});
    // Filling moves the beginnings to the ends.
    for (std::size_t i = 0; i < all_ns.size(); ++i) {
      if (all_ns[i] >= 0) ns_[end_[group_[i]]++] = all_ns[i];
    }
  }
  [[nodiscard]] std::span<std::int64_t> of(std::size_t group) {
    const std::size_t begin = group == 0 ? 0 : end_[group - 1];
    return std::span(ns_).subspan(begin, end_[group] - begin);
  }

 private:
  std::span<const std::uint32_t> group_;
  std::vector<std::int64_t> ns_;
  std::vector<std::size_t> end_;
};

/// Keys come from strangers, who could choose such as collide in a table of hashes. So a map tells the group; what
/// was told last of a hash is tried first.
std::uint32_t HandshakeGroups::group_of(const Key& key) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  constexpr unsigned kHashBits = 10;
  static_assert(kRecentGroups == 1U << kHashBits);
  const IpAddress& address = key.endpoint.address;
  const std::uint64_t mixed =
      address.low ^ address.high ^ static_cast<std::uint64_t>(key.interval) ^ std::uint64_t{key.endpoint.port} << 48;
  std::uint32_t& recent = recent_[(mixed * kOdd) >> (64 - kHashBits)];
  if (recent < groups_.size() && groups_[recent].key == key) return recent;
  const auto [place, is_new] = numbers_.try_emplace(key, static_cast<std::uint32_t>(groups_.size()));
  if (is_new) groups_.emplace_back().key = key;
  recent = place->second;
  return recent;
}

void HandshakeGroups::add(const read::Connection& connection) {
  const std::uint32_t number = group_of(key_of(connection));
  group_.push_back(number);
  Group& group = groups_[number];
  ++group.connections;
  ++group.outcomes[static_cast<std::size_t>(handshake_outcome(connection))];
  group.repeated_syns += beyond_first(connection.own_syns());
  group.repeated_syn_acks += beyond_first(connection.own_syn_acks());
  const HandshakeLegs legs = handshake_legs(connection);
  for (std::size_t leg = 0; leg < kLegs; ++leg) {
    leg_ns_[leg].push_back(legs[leg].time ? legs[leg].time->value : -1);
  }
}

std::vector<std::uint32_t> HandshakeGroups::ordered_groups() const {
  std::vector<std::uint32_t> order(groups_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [this](std::uint32_t a, std::uint32_t b) {
    const bool by_size = by_ != HandshakeGroup::kInterval && groups_[a].connections != groups_[b].connections;
    return by_size ? groups_[a].connections > groups_[b].connections : groups_[a].key < groups_[b].key;
  });
  return order;
}

HandshakeSummary HandshakeGroups::summary_of(const Group& group) const {
  HandshakeSummary summary;
  summary.endpoint = group.key.endpoint;
  summary.start = origin_ + DurationNs{saturating_multiply(group.key.interval, interval_.value)};
  summary.connections = group.connections;
  summary.outcomes = group.outcomes;
  summary.repeated_syns = group.repeated_syns;
  summary.repeated_syn_acks = group.repeated_syn_acks;
  return summary;
}

std::vector<HandshakeSummary> HandshakeGroups::summarise() const {
  const std::vector<std::uint32_t> order = ordered_groups();
  std::vector<HandshakeSummary> out;
  out.reserve(order.size());
  for (const std::uint32_t group : order) out.push_back(summary_of(groups_[group]));
  TimesOfLeg times(group_, groups_.size());
  for (std::size_t leg = 0; leg < kLegs; ++leg) {
    times.load(leg_ns_[leg]);
    for (std::size_t i = 0; i < order.size(); ++i) out[i].legs[leg] = leg_summary(times.of(order[i]));
  }
  for (HandshakeSummary& summary : out) {
    const auto leg = [&summary](Leg which) { return median(summary.legs[static_cast<std::size_t>(which)]); };
    summary.capture_point = capture_point(leg(Leg::kSynToSynAckLast), leg(Leg::kSynAckToAck));
  }
  return out;
}

}  // namespace pcapsule::analysis
