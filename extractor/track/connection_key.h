// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/net/endpoint.h"

namespace pcapsule::track {

/// Seeds of the hash over connection keys. 4-tuples come from strangers: with a
/// seed unknown to them they cannot choose colliding ones.
struct HashSeed {
  std::uint64_t first = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t second = 0xd1b5'4a32'd192'ed03;
};

namespace detail {
__extension__ using Uint128 = unsigned __int128;

/// Both halves of the product, folded: every input bit reaches every output bit.
constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
}  // namespace detail

/// The same for both directions of a connection (S11).
constexpr std::uint64_t hash_endpoints(const HashSeed& seed, const Endpoint& one, const Endpoint& other) {
  using detail::fold_multiply;
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
