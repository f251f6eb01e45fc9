// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "common/base/time.h"
#include "common/net/endpoint.h"
#include "common/net/sack_block.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::decode {

namespace oddity = ::pcapsule::oddity;

/// State of an option that is negotiated on a SYN (rule S5): "absent" only if
/// the whole option area was captured and well formed.
enum class OptionState : std::uint8_t { kUnknown = 0, kAbsent = 1, kPresent = 2 };

/// The options of one segment: the first MSS, window scale, SACK permitted and
/// timestamps option of legal length, and up to four SACK blocks.
struct TcpOptions {
  OptionState mss = OptionState::kUnknown;             ///< RFC 9293 section 3.7.1
  OptionState window_scale = OptionState::kUnknown;    ///< RFC 7323 section 2
  OptionState sack_permitted = OptionState::kUnknown;  ///< RFC 2018 section 2
  OptionState timestamps = OptionState::kUnknown;      ///< RFC 7323 section 3
  std::uint16_t mss_bytes = 0;
  std::uint8_t window_shift = 0;  ///< as sent: may exceed 14
  std::uint8_t sack_count = 0;
  std::array<SackBlock, 4> sack{};
  std::uint32_t ts_value = 0;
  std::uint32_t ts_echo = 0;
  /// The walk ended in a break. Also set for a SACK option without a whole block, which Wireshark lets pass when
  /// the relative acknowledgment number of the segment is above 2^31.
  bool broken = false;
  bool has_dss = false;  ///< a Multipath TCP data sequence signal (RFC 8684 section 3.3) of consistent length
  /// Nothing but padding, one timestamps option, SACK blocks and DSS, all of
  /// legal length: `raw` says no more than the fields above.
  bool ordinary = false;
  std::uint8_t raw_bytes = 0;  ///< captured bytes of the option area, 0 … 40
  std::array<std::uint8_t, 40> raw{};
  friend bool operator==(const TcpOptions&, const TcpOptions&) = default;
};

/// The sequence of headers from the link layer to TCP, packed a byte a header: the
/// innermost in the lowest byte of `inner`, the ninth from there in that of `outer`; see layer_stack.h.
struct LayerStack {
  std::uint64_t inner = 0;
  std::uint64_t outer = 0;
  friend bool operator==(LayerStack, LayerStack) = default;
};

inline constexpr std::uint32_t kNoOptions = 0xffff'ffff;
inline constexpr std::size_t kMaxVlanTags = 4;

/// What a TCP header came in: the same for most segments of a batch, which is why it stands beside them.
struct Carrier {
  LayerStack layers;
  std::array<std::uint16_t, kMaxVlanTags> vlan{};  ///< tag control information of the first tags: id in the low 12 bits
  std::uint32_t interface = 0;
  std::uint8_t vlan_tags = 0;  ///< number of 802.1Q/802.1ad tags, outermost first in `vlan`
  /// As whole words: it is asked for every segment.
  friend constexpr bool operator==(const Carrier& a, const Carrier& b) {
    return a.layers == b.layers && a.interface == b.interface && a.vlan_tags == b.vlan_tags &&
           std::bit_cast<std::uint64_t>(a.vlan) == std::bit_cast<std::uint64_t>(b.vlan);
  }
};

/// One TCP header as captured, with the facts of its frame. Handed from one core to another, so kept below two cache
/// lines: kMaxSegmentBytes.
struct Segment {
  std::uint64_t frame_number = 0;
  TimestampNs time;
  TimestampNs previous_time;  ///< stamp of frame `frame_number - 1`; own stamp for frame 1
  // Both ends, the source first; see source() and destination().
  std::array<std::uint64_t, 2> address_high{};
  std::array<std::uint64_t, 2> address_low{};
  std::array<std::uint16_t, 2> port{};
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;            ///< the raw field, also without the ACK flag (S20)
  std::uint32_t payload_bytes = 0;  ///< S1; with a length-unknown oddity: bytes of this fragment after the header
  std::uint32_t captured_bytes = 0;
  std::uint32_t wire_bytes = 0;
  std::uint32_t carrier = 0;           ///< index into SegmentBatch::carriers
  std::uint32_t options = kNoOptions;  ///< index into SegmentBatch::options; kNoOptions: none, or only ts_value/ts_echo
  std::uint32_t ts_value = 0;          ///< valid with has_timestamps, whether or not `options` is set
  std::uint32_t ts_echo = 0;
  TcpWord word;
  std::uint16_t window = 0;    ///< raw field
  std::uint16_t checksum = 0;  ///< 0 when header_available < 18
  std::uint16_t ip_id = 0;     ///< IPv4 identification; 0 for IPv6
  IpVersion ip_version = IpVersion::kV4;
  std::uint8_t ttl = 0;       ///< TTL or hop limit of the innermost IP header
  std::uint8_t dscp_ecn = 0;  ///< DSCP (6 bits) and ECN (2 bits)
  std::uint8_t oddities = 0;
  /// Captured bytes of the TCP header within the IP length, 16 … 60. A header shorter than 20 counts as 20.
  std::uint8_t header_available = 0;
  bool has_timestamps = false;

  friend bool operator==(const Segment&, const Segment&) = default;

  [[nodiscard]] constexpr Endpoint source() const { return end(0); }
  [[nodiscard]] constexpr Endpoint destination() const { return end(1); }

  /// REQUIRES: addresses of one version.
  constexpr void set_ends(const Endpoint& source, const Endpoint& destination) {
    address_high = {source.address.high, destination.address.high};
    address_low = {source.address.low, destination.address.low};
    port = {source.port, destination.port};
    ip_version = source.address.version;
  }

 private:
  [[nodiscard]] constexpr Endpoint end(std::size_t i) const {
    return {{address_high[i], address_low[i], ip_version}, port[i]};
  }
};

inline constexpr std::size_t kMaxSegmentBytes = 112;
static_assert(sizeof(Segment) <= kMaxSegmentBytes);

/// Decoded segments on their way to the tracker. Reused: no allocation per packet.
struct SegmentBatch {
  std::vector<Segment> segments;
  std::vector<Carrier> carriers = {Carrier{}};  ///< never empty; neighbours differ
  std::vector<TcpOptions> options;              ///< of those segments whose options are more than timestamps

  /// Index of `carrier`, for the segment that is appended next.
  std::uint32_t index_of(const Carrier& carrier) {
    if (!(carriers.back() == carrier)) carriers.push_back(carrier);
    return static_cast<std::uint32_t>(carriers.size() - 1);
  }
  [[nodiscard]] const Carrier& carrier_of(const Segment& segment) const { return carriers[segment.carrier]; }
  /// nullptr: none, or only timestamps.
  [[nodiscard]] const TcpOptions* options_of(const Segment& segment) const {
    return segment.options == kNoOptions ? nullptr : &options[segment.options];
  }

  void clear() {
    segments.clear();
    carriers.resize(1);
    options.clear();
  }
};

}  // namespace pcapsule::decode
