// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// Local networks other than Ethernet. One step each.
Header read_fddi(Walk& walk);          // ISO 9314-2; RFC 1390
Header read_token_ring(Walk& walk);    // IEEE 802.5; RFC 1042
Header read_arcnet(Walk& walk);        // RFC 1201 and RFC 1051
Header read_linux_arcnet(Walk& walk);  // with the offset that Linux puts in
Header read_ipoib(Walk& walk);         // RFC 4391
Header read_ap1394(Walk& walk);
Header read_ip_over_fibre_channel(Walk& walk);  // RFC 4338
Header read_symantec(Walk& walk);

}  // namespace pcapsule::decode
