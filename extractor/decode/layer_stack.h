// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "extractor/decode/segment.h"

namespace pcapsule::decode {

/// A header on the way from the link layer to TCP. Values live in memory only;
/// record files hold the text of a stack.
enum class Layer : std::uint8_t {
  kNone = 0,
  kMore,  ///< stands for the headers that found no room in the stack
  kEthernet,
  kLinuxCooked,
  kBsdLoopback,
  kRaw,
  kPpp,
  kPppoe,
  kVlan,
  kServiceVlan,
  kLlc,
  kMpls,
  kIpv4,
  kIpv6,
  kHopByHop,
  kRouting,
  kFragment,
  kDestination,
  kShim6,
  kAuthentication,
  kIcmp,
  kIcmpv6,
  kTcp,
  kLayers  ///< number of the values above
};

inline constexpr unsigned kLayerBits = 5;
inline constexpr std::size_t kStackLayers = 64 / kLayerBits;
static_assert(static_cast<unsigned>(Layer::kLayers) <= 1u << kLayerBits);

/// Adds `layer` inside of `stack`. A stack holds kStackLayers; in a deeper one the
/// outermost and the innermost are kept, with one kMore in place of the others.
constexpr void push(LayerStack& stack, Layer layer) {
  constexpr std::uint64_t kMask = (1u << kLayerBits) - 1;
  constexpr std::uint64_t kOutermost = kMask << (kLayerBits * (kStackLayers - 1));
  if ((stack.packed & kOutermost) != 0) {
    stack.packed &= ~((kMask << kLayerBits) | kMask);
    stack.packed |= (std::uint64_t{static_cast<std::uint8_t>(Layer::kMore)} << kLayerBits);
    stack.packed |= static_cast<std::uint8_t>(layer);
    return;
  }
  stack.packed = (stack.packed << kLayerBits) | static_cast<std::uint8_t>(layer);
}

/// Innermost layer of `stack`; kNone of an empty one.
constexpr Layer innermost(LayerStack stack) { return static_cast<Layer>(stack.packed & ((1u << kLayerBits) - 1)); }

/// Outermost first, `eth:vlan:ip:tcp`: the names of Wireshark's frame.protocols,
/// without its `ethertype`, which is no header.
std::string to_text(LayerStack stack);

}  // namespace pcapsule::decode
