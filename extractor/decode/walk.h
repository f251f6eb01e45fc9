// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/bytes/byte_cursor.h"
#include "common/net/ip_address.h"
#include "extractor/decode/decode_outcome.h"
#include "extractor/decode/layer_stack.h"
#include "extractor/decode/segment.h"

namespace pcapsule::decode {

/// The header that comes next. One step of the walk reads one header and names
/// the header after it.
enum class Header : std::uint8_t {
  kStop,  ///< the walk is over; Walk::outcome says how
  kEthernet,
  kLinuxCooked,
  kLinuxCooked2,
  kBsdLoopback,
  kOpenBsdLoopback,
  kPpp,
  kRaw,
  kVlan,
  kServiceVlan,
  kLlc,
  kMpls,
  kPppoe,
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
  kAggregatedWlan,
  kSwappedWlan,
  kRadiotap,
  kPrism,
  kAvs,
  kPpi,
  kPktap,
  kCiscoHdlc,
  kFrameRelay,
  kPppWithDirection,
  kPppd,
  kIpoib,
  kFddi,
  kTokenRing,
  kArcnet,
  kLinuxArcnet,
  kNflog,
  kEnc,
  kPflog,
  kAtmClip,
  kAp1394,
  kIpOverFibreChannel,
  kSymantec,
  kJuniperEthernet,
  kJuniperPpp,
  kJuniperFrameRelay,
  kJuniperHdlc,
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
  kUdp,
  kUdpLite,
  kGre,
  kErspan,
  kVxlan,
  kVxlanGpe,
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
};

/// What is left of a frame after the headers read so far. Knows two lengths: what
/// was captured, and what was on the wire and belongs to the innermost header.
/// Invariant: the captured bytes are never more than those on the wire.
class Rest {
 public:
  Rest(ByteView captured, std::uint32_t wire_bytes)
      : captured_(captured),
        // Writers that leave the wire length 0 exist: what was captured was on the wire.
        wire_bytes_(std::max(std::size_t{wire_bytes}, captured.size())) {}

  [[nodiscard]] ByteView captured() const { return captured_; }
  [[nodiscard]] std::size_t captured_bytes() const { return captured_.size(); }
  [[nodiscard]] std::size_t wire_bytes() const { return wire_bytes_; }

  /// Steps over `count_bytes` captured bytes, or says false and stays.
  bool drop(std::size_t count_bytes) {
    if (count_bytes > captured_.size()) return false;
    captured_ = captured_.subspan(count_bytes);
    wire_bytes_ -= count_bytes;
    return true;
  }

  /// Cuts off what a header's own length field excludes: padding and trailers.
  void narrow(std::size_t length_bytes) {
    wire_bytes_ = std::min(wire_bytes_, length_bytes);
    captured_ = captured_.first(std::min(captured_.size(), wire_bytes_));
  }

  /// Cuts off the last `count_bytes` of what was on the wire: a trailer.
  void drop_trailer(std::size_t count_bytes) { narrow(wire_bytes_ - std::min(wire_bytes_, count_bytes)); }

 private:
  ByteView captured_;
  std::size_t wire_bytes_;
};

/// Where the walk goes on when the packet it follows has ended: the further packets of
/// a frame that holds several.
struct Continuation {
  Rest rest;
  LayerStack layers;
  std::uint8_t vlan_tags = 0;
};

/// A frame on its way through the headers: what is left of it, and what the
/// headers so far have said.
struct Walk {
  Walk(ByteView captured, std::uint32_t wire_bytes) : rest(captured, wire_bytes) {}

  Rest rest;
  LayerStack layers;

  Outcome outcome = Outcome::kTooDeep;
  std::uint16_t ether_type = 0;  ///< innermost so far; what kNotIp is counted under
  std::uint8_t ip_protocol = 0;  ///< of the header that comes next; what kNotTcp is counted under

  // Of the innermost IP header.
  std::uint8_t ttl = 0;
  std::uint8_t dscp_ecn = 0;
  std::uint8_t oddities = 0;
  std::uint16_t ip_id = 0;
  bool without_length = false;  ///< IPv6 payload length 0: a jumbo payload option may give it (RFC 2675)
  /// Protocol number of the ICMP error that quotes the current header; 0: none does.
  std::uint8_t quoted_by = 0;
  std::uint8_t vlan_tags = 0;
  std::array<std::uint16_t, kMaxVlanTags> vlan{};
  IpAddress source;
  IpAddress destination;
  std::optional<Continuation> continuation;

  Header stop(Outcome reason) {
    outcome = reason;
    return Header::kStop;
  }
};

}  // namespace pcapsule::decode
