// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/ip.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kIpv4HeaderBytes = 20;  // without options
constexpr std::size_t kIpv6HeaderBytes = 40;
constexpr std::uint16_t kFragmentOffset = 0x1fff;
constexpr std::uint16_t kMoreFragments = 0x2000;

/// The header that `protocol` announces; kStop for one we do not read.
constexpr Header next_header(std::uint8_t protocol) {
  switch (protocol) {
    case 0:
      return Header::kHopByHop;
    case 1:
      return Header::kIcmp;
    case 4:
      return Header::kIpv4;
    case 6:
      return Header::kTcp;
    case 17:
      return Header::kUdp;
    case 41:
      return Header::kIpv6;
    case 43:
      return Header::kRouting;
    case 44:
      return Header::kFragment;
    case 47:
      return Header::kGre;
    case 51:
      return Header::kAuthentication;
    case 58:
      return Header::kIcmpv6;
    case 60:
      return Header::kDestination;
    case 97:
      return Header::kEtherIp;
    case 136:
      return Header::kUdpLite;
    case 137:
      return Header::kMpls;
    case 140:
      return Header::kShim6;
    case 143:
      return Header::kEthernet;
    default:
      return Header::kStop;
  }
}

/// Narrows the walk to `length_bytes` from here, as an IP header says (S2), and
/// notes when it says less or more than can be.
void apply_ip_length(Walk& walk, std::size_t length_bytes, bool is_known) {
  if (!is_known) {
    walk.oddities |= oddity::kLengthFromFrame;
    return;
  }
  if (length_bytes > walk.rest.wire_bytes()) walk.oddities |= oddity::kLengthCutToWire;
  walk.rest.narrow(length_bytes);
}

}  // namespace

Header header_for_ip_protocol(Walk& walk, std::uint8_t protocol) {
  walk.ip_protocol = protocol;
  const Header next = next_header(protocol);
  return next == Header::kStop ? walk.stop(Outcome::kNotTcp) : next;
}

Header header_for_version(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kIpHeaderCut);
  switch (bytes[0] >> 4) {
    case 4:
      return Header::kIpv4;
    case 6:
      return Header::kIpv6;
    default:
      return walk.stop(Outcome::kMalformedIp);
  }
}

Header stop_at_later_fragment(Walk& walk, std::uint8_t protocol) {
  walk.ip_protocol = protocol;
  const Header next = next_header(protocol);
  switch (next) {
    case Header::kStop:
    case Header::kIcmp:
    case Header::kIcmpv6:
    case Header::kUdp:  // most of it is no tunnel
    case Header::kUdpLite:
      return walk.stop(Outcome::kNotTcp);
    default:
      return walk.stop(Outcome::kLaterFragment);
  }
}

Header read_ipv4(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kIpHeaderCut);
  push(walk.layers, Layer::kIpv4);
  const unsigned version = bytes[0] >> 4;
  if (version == 6) return Header::kIpv6;  // as Wireshark: some senders announce both as IPv4
  if (version != 4) return walk.stop(Outcome::kMalformedIp);
  if (bytes.size() < kIpv4HeaderBytes) return walk.stop(Outcome::kIpHeaderCut);

  const std::size_t header_bytes = (bytes[0] & 0x0fu) * 4;
  const std::size_t total_bytes = load_be16(bytes.data() + 2);
  if (header_bytes < kIpv4HeaderBytes) return walk.stop(Outcome::kMalformedIp);
  if (total_bytes != 0 && total_bytes < header_bytes) return walk.stop(Outcome::kMalformedIp);
  const std::uint16_t fragment = load_be16(bytes.data() + 6);

  walk.oddities = (fragment & kMoreFragments) != 0 ? oddity::kFirstFragment : std::uint8_t{0};
  walk.without_length = false;
  walk.dscp_ecn = bytes[1];
  walk.ip_id = load_be16(bytes.data() + 4);
  walk.ttl = bytes[8];
  walk.source = IpAddress::v4(load_be32(bytes.data() + 12));
  walk.destination = IpAddress::v4(load_be32(bytes.data() + 16));
  apply_ip_length(walk, total_bytes, total_bytes != 0);
  if (!walk.rest.drop(header_bytes)) return walk.stop(Outcome::kIpHeaderCut);

  const std::uint8_t protocol = bytes[9];
  if ((fragment & kFragmentOffset) != 0) return stop_at_later_fragment(walk, protocol);
  return header_for_ip_protocol(walk, protocol);
}

Header read_ipv6(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.empty()) return walk.stop(Outcome::kIpHeaderCut);
  if (bytes[0] >> 4 != 6) return walk.stop(Outcome::kMalformedIp);
  if (bytes.size() < kIpv6HeaderBytes) return walk.stop(Outcome::kIpHeaderCut);
  push(walk.layers, Layer::kIpv6);

  const std::size_t payload_bytes = load_be16(bytes.data() + 4);
  // As Wireshark: an IPv6 packet in a first fragment is one too, whereas an IPv4 header says so for itself.
  walk.oddities &= oddity::kFirstFragment;
  walk.without_length = payload_bytes == 0;
  walk.dscp_ecn = static_cast<std::uint8_t>(load_be16(bytes.data()) >> 4);
  walk.ip_id = 0;
  walk.ttl = bytes[7];
  walk.source = IpAddress::v6(load_be64(bytes.data() + 8), load_be64(bytes.data() + 16));
  walk.destination = IpAddress::v6(load_be64(bytes.data() + 24), load_be64(bytes.data() + 32));
  walk.rest.drop(kIpv6HeaderBytes);
  apply_ip_length(walk, payload_bytes, payload_bytes != 0);
  return header_for_ip_protocol(walk, bytes[6]);
}

}  // namespace pcapsule::decode
