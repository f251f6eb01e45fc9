// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pcapsule::analysis::compare {

/// Where the fault is (S52).
enum class Party : std::uint8_t { kNetwork, kServer, kClient, kBeyond, kInconclusive };
std::string_view to_text(Party party);

enum class Reason : std::uint8_t {
  // Of the network.
  kLoss,
  kDelay,
  kReordering,
  kLatency,
  kInjectedReset,
  // Of server and client.
  kThink,
  kZeroWindow,
  kDelayedAck,
  kReset,
  // Beyond the points.
  kLossBeyondNear,
  kLossBeyondFar,
  // Inconclusive.
  kNothingSlow,
  kNoOverlap,
  kNothingShared,
};
std::string_view to_text(Reason reason);

struct Verdict {
  Party party = Party::kInconclusive;
  Reason reason = Reason::kNothingSlow;
  std::int64_t amount_ns = 0;  ///< time that it cost; 0: not measured in time
  double share = 0;            ///< of the time that passed in all exchanges that have one; 1 at most
};

/// What a verdict is made from: time that people notice, by who took it, and events that cost none.
struct Findings {
  std::int64_t passed_ns = 0;  ///< in exchanges: stretches of them that go forward
  std::int64_t recovery_ns = 0;
  std::int64_t delay_ns = 0;
  /// Of server and client.
  struct Host {
    std::int64_t think_ns = 0;
    std::int64_t zero_window_ns = 0;
    std::int64_t delayed_ack_ns = 0;
    std::uint64_t resets = 0;
  };
  Host server;
  Host client;
  std::int64_t beyond_near_ns = 0;
  std::int64_t beyond_far_ns = 0;
  std::uint64_t lost = 0;
  std::uint64_t reordered = 0;
  std::uint64_t injected = 0;
  std::uint64_t lost_beyond_near = 0;
  std::uint64_t lost_beyond_far = 0;
  bool delay_rose = false;  ///< beyond the usual, by measured round trips or one-way delays
  std::optional<std::int64_t> least_round_trip_ns;
};

/// The party that took most of what people noticed, if it is a tenth of the time or more; else what
/// happened without costing much: resets, loss, delay, reordering, loss beyond; else nothing.
Verdict judge(const Findings& findings);

}  // namespace pcapsule::analysis::compare
