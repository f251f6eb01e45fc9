// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/hash/seeded.h"
#include "common/net/endpoint.h"

namespace pcapsule::track {

using hash::HashSeed;

/// The same for both directions of a connection (S11).
constexpr std::uint64_t hash_endpoints(const HashSeed& seed, const Endpoint& one, const Endpoint& other) {
  using hash::fold_multiply;
  const auto side = [&seed](const Endpoint& end) {
    if (end.address.version == IpVersion::kV4) {
      return fold_multiply(((end.address.low << 16) | end.port) ^ seed.first, seed.second | 1U);
    }
    const std::uint64_t tail = (std::uint64_t{end.port} << 8) | static_cast<std::uint64_t>(end.address.version);
    return fold_multiply(end.address.low ^ seed.first,
                         fold_multiply(end.address.high ^ seed.second, tail ^ seed.first) | 1U);
  };
  const std::uint64_t x = side(one);
  const std::uint64_t y = side(other);
  // Sum and product are symmetric, and together they are not cancelled by equal sides.
  return fold_multiply((x + y) ^ seed.second, (x ^ y) ^ seed.first ^ 0xa076'1d64'78bd'642f);
}

}  // namespace pcapsule::track
