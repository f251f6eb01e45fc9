// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What is unusual about a TCP header; an ordinary segment has none of these.
/// One bit each, as they stand in the record file's `oddities` column.
namespace pcapsule::oddity {

inline constexpr std::uint8_t kFirstFragment = 0x01;  ///< payload length unknown: first fragment of a datagram (S4)
inline constexpr std::uint8_t kShort = 0x02;  ///< payload length unknown: the IP length ends inside the TCP header (S3)
inline constexpr std::uint8_t kLengthFromFrame = 0x04;  ///< the IP length was 0: taken from the wire length (S2)
inline constexpr std::uint8_t kLengthCutToWire = 0x08;  ///< the IP length exceeded the bytes on the wire (S2)
inline constexpr std::uint8_t kHeaderCut = 0x10;        ///< the TCP header was not captured whole (S5)
inline constexpr std::uint8_t kOptionsBroken = 0x20;    ///< the walk over the options ended in a break
inline constexpr std::uint8_t kQuoted = 0x40;           ///< quoted in an ICMP or ICMPv6 error (S12)
inline constexpr std::uint8_t kBadDataOffset = 0x80;    ///< data offset below 5: malformed (S3, S12)

/// Any of these: the payload length is unknown.
inline constexpr std::uint8_t kLengthUnknown = kFirstFragment | kShort | kQuoted;
/// Any of these: a TCP header that takes part in stream numbers but is no
/// segment, and stays out of our own analyses (S3, S12).
inline constexpr std::uint8_t kNoSegment = kQuoted | kBadDataOffset | kShort;

}  // namespace pcapsule::oddity
