// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pcapsule {

/// The 12 flag bits that follow the data offset (RFC 9293 section 3.1; AE was NS,
/// RFC 3540). The three highest are reserved.
namespace tcp_flag {
inline constexpr std::uint16_t kFin = 0x001;
inline constexpr std::uint16_t kSyn = 0x002;
inline constexpr std::uint16_t kRst = 0x004;
inline constexpr std::uint16_t kPsh = 0x008;
inline constexpr std::uint16_t kAck = 0x010;
inline constexpr std::uint16_t kUrg = 0x020;
inline constexpr std::uint16_t kEce = 0x040;
inline constexpr std::uint16_t kCwr = 0x080;
inline constexpr std::uint16_t kAe = 0x100;
inline constexpr std::uint16_t kAll = 0xfff;
}  // namespace tcp_flag

/// The 16 bits at offset 12 of a TCP header in host order: data offset in the
/// top four, flags in the lower twelve. One type, since that is how it is stored.
struct TcpWord {
  std::uint16_t value = 0;

  [[nodiscard]] constexpr std::uint16_t flags() const { return value & tcp_flag::kAll; }
  /// 4 × data offset: 0 … 60. Below 20 the header is malformed (rule S3).
  [[nodiscard]] constexpr std::uint32_t header_bytes() const { return (std::uint32_t{value} >> 12) * 4; }
  [[nodiscard]] constexpr bool has(std::uint16_t flag) const { return (value & flag) != 0; }
  [[nodiscard]] constexpr bool is_pure_syn() const { return has(tcp_flag::kSyn) && !has(tcp_flag::kAck); }
  [[nodiscard]] constexpr bool is_syn_ack() const { return has(tcp_flag::kSyn) && has(tcp_flag::kAck); }

  friend constexpr bool operator==(TcpWord, TcpWord) = default;
};

}  // namespace pcapsule
