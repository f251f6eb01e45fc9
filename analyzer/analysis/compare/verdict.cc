// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/verdict.h"

#include <algorithm>
#include <vector>

#include "common/base/overflow.h"

namespace pcapsule::analysis::compare {

namespace {

/// A party is to blame from this share of the time on.
constexpr double kBlamedShare = 0.1;
/// A host that takes its time from this one on where there are also events that need an explanation.
constexpr double kHostShare = 0.25;
/// Delays come and go with the load; longer ones are to blame from this share on.
constexpr double kDelayShare = 0.2;
/// A path that takes so long at its best is slow by itself.
constexpr std::int64_t kSlowPathNs = 200'000'000;

/// Time that one cause took.
struct Claim {
  Party party;
  Reason reason;
  std::int64_t ns;
};

void add_host(std::vector<Claim>& claims, Party party, const Findings::Host& host) {
  claims.push_back({party, Reason::kThink, host.think_ns});
  claims.push_back({party, Reason::kZeroWindow, host.zero_window_ns});
  claims.push_back({party, Reason::kDelayedAck, host.delayed_ack_ns});
}

std::int64_t sum_of(const std::vector<Claim>& claims, Party party) {
  std::int64_t sum = 0;
  for (const Claim& claim : claims) sum = saturating_add(sum, claim.party == party ? claim.ns : 0);
  return sum;
}

}  // namespace

std::string_view to_text(Party party) {
  switch (party) {
    case Party::kNetwork:
      return "network";
    case Party::kServer:
      return "server";
    case Party::kClient:
      return "client";
    case Party::kBeyond:
      return "beyond";
    case Party::kInconclusive:
      return "inconclusive";
  }
  return "";
}

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::kLoss:
      return "loss";
    case Reason::kDelay:
      return "delay";
    case Reason::kReordering:
      return "reordering";
    case Reason::kLatency:
      return "latency";
    case Reason::kInjectedReset:
      return "injected_reset";
    case Reason::kThink:
      return "think";
    case Reason::kZeroWindow:
      return "zero_window";
    case Reason::kDelayedAck:
      return "delayed_ack";
    case Reason::kReset:
      return "reset";
    case Reason::kLossBeyondNear:
      return "loss_beyond_near";
    case Reason::kLossBeyondFar:
      return "loss_beyond_far";
    case Reason::kNothingSlow:
      return "nothing_slow";
    case Reason::kNoOverlap:
      return "no_overlap";
    case Reason::kNothingShared:
      return "nothing_shared";
  }
  return "";
}

Verdict judge(const Findings& f) {
  std::vector<Claim> claims = {{Party::kNetwork, Reason::kLoss, f.recovery_ns},
                               {Party::kNetwork, Reason::kDelay, f.delay_ns},
                               {Party::kBeyond, Reason::kLossBeyondNear, f.beyond_near_ns},
                               {Party::kBeyond, Reason::kLossBeyondFar, f.beyond_far_ns}};
  add_host(claims, Party::kServer, f.server);
  add_host(claims, Party::kClient, f.client);
  const auto share = [&](std::int64_t ns) {
    return f.passed_ns > 0 ? static_cast<double>(ns) / static_cast<double>(f.passed_ns) : 0;
  };
  Party most = Party::kNetwork;
  for (const Party party : {Party::kServer, Party::kClient, Party::kBeyond}) {
    if (sum_of(claims, party) > sum_of(claims, most)) most = party;
  }
  const std::int64_t taken = sum_of(claims, most);
  const bool events =
      f.injected + f.server.resets + f.client.resets + f.lost + f.lost_beyond_near + f.lost_beyond_far > 0;
  const bool is_host = most == Party::kServer || most == Party::kClient;
  const bool is_delay = most == Party::kNetwork && f.delay_ns > f.recovery_ns;
  double blamed = kBlamedShare;
  if (is_host && events) blamed = kHostShare;
  if (is_delay) blamed = kDelayShare;
  if (share(taken) >= blamed) {
    std::erase_if(claims, [&](const Claim& claim) { return claim.party != most; });
    const auto greatest = std::ranges::max_element(claims, {}, &Claim::ns);
    return {most, greatest->reason, taken, share(taken)};
  }
  const auto without_time = [&](Party party, Reason reason, std::int64_t ns) {
    return Verdict{party, reason, ns, share(ns)};
  };
  if (f.injected > 0) return without_time(Party::kNetwork, Reason::kInjectedReset, 0);
  if (f.server.resets + f.client.resets > 0) {
    const Party party = f.server.resets >= f.client.resets ? Party::kServer : Party::kClient;
    return without_time(party, Reason::kReset, 0);
  }
  if (f.lost > 0) return without_time(Party::kNetwork, Reason::kLoss, f.recovery_ns);
  if (f.delay_rose && f.passed_ns == 0) return without_time(Party::kNetwork, Reason::kDelay, f.delay_ns);
  if (f.reordered > 0) return without_time(Party::kNetwork, Reason::kReordering, 0);
  if (f.lost_beyond_far + f.lost_beyond_near > 0) {
    const bool far = f.lost_beyond_far >= f.lost_beyond_near;
    return without_time(Party::kBeyond, far ? Reason::kLossBeyondFar : Reason::kLossBeyondNear,
                        far ? f.beyond_far_ns : f.beyond_near_ns);
  }
  if (f.least_round_trip_ns && *f.least_round_trip_ns >= kSlowPathNs) {
    return {Party::kNetwork, Reason::kLatency, *f.least_round_trip_ns, 0};  // of one round trip, not of all the time
  }
  return {};
}

}  // namespace pcapsule::analysis::compare
