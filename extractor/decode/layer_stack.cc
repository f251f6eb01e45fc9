// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/layer_stack.h"

#include <string_view>

namespace pcapsule::decode {
namespace {

/// In the order of Layer. Wireshark notes two names for a pseudowire.
constexpr std::array<std::string_view, static_cast<std::size_t>(Layer::kLayers)> kNames = {
    "",
    "...",
    "eth",
    "sll",
    "null",
    "raw",
    "ppp",
    "pppoes",
    "vlan",
    "ieee8021ad",
    "llc",
    "mpls",
    "ip",
    "ipv6",
    "ipv6.hopopts",
    "ipv6.routing",
    "ipv6.fraghdr",
    "ipv6.dstopts",
    "shim6",
    "ah",
    "icmp",
    "icmpv6",
    "tcp",
    "wlan",
    "wlan_radio",
    "radiotap",
    "prism",
    "wlancap",
    "ppi",
    "pktap",
    "pcap_pktdata",
    "chdlc",
    "fr",
    "bcp_bpdu",
    "osi",
    "ipoib",
    "fddi",
    "tr",
    "arcnet",
    "nflog",
    "enc",
    "pflog",
    "clip",
    "ap1394",
    "ipfc",
    "symantec",
    "juniper",
    "erf",
    "tzsp",
    "ieee8021ah",
    "cmd",
    "vntag",
    "etag",
    "hsr",
    "ieee8021cb",
    "macsec",
    "trill",
    "cfp",
    "batadv",
    "nsh",
    "pwethheuristic:pwethnocw",
    "pwethheuristic:pwethcw",
    "udp",
    "udplite",
    "gre",
    "erspan",
    "vxlan",
    "geneve",
    "gtp",
    "gtpprime",
    "l2tp",
    "teredo",
    "ayiya",
    "lisp-data",
    "etherip",
    "capwap.data",
    "jmirror",
};

}  // namespace

std::string to_text(LayerStack stack) {
  std::string text;
  for (std::size_t i = kStackLayers; i-- > 0;) {
    const std::uint64_t word = i < kLayersPerWord ? stack.inner : stack.outer;
    const auto layer =
        static_cast<std::size_t>((word >> (kLayerBits * (i % kLayersPerWord))) & ((1u << kLayerBits) - 1));
    if (layer == 0 || layer >= kNames.size()) continue;
    if (!text.empty()) text += ':';
    text += kNames[layer];
  }
  return text;
}

}  // namespace pcapsule::decode
