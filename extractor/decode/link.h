// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/link_type.h"
#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// The outermost header of frames of `type`; kStop for a link type that is not read.
Header outermost_header(LinkType type);

// One step each: reads the header and yields the next.
Header read_linux_cooked(Walk& walk);
Header read_linux_cooked2(Walk& walk);
Header read_bsd_loopback(Walk& walk);
Header read_openbsd_loopback(Walk& walk);
Header read_raw(Walk& walk);
Header read_atm_clip(Walk& walk);

}  // namespace pcapsule::decode
