// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "extractor/decode/walk.h"

namespace pcapsule::decode {

/// The header that an IP protocol number announces; kept in the walk. kStop with
/// kNotTcp where it leads no further.
Header header_for_ip_protocol(Walk& walk, std::uint8_t protocol);

/// IPv4 or IPv6 by the version nibble ahead; kStop with kMalformedIp for another.
Header header_for_version(Walk& walk);

/// Ends the walk at a fragment other than the first, whose datagram holds
/// `protocol`: it has no TCP header (S4).
Header stop_at_later_fragment(Walk& walk, std::uint8_t protocol);

/// IPv4 (RFC 791). A version nibble of 6 leads to IPv6, whatever announced IPv4.
Header read_ipv4(Walk& walk);

/// IPv6 (RFC 8200).
Header read_ipv6(Walk& walk);

}  // namespace pcapsule::decode
