// SPDX-License-Identifier: Apache-2.0
#include "extractor/track/connection_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace pcapsule::track {
namespace {

constexpr unsigned kSlotBits = 16;
constexpr std::size_t kKeys = std::size_t{1} << (kSlotBits - 1);  // half of the slots, as in a table that is filling up

struct Key {
  Endpoint one;
  Endpoint other;
};

Key key_of(std::uint32_t source, std::uint16_t port) {
  return {{IpAddress::v4(source), port}, {IpAddress::v4(0xc0000201), 80}};
}

/// Keys in the fullest slot.
std::size_t fullest_slot(const HashSeed& seed, const std::vector<Key>& keys) {
  std::vector<std::size_t> slots(std::size_t{1} << kSlotBits);
  for (const Key& key : keys) ++slots[hash_endpoints(seed, key.one, key.other) % slots.size()];
  return *std::ranges::max_element(slots);
}

/// Of half as many keys as slots, chance puts about 6 into the fullest; 16 are less likely than one in a million.
constexpr std::size_t kOrdinary = 16;

TEST(HashSeed, KeysThatCollideUnderOneSeedDoNotUnderAnother) {
  const HashSeed known = {1, 2};
  std::vector<Key> chosen;
  for (std::uint32_t i = 0; chosen.size() < 4096; ++i) {
    const Key key = key_of(i / 4, static_cast<std::uint16_t>(1024 + i % 4));
    if (hash_endpoints(known, key.one, key.other) % 256 == 0) chosen.push_back(key);
  }
  // All in one of 256 parts where the seed is known: what an attacker would have.
  const auto in_that_part = [&chosen](const HashSeed& seed) {
    return std::ranges::count_if(chosen, [&](const Key& k) { return hash_endpoints(seed, k.one, k.other) % 256 == 0; });
  };
  EXPECT_EQ(in_that_part(known), 4096);
  for (const HashSeed& seed : {HashSeed{}, HashSeed{3, 4}, HashSeed{0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3210}}) {
    EXPECT_LT(in_that_part(seed), 50) << "16 by chance";
  }
}

TEST(HashSeed, PatternsOfEndpointsSpread) {
  std::vector<Key> mirror;
  std::vector<Key> exclusive_or;
  std::vector<Key> stride;
  std::vector<Key> ports;
  for (std::uint32_t i = 0; i < kKeys; ++i) {
    const auto low = static_cast<std::uint16_t>(i);
    mirror.push_back({{IpAddress::v4(i), 1024}, {IpAddress::v4(i), 1024}});
    exclusive_or.push_back(
        {{IpAddress::v4(i), low}, {IpAddress::v4(i ^ 0x5a5a5a5a), static_cast<std::uint16_t>(~low)}});
    stride.push_back(key_of(i << 16, 1024));
    ports.push_back(key_of(1, low));
  }
  // Seeds are drawn by chance; the few that multiply everything by 0 or by all ones are as likely as guessing one.
  std::mt19937_64 chance(1);  // NOLINT(cert-msc51-cpp,cert-msc32-c): a failure must repeat
  for (unsigned i = 0; i < 20; ++i) {
    const HashSeed seed = {chance(), chance()};
    EXPECT_LE(fullest_slot(seed, mirror), kOrdinary);
    EXPECT_LE(fullest_slot(seed, exclusive_or), kOrdinary);
    EXPECT_LE(fullest_slot(seed, stride), kOrdinary);
    EXPECT_LE(fullest_slot(seed, ports), kOrdinary);
  }
}

TEST(HashSeed, BothDirectionsHaveOneHash) {
  const Key key = key_of(77, 5000);
  EXPECT_EQ(hash_endpoints({1, 2}, key.one, key.other), hash_endpoints({1, 2}, key.other, key.one));
  EXPECT_NE(hash_endpoints({1, 2}, key.one, key.other), hash_endpoints({1, 3}, key.one, key.other));
}

}  // namespace
}  // namespace pcapsule::track
