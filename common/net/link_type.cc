// SPDX-License-Identifier: Apache-2.0
#include "common/net/link_type.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pcapsule {
namespace {

struct LinkTypeName {
  std::uint16_t number;
  std::string_view name;
};

/// Those we read, and those whose name helps somebody whose capture we refuse
/// (tcpdump.org/linktypes). By ascending number.
constexpr std::array kNames = std::to_array<LinkTypeName>({
    {0, "BSD loopback"},
    {1, "Ethernet"},
    {6, "Token Ring"},
    {7, "ARCNET"},
    {8, "SLIP"},
    {9, "PPP"},
    {10, "FDDI"},
    {12, "raw IP, BSD"},
    {14, "raw IP, OpenBSD"},
    {50, "PPP in HDLC framing"},
    {51, "PPPoE"},
    {99, "Symantec Enterprise Firewall"},
    {100, "ATM, RFC 1483"},
    {101, "raw IP"},
    {104, "Cisco HDLC"},
    {105, "IEEE 802.11"},
    {106, "classical IP over ATM"},
    {107, "Frame Relay"},
    {108, "OpenBSD loopback"},
    {109, "BSD IPsec"},
    {113, "Linux cooked v1"},
    {117, "OpenBSD pflog"},
    {119, "IEEE 802.11 with Prism header"},
    {122, "IP over Fibre Channel"},
    {127, "IEEE 802.11 with radiotap header"},
    {128, "TZSP"},
    {129, "ARCNET, Linux"},
    {138, "IP over IEEE 1394"},
    {163, "IEEE 802.11 with AVS header"},
    {166, "PPP with direction, pppd"},
    {178, "Juniper Ethernet"},
    {179, "Juniper PPP"},
    {180, "Juniper Frame Relay"},
    {181, "Juniper Cisco HDLC"},
    {187, "Bluetooth HCI"},
    {189, "USB, Linux"},
    {192, "per-packet information"},
    {195, "IEEE 802.15.4"},
    {197, "ERF"},
    {201, "Bluetooth HCI with direction"},
    {204, "PPP with direction"},
    {220, "USB, Linux padded"},
    {227, "SocketCAN"},
    {228, "raw IPv4"},
    {229, "raw IPv6"},
    {230, "IEEE 802.15.4 without FCS"},
    {239, "NFLOG"},
    {242, "IP over InfiniBand"},
    {249, "USBPcap"},
    {251, "Bluetooth Low Energy"},
    {252, "Wireshark upper PDU"},
    {253, "Netlink"},
    {258, "PKTAP"},
    {276, "Linux cooked v2"},
});
static_assert(std::ranges::is_sorted(kNames, {}, &LinkTypeName::number));

}  // namespace

std::string to_text(LinkType type) {
  const auto number = static_cast<std::uint16_t>(type);
  const auto found = std::ranges::lower_bound(kNames, number, {}, &LinkTypeName::number);
  if (found == kNames.end() || found->number != number) return "link type " + std::to_string(number);
  return std::string(found->name) + " (" + std::to_string(number) + ")";
}

}  // namespace pcapsule
