// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace pcapsule::capture {

/// How the 64-bit stamps of one pcapng interface become nanoseconds: options
/// if_tsresol and if_tsoffset (draft-ietf-opsawg-pcapng, section 4.2).
class StampScale {
 public:
  /// `resolution` as if_tsresol: seconds per unit are 10^-n, or with the top bit set 2^-n.
  /// `offset_seconds` is added to every stamp.
  explicit StampScale(std::uint8_t resolution = 6, std::int64_t offset_seconds = 0);

  /// Nanoseconds since the epoch, rounded down; nullopt where 64 bits do not hold them.
  [[nodiscard]] std::optional<std::int64_t> to_ns(std::uint64_t stamp) const {
    std::uint64_t product = 0;
    std::int64_t time_ns = 0;
    if (ns_per_unit_ != 0 && !__builtin_mul_overflow(stamp, ns_per_unit_, &product) &&
        !__builtin_add_overflow(product, offset_ns_, &time_ns)) {
      return time_ns;
    }
    return to_ns_slowly(stamp);
  }

  /// What to_ns() cannot hold lies beyond the end of time, or else before its beginning.
  [[nodiscard]] bool beyond_the_end(std::uint64_t stamp) const;

  /// Stamps are whole microseconds.
  [[nodiscard]] bool whole_microseconds() const { return resolution_ <= 6 || resolution_ == kBinary; }

 private:
  static constexpr std::uint8_t kBinary = 0x80;
  [[nodiscard]] std::optional<std::int64_t> to_ns_slowly(std::uint64_t stamp) const;

  std::uint8_t resolution_;
  std::int64_t offset_seconds_;
  std::uint64_t ns_per_unit_ = 0;  ///< 0: no whole number, or the offset is beyond 64 bits of nanoseconds
  std::int64_t offset_ns_ = 0;
};

}  // namespace pcapsule::capture
