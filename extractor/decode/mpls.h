// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// One label of a stack (RFC 3032 section 2.1), and behind the last one what its first four bits tell: IPv4, IPv6, or
/// Ethernet in a pseudowire (RFC 4448), with or without a control word.
Header read_mpls(Walk& walk);

}  // namespace pcapsule::decode
