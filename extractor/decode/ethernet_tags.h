// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// Headers between Ethernet and the network, each announced by an EtherType. One step each.
Header read_backbone_tag(Walk& walk);    // IEEE 802.1ah I-tag, with the customer's addresses
Header read_cisco_metadata(Walk& walk);  // TrustSec security group tag
Header read_vn_tag(Walk& walk);
Header read_e_tag(Walk& walk);           // IEEE 802.1BR
Header read_hsr(Walk& walk);             // IEC 62439-3
Header read_redundancy_tag(Walk& walk);  // IEEE 802.1CB
Header read_macsec(Walk& walk);          // IEEE 802.1AE: readable unless encrypted
Header read_trill(Walk& walk);           // RFC 6325 section 3
Header read_fabric_path(Walk& walk);
Header read_batman(Walk& walk);  // B.A.T.M.A.N. advanced, unicast packets

}  // namespace pcapsule::decode
