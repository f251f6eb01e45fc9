// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

// Link layers of serial lines and virtual circuits. One step each.
Header read_cisco_hdlc(Walk& walk);
Header read_frame_relay(Walk& walk);  // RFC 2427, and Cisco's older encapsulation
Header read_juniper(Walk& walk, Header link);
Header read_erf(Walk& walk);  // Endace ERF record types for Ethernet, PPP or Cisco HDLC, and IP

}  // namespace pcapsule::decode
