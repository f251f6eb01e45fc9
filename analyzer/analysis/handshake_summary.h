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

/// Gathers the handshakes of connections by group. Memory: 32 bytes a connection.
class HandshakeGroups {
 public:
  /// `interval` and `origin`, where the first one begins, are those of kInterval; interval > 0.
  HandshakeGroups(HandshakeGroup by, DurationNs interval, TimestampNs origin)
      : by_(by), interval_(interval), origin_(origin) {}

  void add(const read::Connection& connection);

  /// Servers and clients with the most connections first, ties by address; intervals by time.
  [[nodiscard]] std::vector<HandshakeSummary> summarise();

 private:
  struct Key {
    Endpoint endpoint;
    std::int64_t interval = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Gathered {
    HandshakeSummary summary;
    std::array<std::vector<std::int64_t>, kLegs> legs;
  };

  [[nodiscard]] Key key_of(const read::Connection& connection) const;
  [[nodiscard]] TimestampNs start_of(std::int64_t interval) const;

  HandshakeGroup by_;
  DurationNs interval_;
  TimestampNs origin_;
  std::map<Key, Gathered> groups_;
};

}  // namespace pcapsule::analysis
