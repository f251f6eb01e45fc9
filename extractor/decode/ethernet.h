// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// The header that `ether_type` announces, which becomes the walk's EtherType.
/// Up to 1500 it is a length, and LLC follows (IEEE 802.3 clause 3.2.6).
Header header_for_ether_type(Walk& walk, std::uint16_t ether_type);

/// As above where a length has no meaning: such a frame carries no IP packet.
Header header_for_type_only(Walk& walk, std::uint16_t ether_type);

/// Is it an EtherType whose payload this program or nearly every network knows?
bool is_common_ether_type(std::uint16_t ether_type);

// One step each: reads the header and yields the next.
Header read_ethernet(Walk& walk);
Header read_vlan(Walk& walk, Layer layer);

}  // namespace pcapsule::decode
