// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// GTP for user data (3GPP TS 29.281, TS 29.060), versions 1 and 0: a packet, or a frame, in a message T-PDU.
Header read_gtp(Walk& walk);

/// The port of GTP' (3GPP TS 32.295), on which Wireshark reads version 0 too.
Header read_gtp_prime(Walk& walk);

}  // namespace pcapsule::decode
