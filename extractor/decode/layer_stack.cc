// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/layer_stack.h"

#include <string_view>

namespace pcapsule::decode {
namespace {

/// In the order of Layer.
constexpr std::array<std::string_view, static_cast<std::size_t>(Layer::kLayers)> kNames = {
    "",           "...", "eth",  "sll",    "null", "raw",          "ppp",          "pppoes",       "vlan",
    "ieee8021ad", "llc", "mpls", "ip",     "ipv6", "ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts",
    "shim6",      "ah",  "icmp", "icmpv6", "tcp",
};

}  // namespace

std::string to_text(LayerStack stack) {
  std::string text;
  for (std::size_t i = kStackLayers; i-- > 0;) {
    const auto layer = static_cast<std::size_t>((stack.packed >> (kLayerBits * i)) & ((1u << kLayerBits) - 1));
    if (layer == 0 || layer >= kNames.size()) continue;
    if (!text.empty()) text += ':';
    text += kNames[layer];
  }
  return text;
}

}  // namespace pcapsule::decode
