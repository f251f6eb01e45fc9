// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pcapsule::decode {

/// How decoding of a frame ended. Every frame has exactly one outcome, so the
/// counts add up to the frames read. Values are stored in record files by name.
enum class Outcome : std::uint8_t {
  kSegment,             ///< a TCP segment, recorded
  kMalformedTcp,        ///< a TCP header that breaks S3: recorded as a row, but no segment
  kQuotedTcp,           ///< a TCP header quoted in an ICMP error: recorded as a row, but no segment
  kNotIp,               ///< a network protocol other than IP; counted by EtherType
  kNotTcp,              ///< IP with another protocol; counted by protocol
  kLaterFragment,       ///< an IP fragment other than the first (S4), or a fragment of an 802.11 frame
  kLinkHeaderCut,       ///< captured bytes or frame end inside the link header
  kIpHeaderCut,         ///< … inside the IP header or its extension headers
  kTcpHeaderCut,        ///< … inside the first 16 bytes of the TCP header (S5, S12)
  kMalformedIp,         ///< IP version or header length impossible
  kTooDeep,             ///< more nested headers than kMaxLayers
  kUnsupportedLink,     ///< a link type this program does not read
  kUnsupportedNetwork,  ///< a link header variant that carries no EtherType we follow
  kTunnelHeaderCut,     ///< … inside a tunnel header between two packets
  kEncrypted,           ///< a frame whose payload is encrypted on the link: IEEE 802.11, MACsec
};
inline constexpr std::size_t kOutcomes = 15;

/// Stable snake_case name for reports and record files.
std::string_view to_text(Outcome outcome);

/// One sentence for people.
std::string_view description(Outcome outcome);

/// Counts of everything that was decoded, kept per capture.
struct DecodeCounts {
  std::array<std::uint64_t, kOutcomes> by_outcome{};
  std::array<std::uint64_t, 256> by_ip_protocol{};   ///< of kNotTcp
  std::array<std::uint64_t, 65536> by_ether_type{};  ///< of kNotIp; frames without an EtherType count under 0

  void add(Outcome outcome) { ++by_outcome[static_cast<std::size_t>(outcome)]; }
  [[nodiscard]] std::uint64_t count(Outcome outcome) const { return by_outcome[static_cast<std::size_t>(outcome)]; }
};

}  // namespace pcapsule::decode
