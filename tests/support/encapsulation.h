// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/byte_buffer.h"

/// Headers around a packet, one function each: `ethernet(vlan(5, packet), 0x8100)`.
/// Those that name their payload by an EtherType find IPv4 or IPv6 by its version nibble
/// unless told otherwise.
namespace pcapsule::test {

inline constexpr std::uint32_t kByVersion = 0;

Bytes ethernet(const Bytes& payload, std::uint32_t ether_type = kByVersion);
/// 802.3: a length in place of the EtherType; `length` below 0 is the payload's own.
Bytes ethernet_llc(const Bytes& llc, int length = -1);
/// A tag without its own EtherType, which the header outside of it names.
Bytes vlan_tag(std::uint32_t tag_control, const Bytes& payload, std::uint32_t ether_type = kByVersion);
Bytes llc_snap(const Bytes& payload, std::uint32_t organisation = 0, std::uint32_t ether_type = kByVersion);
Bytes mpls_label(std::uint32_t label, bool bottom, const Bytes& payload);
/// PPPoE session with an uncompressed protocol field; `length` below 0 is the true one.
Bytes pppoe(const Bytes& payload, int length = -1);
Bytes linux_cooked(const Bytes& payload, std::uint32_t protocol = kByVersion, std::uint32_t device_type = 1);
Bytes linux_cooked2(const Bytes& payload, std::uint32_t protocol = kByVersion, std::uint32_t device_type = 1);

/// An ICMP or ICMPv6 message of 8 bytes, then `quote`. No checksum.
Bytes icmp(std::uint32_t type, std::uint32_t code, const Bytes& quote);

/// An IPv6 extension header of the common form, `body` padded to whole 8 bytes.
Bytes ipv6_extension(std::uint8_t next_header, Bytes body, const Bytes& payload);
Bytes ipv6_fragment(std::uint8_t next_header, std::uint32_t offset_units, bool more, const Bytes& payload);
Bytes authentication(std::uint8_t next_header, std::size_t check_value_bytes, const Bytes& payload);

/// `before` followed by `after`.
Bytes join(Bytes before, const Bytes& after);

}  // namespace pcapsule::test
