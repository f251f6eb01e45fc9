// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/handshake_series.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace pcapsule::plot {

namespace {

using analysis::Leg;

SeriesId series_of(Leg leg) {
  return static_cast<SeriesId>(static_cast<unsigned>(SeriesId::kLegFirst) + static_cast<unsigned>(leg));
}

struct Latency {
  std::int64_t ns = 0;
  std::uint64_t frame = 0;
  std::uint32_t connection = 0;
};

/// nullopt: the connection does not have the leg.
std::optional<Latency> latency_of(const read::Connection& connection, Leg leg) {
  const auto time = analysis::handshake_legs(connection)[static_cast<std::size_t>(leg)].time;
  if (!time) return std::nullopt;
  const bool ends_with_syn_ack = leg == Leg::kSynToSynAckFirst || leg == Leg::kSynToSynAckLast;
  const auto& end = ends_with_syn_ack ? connection.syn_ack : connection.handshake_ack;
  return Latency{time->value, end ? end->frame : 0, connection.number};
}

}  // namespace

std::uint64_t put_handshakes(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen, Leg leg,
                             TimestampNs capture_start, PointSink& points) {
  std::uint64_t count = 0;
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!chosen.has(entry)) continue;
    const read::Connection connection = table.at(entry);
    const auto latency = latency_of(connection, leg);
    if (!latency) continue;
    points.connection(latency->connection);
    const std::int64_t since = (connection.first.time - capture_start).value;
    ++count;
    if (!points.put(series_of(leg), point_at(since, static_cast<double>(latency->ns), latency->frame))) break;
  }
  return count;
}

std::uint64_t put_distribution(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen, Leg leg,
                               PointSink& points) {
  std::vector<Latency> latencies;
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!chosen.has(entry)) continue;
    if (const auto latency = latency_of(table.at(entry), leg)) latencies.push_back(*latency);
  }
  std::ranges::sort(latencies, {}, [](const Latency& l) { return std::tuple(l.ns, l.connection); });
  double rank = 0;
  for (const Latency& latency : latencies) {
    const double share = ++rank / static_cast<double>(latencies.size());
    points.connection(latency.connection);
    if (!points.put(series_of(leg), point_at(latency.ns, share, latency.frame))) break;
  }
  return latencies.size();
}

}  // namespace pcapsule::plot
