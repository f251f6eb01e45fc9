// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/analysis/connection_set.h"
#include "analyzer/analysis/handshake.h"
#include "analyzer/plot/points.h"
#include "analyzer/read/connection_table.h"

namespace pcapsule::plot {

/// The latency of every chosen connection that has the leg, by the time at which the connection
/// began; the frame is the one that ends the leg. Their number.
std::uint64_t put_handshakes(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen,
                             analysis::Leg leg, TimestampNs capture_start, PointSink& points);

/// The share of connections that had that latency or less, by latency: a point for every connection that has the
/// leg. Their number. 24 bytes a connection.
std::uint64_t put_distribution(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen,
                               analysis::Leg leg, PointSink& points);

}  // namespace pcapsule::plot
