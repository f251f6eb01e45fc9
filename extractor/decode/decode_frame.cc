// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/decode_frame.h"

#include <algorithm>

#include "extractor/decode/common_frame.h"
#include "extractor/decode/ethernet.h"
#include "extractor/decode/ethernet_tags.h"
#include "extractor/decode/firewall_link.h"
#include "extractor/decode/gtp.h"
#include "extractor/decode/icmp.h"
#include "extractor/decode/ip.h"
#include "extractor/decode/ip_extension.h"
#include "extractor/decode/lan_link.h"
#include "extractor/decode/link.h"
#include "extractor/decode/llc.h"
#include "extractor/decode/mpls.h"
#include "extractor/decode/ppp.h"
#include "extractor/decode/serial_link.h"
#include "extractor/decode/tcp.h"
#include "extractor/decode/tunnel.h"
#include "extractor/decode/udp.h"
#include "extractor/decode/walk.h"
#include "extractor/decode/wlan.h"
#include "extractor/decode/wlan_capture.h"

namespace pcapsule::decode {
namespace {

/// Headers in one frame, link layer to TCP. More than any real encapsulation has:
/// a guard against frames made to be slow.
constexpr int kMaxLayers = 64;

/// Tunnels, and what stands between Ethernet and IP.
Header read_tunnel(Header header, Walk& walk) {
  switch (header) {
    case Header::kBackboneTag:
      return read_backbone_tag(walk);
    case Header::kCiscoMetadata:
      return read_cisco_metadata(walk);
    case Header::kVnTag:
      return read_vn_tag(walk);
    case Header::kETag:
      return read_e_tag(walk);
    case Header::kHsr:
      return read_hsr(walk);
    case Header::kRedundancyTag:
      return read_redundancy_tag(walk);
    case Header::kMacsec:
      return read_macsec(walk);
    case Header::kTrill:
      return read_trill(walk);
    case Header::kFabricPath:
      return read_fabric_path(walk);
    case Header::kBatman:
      return read_batman(walk);
    case Header::kNsh:
      return read_nsh(walk);
    case Header::kUdp:
      return read_udp(walk, Layer::kUdp);
    case Header::kUdpLite:
      return read_udp(walk, Layer::kUdpLite);
    case Header::kGre:
      return read_gre(walk);
    case Header::kErspan:
      return read_erspan(walk);
    case Header::kVxlan:
      return read_vxlan(walk);
    case Header::kVxlanGpe:
      return read_vxlan_gpe(walk);
    case Header::kGeneve:
      return read_geneve(walk);
    case Header::kGtp:
      return read_gtp(walk);
    case Header::kGtpPrime:
      return read_gtp_prime(walk);
    case Header::kL2tp:
      return read_l2tp(walk);
    case Header::kTeredo:
      return read_teredo(walk);
    case Header::kAyiya:
      return read_ayiya(walk);
    case Header::kLisp:
      return read_lisp(walk);
    case Header::kEtherIp:
      return read_ether_ip(walk);
    case Header::kTzsp:
      return read_tzsp(walk);
    case Header::kCapwap:
      return read_capwap(walk);
    case Header::kJmirror:
      return read_jmirror(walk);
    default:
      return Header::kStop;
  }
}

/// Link layers other than those of nearly every capture.
Header read_rare_link(Header header, Walk& walk) {
  switch (header) {
    case Header::kWlan:
      return read_wlan(walk, {});
    case Header::kSwappedWlan:
      return read_wlan(walk, {.is_swapped = true});
    case Header::kAggregatedWlan:
      return read_aggregated(walk);
    case Header::kRadiotap:
      return read_radiotap(walk);
    case Header::kPrism:
      return read_prism(walk);
    case Header::kAvs:
      return read_avs(walk);
    case Header::kPpi:
      return read_ppi(walk);
    case Header::kPktap:
      return read_pktap(walk);
    case Header::kCiscoHdlc:
      return read_cisco_hdlc(walk);
    case Header::kFrameRelay:
      return read_frame_relay(walk);
    case Header::kPppWithDirection:
      return read_ppp_with_direction(walk);
    case Header::kPppd:
      return read_pppd(walk);
    case Header::kIpoib:
      return read_ipoib(walk);
    case Header::kFddi:
      return read_fddi(walk);
    case Header::kTokenRing:
      return read_token_ring(walk);
    case Header::kArcnet:
      return read_arcnet(walk);
    case Header::kLinuxArcnet:
      return read_linux_arcnet(walk);
    case Header::kNflog:
      return read_nflog(walk);
    case Header::kEnc:
      return read_enc(walk);
    case Header::kPflog:
      return read_pflog(walk);
    case Header::kAtmClip:
      return read_atm_clip(walk);
    case Header::kAp1394:
      return read_ap1394(walk);
    case Header::kIpOverFibreChannel:
      return read_ip_over_fibre_channel(walk);
    case Header::kSymantec:
      return read_symantec(walk);
    case Header::kJuniperEthernet:
      return read_juniper(walk, Header::kEthernet);
    case Header::kJuniperPpp:
      return read_juniper(walk, Header::kPpp);
    case Header::kJuniperFrameRelay:
      return read_juniper(walk, Header::kFrameRelay);
    case Header::kJuniperHdlc:
      return read_juniper(walk, Header::kCiscoHdlc);
    case Header::kErf:
      return read_erf(walk);
    default:
      return read_tunnel(header, walk);
  }
}

/// Headers behind IP.
Header read_behind_ip(Header header, Walk& walk) {
  switch (header) {
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
    default:
      return read_rare_link(header, walk);
  }
}

/// One step. The common headers first.
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
    default:
      return read_behind_ip(header, walk);
  }
}

/// Follows the headers from `next` on to one TCP header, if there is one.
Outcome follow(Header next, const RawFrame& frame, Walk& walk, SegmentBatch& batch) {
  for (int depth = 0; depth < kMaxLayers; ++depth) {
    next = read(next, walk);
    if (next == Header::kTcp) return append_tcp(walk, frame, batch);
    if (next == Header::kStop) return walk.outcome;
  }
  return Outcome::kTooDeep;
}

/// An error that quotes no readable TCP header is an ICMP packet like any other.
Outcome settle(Outcome outcome, Walk& walk) {
  if (walk.quoted_by == 0 || outcome == Outcome::kQuotedTcp) return outcome;
  walk.ip_protocol = walk.quoted_by;
  return Outcome::kNotTcp;
}

bool is_row(Outcome outcome) {
  return outcome == Outcome::kSegment || outcome == Outcome::kMalformedTcp || outcome == Outcome::kQuotedTcp;
}

/// The further packets of a frame that holds several. The frame's outcome is that of its best TCP header, or that of
/// its first packet.
Outcome follow_rest(Outcome outcome, const RawFrame& frame, Walk& walk, SegmentBatch& batch) {
  while (walk.continuation) {
    walk.rest = walk.continuation->rest;
    walk.layers = walk.continuation->layers;
    walk.vlan_tags = walk.continuation->vlan_tags;
    walk.continuation.reset();
    std::fill(walk.vlan.begin() + std::min<std::ptrdiff_t>(walk.vlan_tags, kMaxVlanTags), walk.vlan.end(), 0);
    walk.oddities = 0;
    walk.quoted_by = 0;
    const Outcome further = settle(follow(Header::kAggregatedWlan, frame, walk, batch), walk);
    if (is_row(further) && (!is_row(outcome) || further < outcome)) outcome = further;
  }
  return outcome;
}

}  // namespace

Outcome decode_frame(const RawFrame& frame, SegmentBatch& batch, DecodeCounts& counts) {
  if (!append_common_frame(frame, batch)) return decode_by_walk(frame, batch, counts);
  counts.add(Outcome::kSegment);
  return Outcome::kSegment;
}

Outcome decode_by_walk(const RawFrame& frame, SegmentBatch& batch, DecodeCounts& counts) {
  Walk walk(frame.bytes, frame.wire_bytes);
  const Header outermost = outermost_header(frame.link_type);
  Outcome outcome =
      outermost == Header::kStop ? Outcome::kUnsupportedLink : settle(follow(outermost, frame, walk, batch), walk);
  const std::uint8_t ip_protocol = walk.ip_protocol;
  const std::uint16_t ether_type = walk.ether_type;
  if (walk.continuation) outcome = follow_rest(outcome, frame, walk, batch);
  counts.add(outcome);
  if (outcome == Outcome::kNotTcp) ++counts.by_ip_protocol[ip_protocol];
  if (outcome == Outcome::kNotIp) ++counts.by_ether_type[ether_type];
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
