// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// UDP (RFC 768) and UDP-Lite (RFC 3828): leads on where one of the ports is that of a tunnel, as Wireshark's table of
/// ports has it. The lower port decides before the higher one.
Header read_udp(Walk& walk, Layer layer);

}  // namespace pcapsule::decode
