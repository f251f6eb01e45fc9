// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/icmp.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kIcmpHeaderBytes = 8;

/// The walk goes on in the quoted packet. A message inside a quoted message keeps
/// the protocol of the outermost: that is what the frame carries.
Header enter_quote(Walk& walk, Header packet) {
  if (walk.quoted_by == 0) walk.quoted_by = walk.ip_protocol;
  walk.rest.drop(kIcmpHeaderBytes);
  return packet;
}

/// Redirects of IPv6 quote the packet inside of an option (RFC 4861 sections 4.5 and 4.6.3).
Header read_redirect(Walk& walk) {
  constexpr std::size_t kRedirectHeaderBytes = 40;
  constexpr std::uint8_t kRedirectedHeader = 4;
  if (!walk.rest.drop(kRedirectHeaderBytes)) return walk.stop(Outcome::kNotTcp);
  while (walk.rest.captured_bytes() >= 8) {
    const ByteView option = walk.rest.captured();
    const std::size_t option_bytes = std::size_t{option[1]} * 8;
    if (option_bytes == 0) break;
    if (option[0] == kRedirectedHeader) {
      walk.rest.narrow(option_bytes);
      return enter_quote(walk, Header::kIpv6);
    }
    if (!walk.rest.drop(option_bytes)) break;
  }
  return walk.stop(Outcome::kNotTcp);
}

}  // namespace

Header read_icmp(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  push(walk.layers, Layer::kIcmp);
  if (bytes.size() < kIcmpHeaderBytes) return walk.stop(Outcome::kNotTcp);
  switch (bytes[0]) {
    case 3:   // destination unreachable
    case 4:   // source quench
    case 11:  // time exceeded
    case 12:  // parameter problem
      return enter_quote(walk, Header::kIpv4);
    // A redirect (5) says nothing about the connection; Wireshark shows 8 bytes of its TCP header and numbers no
    // stream.
    default:
      return walk.stop(Outcome::kNotTcp);
  }
}

Header read_icmpv6(Walk& walk) {
  const ByteView bytes = walk.rest.captured();
  push(walk.layers, Layer::kIcmpv6);
  if (bytes.size() < kIcmpHeaderBytes) return walk.stop(Outcome::kNotTcp);
  switch (bytes[0]) {
    case 1:  // destination unreachable
    case 2:  // packet too big
    case 3:  // time exceeded
    case 4:  // parameter problem
      return enter_quote(walk, Header::kIpv6);
    case 137:
      return read_redirect(walk);
    default:
      return walk.stop(Outcome::kNotTcp);
  }
}

}  // namespace pcapsule::decode
