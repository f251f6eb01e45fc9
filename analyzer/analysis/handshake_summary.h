// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/analysis/connection_state.h"
#include "analyzer/analysis/handshake.h"
#include "analyzer/read/connection.h"
#include "common/net/endpoint.h"

namespace pcapsule::analysis {

/// What handshakes are summed up by.
enum class HandshakeGroup : std::uint8_t {
  kServer,    ///< address and port
  kClient,    ///< address
  kInterval,  ///< of the first SYN's time; connections without one by their first frame
};

/// Least, greatest and quantiles of the legs of a group, by the nearest rank.
struct LegSummary {
  std::uint64_t count = 0;  ///< connections that have the leg; without any the rest means nothing
  DurationNs least;
  DurationNs p50, p90, p95, p99;
  DurationNs greatest;
};

struct HandshakeSummary {
  Endpoint endpoint;  ///< of kServer; of kClient with port 0
  TimestampNs start;  ///< of kInterval
  std::uint64_t connections = 0;
  std::array<std::uint64_t, kHandshakeOutcomes> outcomes{};  ///< by HandshakeOutcome
  std::uint64_t repeated_syns = 0;                           ///< beyond the first of each connection
  std::uint64_t repeated_syn_acks = 0;
  std::array<LegSummary, kLegs> legs;                   ///< by Leg
  CapturePoint capture_point = CapturePoint::kUnknown;  ///< by the medians of the two legs
};

/// Gathers the handshakes of connections by group. Memory: 36 bytes a connection, 200 a group.
class HandshakeGroups {
 public:
  /// `interval` and `origin`, where the first one begins, are those of kInterval; interval > 0.
  HandshakeGroups(HandshakeGroup by, DurationNs interval, TimestampNs origin)
      : by_(by), interval_(interval), origin_(origin) {}

  /// Makes room for this many connections at once.
  void reserve(std::uint64_t connections) {
    group_.reserve(connections);
    for (auto& times : leg_ns_) times.reserve(connections);
  }

  void add(const read::Connection& connection);

  /// Servers and clients with the most connections first, ties by address; intervals by time.
  [[nodiscard]] std::vector<HandshakeSummary> summarise() const;

 private:
  struct Key {
    Endpoint endpoint;
    std::int64_t interval = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Group {
    Key key;
    std::uint64_t connections = 0;
    std::array<std::uint64_t, kHandshakeOutcomes> outcomes{};
    std::uint64_t repeated_syns = 0;
    std::uint64_t repeated_syn_acks = 0;
  };
  class TimesOfLeg;
  static constexpr std::size_t kRecentGroups = 1024;

  [[nodiscard]] Key key_of(const read::Connection& connection) const;
  [[nodiscard]] std::uint32_t group_of(const Key& key);
  [[nodiscard]] std::vector<std::uint32_t> ordered_groups() const;
  [[nodiscard]] HandshakeSummary summary_of(const Group& group) const;

  HandshakeGroup by_;
  DurationNs interval_;
  TimestampNs origin_;
  std::vector<Group> groups_;
  std::map<Key, std::uint32_t> numbers_;               ///< of the groups
  std::array<std::uint32_t, kRecentGroups> recent_{};  ///< by hash; it may be wrong, or of no group
  // By connection, in the order of add().
  std::vector<std::uint32_t> group_;
  std::array<std::vector<std::int64_t>, kLegs> leg_ns_;  ///< by Leg; negative: there is none
};

}  // namespace pcapsule::analysis
