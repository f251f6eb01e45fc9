// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pcapsule {

using ByteView = std::span<const std::uint8_t>;

/// Big-endian (network order) integers. REQUIRES: at least 2, 4 or 8 bytes at `at`.
/// Assembled byte by byte: captured bytes have no alignment.
constexpr std::uint16_t load_be16(const std::uint8_t* at) { return static_cast<std::uint16_t>((at[0] << 8) | at[1]); }
constexpr std::uint32_t load_be32(const std::uint8_t* at) {
  return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) | (std::uint32_t{at[2]} << 8) | at[3];
}
constexpr std::uint64_t load_be64(const std::uint8_t* at) {
  return (std::uint64_t{load_be32(at)} << 32) | load_be32(at + 4);
}

/// Little-endian ones: what hosts put before frames.
constexpr std::uint16_t load_le16(const std::uint8_t* at) { return static_cast<std::uint16_t>((at[1] << 8) | at[0]); }
constexpr std::uint32_t load_le32(const std::uint8_t* at) {
  return (std::uint32_t{at[3]} << 24) | (std::uint32_t{at[2]} << 16) | (std::uint32_t{at[1]} << 8) | at[0];
}

/// Forward-only reader over captured bytes. Every read is checked in every
/// build type; a failed read consumes nothing.
class ByteCursor {
 public:
  explicit constexpr ByteCursor(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] constexpr std::size_t remaining_bytes() const { return rest_.size(); }
  [[nodiscard]] constexpr ByteView rest() const { return rest_; }

  /// Next `count_bytes` bytes, or nullopt if fewer are left.
  constexpr std::optional<ByteView> take(std::size_t count_bytes) {
    if (count_bytes > rest_.size()) return std::nullopt;  // never `ptr + n > end`
    const ByteView head = rest_.first(count_bytes);
    rest_ = rest_.subspan(count_bytes);
    return head;
  }

  /// Drops `count_bytes` bytes, or says false and drops none.
  constexpr bool skip(std::size_t count_bytes) { return take(count_bytes).has_value(); }

  constexpr std::optional<std::uint8_t> u8() {
    const auto bytes = take(1);
    return bytes ? std::optional((*bytes)[0]) : std::nullopt;
  }
  constexpr std::optional<std::uint16_t> be16() {
    const auto bytes = take(2);
    return bytes ? std::optional(load_be16(bytes->data())) : std::nullopt;
  }
  constexpr std::optional<std::uint32_t> be32() {
    const auto bytes = take(4);
    return bytes ? std::optional(load_be32(bytes->data())) : std::nullopt;
  }

 private:
  ByteView rest_;
};

}  // namespace pcapsule
