// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pcapsule {

/// 32-bit TCP sequence number, modulo 2^32 (RFC 9293 section 3.4).
/// Deliberately has no operator<: order is relative, see `seq_before`.
struct TcpSeq {
  std::uint32_t value = 0;
  friend constexpr bool operator==(TcpSeq, TcpSeq) = default;
};

constexpr TcpSeq operator+(TcpSeq seq, std::uint32_t bytes) { return {seq.value + bytes}; }

/// Signed bytes from `from` to `to`; meaningful while the distance is below 2^31.
constexpr std::int32_t distance_bytes(TcpSeq from, TcpSeq to) {
  return static_cast<std::int32_t>(to.value - from.value);
}

/// `a` lies before `b` in sequence space.
constexpr bool seq_before(TcpSeq a, TcpSeq b) { return distance_bytes(b, a) < 0; }

}  // namespace pcapsule
