// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// The headers between IP and TCP (RFC 8200 section 4). Wireshark follows them
// behind IPv4 too, and so do we. One step each.
Header read_hop_by_hop(Walk& walk);
Header read_routing(Walk& walk);
Header read_fragment(Walk& walk);
Header read_destination(Walk& walk);
Header read_shim6(Walk& walk);           // RFC 5533 section 5.1
Header read_authentication(Walk& walk);  // RFC 4302 section 2

}  // namespace pcapsule::decode
