// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "analyzer/read/connection.h"

namespace pcapsule::analysis {

/// What the frames of a connection that tshark prints add up to: its segments,
/// and the malformed and short headers among them, but not those that an ICMP
/// error quotes. [0] is endpoint A.
struct ConnectionTotals {
  read::Moment first;
  read::Moment last;
  std::array<std::uint64_t, 2> frames{};
  std::array<std::uint64_t, 2> bytes{};  ///< on the wire, link headers included
};

/// From the connection table alone: exact unless the connection has rows that are
/// no segments, of which the table holds no more than the number.
inline ConnectionTotals totals_of(const read::Connection& connection) {
  const auto& [a, b] = connection.side;
  return {connection.first, connection.last, {a.segments, b.segments}, {a.wire_bytes, b.wire_bytes}};
}

/// Does totals_of() say all?
inline bool totals_are_exact(const read::Connection& connection) { return connection.other_rows == 0; }

}  // namespace pcapsule::analysis
