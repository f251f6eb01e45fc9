// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// What capture cards and drivers put before an IEEE 802.11 frame. One step each.
Header read_radiotap(Walk& walk);  // radiotap.org
Header read_prism(Walk& walk);     // Prism, or AVS in its place, or nothing
Header read_avs(Walk& walk);

/// Per-packet information (CACE Technologies, version 1.0.10): a link type of its own and fields about the radio.
Header read_ppi(Walk& walk);

/// Apple's PKTAP: the interface, the process, and the link type of what follows.
Header read_pktap(Walk& walk);

}  // namespace pcapsule::decode
