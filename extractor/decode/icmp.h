// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// An ICMP error quotes the packet that caused it, and a TCP header in it takes
// part in stream numbers (S12). Other messages end the walk as kNotTcp.
Header read_icmp(Walk& walk);    // RFC 792
Header read_icmpv6(Walk& walk);  // RFC 4443

}  // namespace pcapsule::decode
