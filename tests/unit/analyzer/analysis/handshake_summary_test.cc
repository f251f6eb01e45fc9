// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/handshake_summary.h"

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <vector>

#include "analyzer/analysis/quantile.h"

namespace pcapsule::analysis {
namespace {

constexpr std::uint32_t kServers = 3000;  // more than are remembered as recent

Endpoint server(std::uint32_t number) { return {IpAddress::v4(0xc0000000 + number % kServers), 443}; }

/// A handshake whose SYN-ACK came after `ns`, and whose ACK after one more; without one where `ns` is 0.
read::Connection connection(std::uint32_t number, std::int64_t ns) {
  read::Connection out;
  out.number = number;
  out.side[1].endpoint = server(number);
  out.first = {number + 1, {number}};
  out.seen = format::seen::kSyn;
  out.syns = 1;
  out.first_syn = out.last_syn = out.last_own_syn = out.first;
  if (ns == 0) return out;
  out.syn_ack = out.last_syn_ack = out.last_own_syn_ack = read::Moment{number + 2, {number + ns}};
  out.handshake_ack = read::Moment{number + 3, {number + ns + 1}};
  return out;
}

std::int64_t expected_quantile(std::vector<std::int64_t>& times, std::size_t percent) {
  std::ranges::sort(times);
  return times[quantile_place(times.size(), percent, 100)];
}

TEST(HandshakeGroups, HaveTheQuantilesOfTheirOwn) {
  HandshakeGroups groups(HandshakeGroup::kServer, DurationNs{1}, TimestampNs{});
  std::map<IpAddress, std::vector<std::int64_t>> expected;
  std::uint64_t state = 1;
  for (std::uint32_t i = 0; i < 10 * kServers + 7; ++i) {
    state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    const auto ns = static_cast<std::int64_t>(state >> 40) % 997;
    groups.add(connection(i, ns));
    if (ns > 0) expected[server(i).address].push_back(ns);
  }
  const auto found = groups.summarise();
  ASSERT_EQ(found.size(), kServers);
  for (std::size_t i = 0; i < found.size(); ++i) {
    // The first seven have one more; then by address.
    ASSERT_EQ(found[i].endpoint, server(static_cast<std::uint32_t>(i)));
    ASSERT_EQ(found[i].connections, i < 7 ? 11U : 10U);
    auto& times = expected[found[i].endpoint.address];
    const LegSummary& leg = found[i].legs[static_cast<std::size_t>(Leg::kSynToSynAckFirst)];
    ASSERT_EQ(leg.count, times.size());
    ASSERT_EQ(leg.p50.value, expected_quantile(times, 50));
    ASSERT_EQ(leg.p90.value, expected_quantile(times, 90));
    ASSERT_EQ(leg.p95.value, expected_quantile(times, 95));
    ASSERT_EQ(leg.p99.value, expected_quantile(times, 99));
    ASSERT_EQ(leg.least.value, *std::ranges::min_element(times));
    ASSERT_EQ(leg.greatest.value, *std::ranges::max_element(times));
    ASSERT_EQ(found[i].legs[static_cast<std::size_t>(Leg::kSynAckToAck)].greatest.value, 1);
    ASSERT_EQ(found[i].outcomes[static_cast<std::size_t>(HandshakeOutcome::kComplete)], times.size());
  }
}

TEST(HandshakeGroups, OfOneServerHaveQuantilesOfMany) {
  for (std::size_t count = 1; count < 300; ++count) {
    HandshakeGroups groups(HandshakeGroup::kServer, DurationNs{1}, TimestampNs{});
    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < count; ++i) times.push_back(static_cast<std::int64_t>(i * 7919 % count / 2 + 1));
    for (const std::int64_t ns : times) groups.add(connection(0, ns));
    const LegSummary leg = groups.summarise().at(0).legs[0];
    ASSERT_EQ(leg.p50.value, expected_quantile(times, 50)) << count;
    ASSERT_EQ(leg.p90.value, expected_quantile(times, 90)) << count;
    ASSERT_EQ(leg.p95.value, expected_quantile(times, 95)) << count;
    ASSERT_EQ(leg.p99.value, expected_quantile(times, 99)) << count;
    ASSERT_EQ(leg.least.value, *std::ranges::min_element(times)) << count;
    ASSERT_EQ(leg.greatest.value, *std::ranges::max_element(times)) << count;
  }
}

TEST(HandshakeGroups, AnIntervalThatBeginsBeforeTime) {
  HandshakeGroups groups(HandshakeGroup::kInterval, DurationNs{1'000'000'000'000'000'000}, TimestampNs{});
  read::Connection early = connection(0, 1);
  early.first_syn = early.first = read::Moment{1, {INT64_MIN + 1}};
  groups.add(early);
  const auto found = groups.summarise();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].start.value, INT64_MIN) << "as far back as there is a number";
}

}  // namespace
}  // namespace pcapsule::analysis
