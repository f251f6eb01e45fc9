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
    {50, "PPP in HDLC framing"},
    {51, "PPPoE"},
    {100, "ATM, RFC 1483"},
    {101, "raw IP"},
    {104, "Cisco HDLC"},
    {105, "IEEE 802.11"},
    {107, "Frame Relay"},
    {108, "OpenBSD loopback"},
    {113, "Linux cooked v1"},
    {117, "OpenBSD pflog"},
    {119, "IEEE 802.11 with Prism header"},
    {127, "IEEE 802.11 with radiotap header"},
    {129, "ARCNET, Linux"},
    {138, "IP over IEEE 1394"},
    {163, "IEEE 802.11 with AVS header"},
    {187, "Bluetooth HCI"},
    {189, "USB, Linux"},
    {192, "per-packet information"},
    {195, "IEEE 802.15.4"},
    {201, "Bluetooth HCI with direction"},
    {204, "PPP with direction"},
    {220, "USB, Linux padded"},
    {227, "SocketCAN"},
    {228, "raw IPv4"},
    {229, "raw IPv6"},
    {230, "IEEE 802.15.4 without FCS"},
    {239, "NFLOG"},
    {249, "USBPcap"},
    {251, "Bluetooth Low Energy"},
    {252, "Wireshark upper PDU"},
    {253, "Netlink"},
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
