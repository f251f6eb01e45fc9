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
  kWlan,
  kWlanRadio,
  kRadiotap,
  kPrism,
  kAvs,
  kPpi,
  kPktap,
  kPacketData,
  kCiscoHdlc,
  kFrameRelay,
  kBridging,
  kOsi,
  kIpoib,
  kFddi,
  kTokenRing,
  kArcnet,
  kNflog,
  kEnc,
  kPflog,
  kAtmClip,
  kAp1394,
  kIpOverFibreChannel,
  kSymantec,
  kJuniper,
  kErf,
  kTzsp,
  kBackboneTag,
  kCiscoMetadata,
  kVnTag,
  kETag,
  kHsr,
  kRedundancyTag,
  kMacsec,
  kTrill,
  kFabricPath,
  kBatman,
  kNsh,
  kPseudowire,
  kControlWord,
  kUdp,
  kUdpLite,
  kGre,
  kErspan,
  kVxlan,
  kGeneve,
  kGtp,
  kGtpPrime,
  kL2tp,
  kTeredo,
  kAyiya,
  kLisp,
  kEtherIp,
  kCapwap,
  kJmirror,
  kLayers  ///< number of the values above
};

inline constexpr unsigned kLayerBits = 8;
inline constexpr std::size_t kLayersPerWord = 64 / kLayerBits;
inline constexpr std::size_t kStackLayers = 2 * kLayersPerWord;
static_assert(static_cast<unsigned>(Layer::kLayers) <= 1u << kLayerBits);

/// Adds `layer` inside of `stack`. A stack holds kStackLayers; in a deeper one the
/// outermost and the innermost are kept, with one kMore in place of the others.
constexpr void push(LayerStack& stack, Layer layer) {
  constexpr unsigned kOutermostShift = 64 - kLayerBits;
  constexpr std::uint64_t kMore = static_cast<std::uint8_t>(Layer::kMore);
  constexpr std::uint64_t kInnermostTwo = (std::uint64_t{1} << (2 * kLayerBits)) - 1;
  if ((stack.outer >> kOutermostShift) != 0) {
    stack.inner = (stack.inner & ~kInnermostTwo) | (kMore << kLayerBits) | static_cast<std::uint8_t>(layer);
    return;
  }
  stack.outer = (stack.outer << kLayerBits) | (stack.inner >> kOutermostShift);
  stack.inner = (stack.inner << kLayerBits) | static_cast<std::uint8_t>(layer);
}

/// Innermost layer of `stack`; kNone of an empty one.
constexpr Layer innermost(LayerStack stack) { return static_cast<Layer>(stack.inner & ((1u << kLayerBits) - 1)); }

/// Outermost first, `eth:vlan:ip:tcp`: the names of Wireshark's frame.protocols,
/// without its `ethertype`, which is no header.
std::string to_text(LayerStack stack);

}  // namespace pcapsule::decode
