// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Sequence numbers compared as Wireshark does. At a distance of exactly 2^31 a
/// number is both before and after the other (W3).
namespace pcapsule::analysis::circular {

inline constexpr std::uint32_t kHalf = 0x80000000;

constexpr bool before(std::uint32_t a, std::uint32_t b) { return a - b >= kHalf; }
constexpr bool after(std::uint32_t a, std::uint32_t b) { return before(b, a); }
constexpr bool up_to(std::uint32_t a, std::uint32_t b) { return a == b || before(a, b); }

}  // namespace pcapsule::analysis::circular
