// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "common/base/time.h"
#include "common/net/sack_block.h"
#include "common/net/tcp_flags.h"

/// A capture port often sees a frame twice: where it comes in and where it goes
/// out. Which segments are such copies of one frame (S40).
namespace pcapsule {

/// A copy comes at most this long after the segment or before it.
inline constexpr DurationNs kTapCopySpan{1'000'000};

/// What all copies of a segment have in common. TTL, addresses of the link layer,
/// VLAN tags and the IP checksum differ between them and are not part of it.
struct TapIdentity {
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload = 0;
  std::uint32_t ts_value = 0;
  std::uint32_t ts_echo = 0;
  std::uint64_t sack = 0;  ///< sack_hash()
  TcpWord word;            ///< flags and header length
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t checksum = 0;  ///< of TCP; 0 where the IPv4 ID is not
  bool has_timestamps = false;
  std::uint8_t side = 0;  ///< the sender

  friend bool operator==(const TapIdentity&, const TapIdentity&) = default;
};

/// The checksum says something only where the IPv4 ID does not: on a host with
/// checksum offload one copy of a segment may have it and the other not.
constexpr std::uint16_t checksum_that_counts(std::uint16_t ip_id, std::uint16_t checksum) {
  return ip_id != 0 ? std::uint16_t{0} : checksum;
}

constexpr std::uint64_t mix_bits(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e37'79b9'7f4a'7c15u;
  return hash ^ (hash >> 29);
}

/// 0 without blocks.
constexpr std::uint64_t sack_hash(std::span<const SackBlock> blocks) {
  std::uint64_t hash = 0;
  for (const SackBlock& block : blocks) hash = mix_bits(hash + 1, std::uint64_t{block.left} << 32 | block.right);
  return hash;
}

constexpr std::uint64_t hash_of(const TapIdentity& identity) {
  std::uint64_t hash = mix_bits(identity.sack, std::uint64_t{identity.seq} << 32 | identity.ack);
  hash = mix_bits(hash, std::uint64_t{identity.ts_value} << 32 | identity.ts_echo);
  hash = mix_bits(hash,
                  std::uint64_t{identity.payload} << 32 | std::uint32_t{identity.word.value} << 16 | identity.window);
  return mix_bits(hash, std::uint64_t{identity.ip_id} << 32 | std::uint32_t{identity.checksum} << 8 | identity.side);
}

/// Stamps that go backwards count like others.
constexpr bool is_within_tap_span(TimestampNs a, TimestampNs b) { return (a < b ? b - a : a - b) <= kTapCopySpan; }

}  // namespace pcapsule
