// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// LLC (IEEE 802.2). Three service access points lead to IP: 0xaa, SNAP; 0x06, IP
/// itself (RFC 948); 0xfe, an ISO protocol number (RFC 2684 section 5.1).
Header read_llc(Walk& walk);

/// SNAP (IEEE 802 clause 9.5), with `bridge_pad_bytes` before a bridged frame (RFC 2684 section 5.2; RFC 2427 has
/// none).
Header read_snap(Walk& walk, std::size_t bridge_pad_bytes);

/// What a network layer protocol identifier (ISO/IEC TR 9577) announces; the identifier is still ahead.
Header read_nlpid(Walk& walk);

}  // namespace pcapsule::decode
