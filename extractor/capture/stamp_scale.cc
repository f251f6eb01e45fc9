// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/stamp_scale.h"

#include <limits>

#include "common/base/time.h"

namespace pcapsule::capture {
namespace {

__extension__ typedef __int128 Wide;

constexpr unsigned kNsDigits = 9;

Wide power_of_ten(unsigned exponent) {
  Wide power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

/// Exact, but for the rounding down of what is finer than a nanosecond. At most
/// 2^64 * 10^9, so nothing overflows.
Wide units_to_ns(std::uint64_t stamp, std::uint8_t resolution, std::uint8_t binary) {
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & binary) != 0) return (Wide{stamp} * kNsPerSecond) >> exponent;
  if (exponent <= kNsDigits) return Wide{stamp} * power_of_ten(kNsDigits - exponent);
  constexpr unsigned kStampDigits = 20;  // no stamp has more, so a larger divisor leaves nothing
  return exponent - kNsDigits > kStampDigits ? 0 : Wide{stamp} / power_of_ten(exponent - kNsDigits);
}

}  // namespace

StampScale::StampScale(std::uint8_t resolution, std::int64_t offset_seconds)
    : resolution_(resolution), offset_seconds_(offset_seconds) {
  const bool offset_fits = !__builtin_mul_overflow(offset_seconds, kNsPerSecond, &offset_ns_);
  if (offset_fits && resolution <= kNsDigits) {
    ns_per_unit_ = static_cast<std::uint64_t>(power_of_ten(kNsDigits - resolution));
  }
}

std::optional<std::int64_t> StampScale::to_ns_slowly(std::uint64_t stamp) const {
  const Wide time_ns = units_to_ns(stamp, resolution_, kBinary) + Wide{offset_seconds_} * kNsPerSecond;
  using Limits = std::numeric_limits<std::int64_t>;
  if (time_ns < Limits::min() || time_ns > Limits::max()) return std::nullopt;
  return static_cast<std::int64_t>(time_ns);
}

bool StampScale::beyond_the_end(std::uint64_t stamp) const {
  return units_to_ns(stamp, resolution_, kBinary) + Wide{offset_seconds_} * kNsPerSecond > 0;
}

}  // namespace pcapsule::capture
