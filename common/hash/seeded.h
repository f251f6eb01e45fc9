// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pcapsule::hash {

/// Seeds of a hash over what comes from strangers: with seeds unknown to them they cannot choose colliding keys.
struct HashSeed {
  std::uint64_t first = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t second = 0xd1b5'4a32'd192'ed03;
};

/// Drawn once, at the first call. It decides where keys lie in tables and with it how long a hostile file takes; no
/// result may depend on it.
const HashSeed& process_seed();

__extension__ using Uint128 = unsigned __int128;

/// Both halves of the product, folded: every input bit reaches every output bit.
constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace pcapsule::hash
