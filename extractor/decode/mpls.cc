// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/mpls.h"

#include "extractor/decode/ethernet.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kLabelBytes = 4;
constexpr std::size_t kControlWordBytes = 4;

/// Could a vendor's block of addresses hold it? Wireshark asks a list of them; those with the bit for local addresses
/// are hardly ever on it.
bool is_from_a_vendor(const std::uint8_t* mac) { return (mac[0] & 0x02) == 0; }

/// Nothing says whether there is a control word, of which the first four bits are 0: they may be those of a MAC
/// address. As Wireshark: an Ethernet header between vendors' addresses with a type that makes sense needs no control
/// word. A length makes less sense than an EtherType four bytes on.
bool looks_like_ethernet(ByteView bytes) {
  constexpr std::size_t kHeaderBytes = 14, kTypeAt = 12;
  constexpr std::uint16_t kGreatest8023Length = 1500;
  if (bytes.size() < kHeaderBytes) return false;
  if (!is_from_a_vendor(bytes.data()) || !is_from_a_vendor(bytes.data() + 6)) return false;
  const std::uint16_t type = load_be16(bytes.data() + kTypeAt);
  if (type > kGreatest8023Length) return is_common_ether_type(type);
  const bool has_other_type = bytes.size() >= kHeaderBytes + kControlWordBytes &&
                              is_common_ether_type(load_be16(bytes.data() + kTypeAt + kControlWordBytes));
  return !has_other_type;
}

Header read_pseudowire(Walk& walk) {
  if (looks_like_ethernet(walk.rest.captured())) {
    push(walk.layers, Layer::kPseudowire);
    return Header::kEthernet;
  }
  push(walk.layers, Layer::kControlWord);
  return walk.rest.drop(kControlWordBytes) ? Header::kEthernet : walk.stop(Outcome::kLinkHeaderCut);
}

}  // namespace

Header read_mpls(Walk& walk) {
  constexpr std::uint32_t kGenericAssociatedChannel = 13;  // RFC 5586: the payload is no packet
  constexpr std::uint32_t kOamAlert = 14;                  // RFC 3429: neither
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLabelBytes) return walk.stop(Outcome::kLinkHeaderCut);
  const std::uint32_t entry = load_be32(bytes.data());
  const std::uint32_t label = entry >> 12;
  const bool is_bottom = (entry & 0x100) != 0;
  if (innermost(walk.layers) != Layer::kMpls) push(walk.layers, Layer::kMpls);
  walk.rest.drop(kLabelBytes);
  if (!is_bottom) return Header::kMpls;
  if (label == kGenericAssociatedChannel || label == kOamAlert) return walk.stop(Outcome::kNotIp);
  if (walk.rest.captured_bytes() == 0) return walk.stop(Outcome::kLinkHeaderCut);
  switch (walk.rest.captured()[0] >> 4) {  // RFC 4928 section 3
    case 0:
      return read_pseudowire(walk);
    case 4:
      return Header::kIpv4;
    case 6:
      return Header::kIpv6;
    default:
      return walk.stop(Outcome::kNotIp);
  }
}

}  // namespace pcapsule::decode
