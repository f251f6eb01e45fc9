// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// PPP as a link type: with or without the address and control bytes ff 03,
/// which the two ends may have agreed to leave out (RFC 1661 section 6.6).
/// Cisco HDLC where its addresses stand there.
Header read_ppp(Walk& walk);

/// A byte that says who sent the frame, then PPP.
Header read_ppp_with_direction(Walk& walk);

/// PPP whose address byte was replaced by that of the direction.
Header read_pppd(Walk& walk);

/// PPPoE session (RFC 2516 section 4), whose PPP never has ff 03.
Header read_pppoe(Walk& walk);

}  // namespace pcapsule::decode
