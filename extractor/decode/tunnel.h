// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// Headers of tunnels, between a packet and the packet that it carries. One step each; Header::kMpls, kPpp and others
// stand directly in some. The walk ends as kNotTcp where a tunnel carries no frame or packet.
Header read_gre(Walk& walk);        // RFC 2784, RFC 2890, RFC 1701; PPTP (RFC 2637)
Header read_erspan(Walk& walk);     // draft-foschiano-erspan
Header read_vxlan(Walk& walk);      // RFC 7348
Header read_vxlan_gpe(Walk& walk);  // draft-ietf-nvo3-vxlan-gpe
Header read_geneve(Walk& walk);     // RFC 8926
Header read_nsh(Walk& walk);        // RFC 8300
Header read_l2tp(Walk& walk);       // RFC 2661; the payload of version 3 depends on control messages and is not read
Header read_teredo(Walk& walk);     // RFC 4380
Header read_ayiya(Walk& walk);      // draft-massar-v6ops-ayiya
Header read_lisp(Walk& walk);       // RFC 9300
Header read_ether_ip(Walk& walk);   // RFC 3378
Header read_tzsp(Walk& walk);       // TaZmen sniffer protocol
Header read_capwap(Walk& walk);     // RFC 5415 section 4.3, data channel
Header read_jmirror(Walk& walk);    // Juniper packet mirroring

}  // namespace pcapsule::decode
