// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection.h"

namespace pcapsule::verify {

/// The events that the connection table claims of a connection, each a SYN, SYN-ACK, ACK, FIN or RST: a bit each.
using EventClaims = std::uint16_t;

/// All that are claimed.
EventClaims event_claims(const read::Connection& connection);

/// Those that a row of the connection bears out: its frame, time and flags, of a FIN or RST its sender, and of a RST
/// its numbers.
EventClaims claims_borne_out(const read::Connection& connection, const read::SegmentChunk& chunk, std::size_t row);

/// The first of some claims, as `SYN-ACK in frame 7`. REQUIRES: there is one.
std::string first_claim(const read::Connection& connection, EventClaims claims);

}  // namespace pcapsule::verify
