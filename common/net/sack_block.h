// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pcapsule {

/// A block of data that was received out of order (RFC 2018 section 3): half-open.
struct SackBlock {
  std::uint32_t left = 0;   ///< first sequence number of the block
  std::uint32_t right = 0;  ///< sequence number just past the block
  friend bool operator==(const SackBlock&, const SackBlock&) = default;
};

}  // namespace pcapsule
