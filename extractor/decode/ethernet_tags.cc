// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/ethernet_tags.h"

#include "extractor/decode/ethernet.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kTypeBytes = 2;

/// A header of `before_bytes`, then an EtherType; a length in its place leads nowhere, as in Wireshark.
Header read_tag(Walk& walk, Layer layer, std::size_t before_bytes) {
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(before_bytes + kTypeBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, layer);
  return header_for_type_only(walk, load_be16(bytes.data() + before_bytes));
}

}  // namespace

Header read_backbone_tag(Walk& walk) {
  constexpr std::size_t kTagBytes = 4, kAddressesBytes = 12;
  // Wireshark's name for it behind a backbone VLAN tag is that tag's alone.
  if (innermost(walk.layers) != Layer::kServiceVlan)
    return read_tag(walk, Layer::kBackboneTag, kTagBytes + kAddressesBytes);
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kTagBytes + kAddressesBytes + kTypeBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  return header_for_type_only(walk, load_be16(bytes.data() + kTagBytes + kAddressesBytes));
}

Header read_cisco_metadata(Walk& walk) { return read_tag(walk, Layer::kCiscoMetadata, 6); }

Header read_vn_tag(Walk& walk) {
  constexpr std::size_t kTagBytes = 4;
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kTagBytes + kTypeBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kVnTag);
  return header_for_ether_type(walk, load_be16(bytes.data() + kTagBytes));
}

Header read_e_tag(Walk& walk) { return read_tag(walk, Layer::kETag, 6); }

Header read_hsr(Walk& walk) { return read_tag(walk, Layer::kHsr, 4); }

Header read_redundancy_tag(Walk& walk) { return read_tag(walk, Layer::kRedundancyTag, 4); }

Header read_macsec(Walk& walk) {
  constexpr std::uint8_t kHasChannel = 0x20, kIsEncryptedOrChanged = 0x0c;
  constexpr std::size_t kTagBytes = 6, kChannelBytes = 8, kCheckValueBytes = 16;
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kLinkHeaderCut);
  if ((bytes[0] & kIsEncryptedOrChanged) != 0) return walk.stop(Outcome::kEncrypted);
  walk.rest.drop_trailer(kCheckValueBytes);
  return read_tag(walk, Layer::kMacsec, (bytes[0] & kHasChannel) != 0 ? kTagBytes + kChannelBytes : kTagBytes);
}

Header read_trill(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 6;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kHeaderBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t option_words = (load_be16(bytes.data()) >> 6) & 0x1fu;
  push(walk.layers, Layer::kTrill);
  return walk.rest.drop(kHeaderBytes + 4 * option_words) ? Header::kEthernet : walk.stop(Outcome::kLinkHeaderCut);
}

/// Cisco FabricPath: outer addresses and 0x8903 look like Ethernet; a tag and the whole frame of the edge follow, with
/// a check sequence over all of it.
Header read_fabric_path(Walk& walk) {
  constexpr std::size_t kTagBytes = 2, kCheckBytes = 4;
  if (!walk.rest.drop(kTagBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  walk.rest.drop_trailer(kCheckBytes);
  push(walk.layers, Layer::kFabricPath);
  return Header::kEthernet;
}

Header read_batman(Walk& walk) {
  constexpr std::uint8_t kUnicast = 0x40, kVersion = 15;
  constexpr std::size_t kUnicastBytes = 10;
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 2) return walk.stop(Outcome::kLinkHeaderCut);
  if (bytes[0] != kUnicast || bytes[1] != kVersion) return walk.stop(Outcome::kNotIp);
  push(walk.layers, Layer::kBatman);
  return walk.rest.drop(kUnicastBytes) ? Header::kEthernet : walk.stop(Outcome::kLinkHeaderCut);
}

}  // namespace pcapsule::decode
