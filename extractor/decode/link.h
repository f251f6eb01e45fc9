// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/link_type.h"
#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// The outermost header of frames of `type`; kStop for a link type that is not read.
Header outermost_header(LinkType type);

/// The header that `ether_type` announces, which becomes the walk's EtherType.
/// Up to 1500 it is a length, and LLC follows (IEEE 802.3 clause 3.2.6).
Header header_for_ether_type(Walk& walk, std::uint16_t ether_type);

// One step each: reads the header and yields the next.
Header read_ethernet(Walk& walk);
Header read_linux_cooked(Walk& walk);
Header read_linux_cooked2(Walk& walk);
Header read_bsd_loopback(Walk& walk);
Header read_openbsd_loopback(Walk& walk);
Header read_raw(Walk& walk);
Header read_vlan(Walk& walk, Layer layer);
Header read_llc(Walk& walk);
Header read_mpls(Walk& walk);

}  // namespace pcapsule::decode
