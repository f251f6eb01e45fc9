// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/byte_buffer.h"

namespace pcapsule::faults {

/// A capture of few frames whose record file has two columns of every kind: two connections of IPv4,
/// one of IPv6, options, SACK blocks, a retransmission, a VLAN tag, a cut header, a RST and a frame that is no TCP.
test::Bytes small_capture();

}  // namespace pcapsule::faults
