// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "common/bytes/byte_cursor.h"
#include "extractor/decode/segment.h"

namespace pcapsule::decode {

/// Fills the fresh `options` from the option area of a TCP header (RFC 9293
/// section 3.1): `area_bytes` long, of which `available` was captured and lies
/// within the IP packet.
///
/// The walk and its breaks follow Wireshark, since a segment whose walk breaks
/// shows none of its tcp.analysis fields. Options before a break count.
/// REQUIRES: available.size() <= area_bytes <= 40.
void read_tcp_options(ByteView available, std::size_t area_bytes, TcpOptions& options);

}  // namespace pcapsule::decode
