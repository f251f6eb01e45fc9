// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/decode_outcome.h"

namespace pcapsule::decode {
namespace {

struct OutcomeText {
  Outcome outcome;
  std::string_view name;
  std::string_view description;
};

constexpr std::array<OutcomeText, kOutcomes> kTexts = {{
    {Outcome::kSegment, "segment", "TCP segments"},
    {Outcome::kMalformedTcp, "malformed_tcp",
     "TCP headers whose data offset is below 5 or that reach beyond their IP packet"},
    {Outcome::kQuotedTcp, "quoted_tcp", "TCP headers quoted in an ICMP or ICMPv6 error"},
    {Outcome::kNotIp, "not_ip", "frames that carry no IP packet"},
    {Outcome::kNotTcp, "not_tcp", "IP packets that carry no TCP"},
    {Outcome::kLaterFragment, "later_fragment", "IP fragments other than the first, and fragments of 802.11 frames"},
    {Outcome::kLinkHeaderCut, "link_header_cut", "frames that end inside the link header"},
    {Outcome::kIpHeaderCut, "ip_header_cut", "frames that end inside the IP header or its extension headers"},
    {Outcome::kTcpHeaderCut, "tcp_header_cut", "TCP packets that end inside the first 16 bytes of the TCP header"},
    {Outcome::kMalformedIp, "malformed_ip", "IP packets with an impossible version or header length"},
    {Outcome::kTooDeep, "too_deep", "frames with more nested headers than this program follows"},
    {Outcome::kUnsupportedLink, "unsupported_link", "frames of a link type that this program does not read"},
    {Outcome::kUnsupportedNetwork, "unsupported_network",
     "frames whose link header names its payload in a way that this program does not follow"},
    {Outcome::kTunnelHeaderCut, "tunnel_header_cut", "frames that end inside the header of a tunnel"},
    {Outcome::kEncrypted, "encrypted", "frames encrypted on the link (802.11, MACsec)"},
}};

constexpr bool in_order_of_outcome() {
  for (std::size_t i = 0; i < kTexts.size(); ++i)
    if (static_cast<std::size_t>(kTexts[i].outcome) != i) return false;
  return true;
}
static_assert(in_order_of_outcome());

}  // namespace

std::string_view to_text(Outcome outcome) { return kTexts[static_cast<std::size_t>(outcome)].name; }

std::string_view description(Outcome outcome) { return kTexts[static_cast<std::size_t>(outcome)].description; }

}  // namespace pcapsule::decode
