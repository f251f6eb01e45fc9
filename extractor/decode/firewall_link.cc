// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/firewall_link.h"

#include "extractor/decode/ip.h"

namespace pcapsule::decode {
namespace {

/// AF_INET6 of OpenBSD and NetBSD, FreeBSD, and macOS. AF_INET is 2.
constexpr std::uint32_t kFamilyV4 = 2, kFamilyV6 = 24, kFreeBsdFamilyV6 = 28, kDarwinFamilyV6 = 30;

}  // namespace

/// A list of fields, the packet in one of them; lengths in the byte order of the host, of which only the common one is
/// read.
Header read_nflog(Walk& walk) {
  constexpr std::size_t kFixedBytes = 4, kFieldHeaderBytes = 4;
  constexpr std::uint16_t kPayload = 9, kTypeMask = 0x7fff;
  if (!walk.rest.drop(kFixedBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  while (walk.rest.captured_bytes() >= kFieldHeaderBytes) {
    const ByteView bytes = walk.rest.captured();
    const std::size_t field_bytes = load_le16(bytes.data());
    if (field_bytes < kFieldHeaderBytes) return walk.stop(Outcome::kUnsupportedNetwork);
    if ((load_le16(bytes.data() + 2) & kTypeMask) == kPayload) {
      walk.rest.narrow(field_bytes);
      walk.rest.drop(kFieldHeaderBytes);
      push(walk.layers, Layer::kNflog);
      return header_for_version(walk);
    }
    if (!walk.rest.drop((field_bytes + 3) / 4 * 4)) break;
  }
  return walk.stop(Outcome::kLinkHeaderCut);
}

Header read_enc(Walk& walk) {
  constexpr std::size_t kHeaderBytes = 12;
  const ByteView bytes = walk.rest.captured();
  if (!walk.rest.drop(kHeaderBytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kEnc);
  for (const std::uint32_t family : {load_le32(bytes.data()), load_be32(bytes.data())}) {
    if (family == kFamilyV4) return Header::kIpv4;
    if (family == kFamilyV6) return Header::kIpv6;
  }
  return walk.stop(Outcome::kUnsupportedNetwork);
}

Header read_pflog(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < 2) return walk.stop(Outcome::kLinkHeaderCut);
  const std::size_t header_bytes = (bytes[0] + std::size_t{3}) / 4 * 4;
  const std::uint8_t family = bytes[1];
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kLinkHeaderCut);
  push(walk.layers, Layer::kPflog);
  if (family == kFamilyV4) return Header::kIpv4;
  const bool is_v6 = family == kFamilyV6 || family == kFreeBsdFamilyV6 || family == kDarwinFamilyV6;
  return is_v6 ? Header::kIpv6 : walk.stop(Outcome::kUnsupportedNetwork);
}

}  // namespace pcapsule::decode
