// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/decode_frame.h"

#include "extractor/decode/icmp.h"
#include "extractor/decode/ip.h"
#include "extractor/decode/ip_extension.h"
#include "extractor/decode/link.h"
#include "extractor/decode/ppp.h"
#include "extractor/decode/tcp.h"
#include "extractor/decode/walk.h"

namespace pcapsule::decode {
namespace {

/// Headers in one frame, link layer to TCP. More than any real encapsulation has:
/// a guard against frames made to be slow.
constexpr int kMaxLayers = 64;

Header read(Header header, Walk& walk) {
  switch (header) {
    case Header::kEthernet:
      return read_ethernet(walk);
    case Header::kLinuxCooked:
      return read_linux_cooked(walk);
    case Header::kLinuxCooked2:
      return read_linux_cooked2(walk);
    case Header::kBsdLoopback:
      return read_bsd_loopback(walk);
    case Header::kOpenBsdLoopback:
      return read_openbsd_loopback(walk);
    case Header::kPpp:
      return read_ppp(walk);
    case Header::kRaw:
      return read_raw(walk);
    case Header::kVlan:
      return read_vlan(walk, Layer::kVlan);
    case Header::kServiceVlan:
      return read_vlan(walk, Layer::kServiceVlan);
    case Header::kLlc:
      return read_llc(walk);
    case Header::kMpls:
      return read_mpls(walk);
    case Header::kPppoe:
      return read_pppoe(walk);
    case Header::kIpv4:
      return read_ipv4(walk);
    case Header::kIpv6:
      return read_ipv6(walk);
    case Header::kHopByHop:
      return read_hop_by_hop(walk);
    case Header::kRouting:
      return read_routing(walk);
    case Header::kFragment:
      return read_fragment(walk);
    case Header::kDestination:
      return read_destination(walk);
    case Header::kShim6:
      return read_shim6(walk);
    case Header::kAuthentication:
      return read_authentication(walk);
    case Header::kIcmp:
      return read_icmp(walk);
    case Header::kIcmpv6:
      return read_icmpv6(walk);
    case Header::kTcp:  // read by the caller, who has the batch
    case Header::kStop:
      break;
  }
  return Header::kStop;
}

Outcome decode(const RawFrame& frame, Walk& walk, SegmentBatch& batch) {
  Header next = outermost_header(frame.link_type);
  if (next == Header::kStop) return Outcome::kUnsupportedLink;
  for (int depth = 0; depth < kMaxLayers; ++depth) {
    next = read(next, walk);
    if (next == Header::kTcp) return append_tcp(walk, frame, batch);
    if (next == Header::kStop) return walk.outcome;
  }
  return Outcome::kTooDeep;
}

}  // namespace

Outcome decode_frame(const RawFrame& frame, SegmentBatch& batch, DecodeCounts& counts) {
  Walk walk(frame.bytes, frame.wire_bytes);
  Outcome outcome = decode(frame, walk, batch);
  // An error that quotes no readable TCP header is an ICMP packet like any other.
  if (walk.quoted_by != 0 && outcome != Outcome::kQuotedTcp) {
    outcome = Outcome::kNotTcp;
    walk.ip_protocol = walk.quoted_by;
  }
  counts.add(outcome);
  if (outcome == Outcome::kNotTcp) ++counts.by_ip_protocol[walk.ip_protocol];
  if (outcome == Outcome::kNotIp) ++counts.by_ether_type[walk.ether_type];
  return outcome;
}

bool reads(LinkType type) { return outermost_header(type) != Header::kStop; }

std::string readable_link_types() {
  std::string text;
  for (std::uint32_t number = 0; number <= 0xffff; ++number) {
    const auto type = static_cast<LinkType>(number);
    if (!reads(type)) continue;
    if (!text.empty()) text += ", ";
    text += to_text(type);
  }
  return text;
}

}  // namespace pcapsule::decode
