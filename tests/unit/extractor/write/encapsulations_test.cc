// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/encapsulations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pcapsule::write {
namespace {

decode::LayerStack stack_of(std::uint64_t number) { return {number * 0x0101'0203'0507'0b0dU, number >> 7}; }

TEST(Encapsulations, AreNumberedAsTheyAppear) {
  Encapsulations encapsulations(hash::HashSeed{1, 2});
  for (std::uint64_t round = 0; round < 2; ++round) {
    for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_EQ(encapsulations.index_of(stack_of(i)), i - 1);
  }
  EXPECT_EQ(encapsulations.texts().size(), 100U);
}

TEST(Encapsulations, TheLastEntryIsSharedByAllThatComeLater) {
  Encapsulations encapsulations(hash::HashSeed{1, 2});
  for (std::uint64_t i = 1; i <= 10'000; ++i) encapsulations.index_of(stack_of(i));
  EXPECT_EQ(encapsulations.texts().size(), 4096U);
  EXPECT_EQ(encapsulations.texts().back(), "other");
  EXPECT_EQ(encapsulations.index_of(stack_of(5000)), 4095U);
  EXPECT_EQ(encapsulations.index_of(stack_of(77)), 76U);
}

TEST(StackHash, StacksThatCollideUnderOneSeedDoNotUnderAnother) {
  const StackHash known{{1, 2}};
  std::vector<decode::LayerStack> chosen;
  for (std::uint64_t i = 1; chosen.size() < 4096; ++i) {
    if (known(stack_of(i)) % 256 == 0) chosen.push_back(stack_of(i));
  }
  for (const hash::HashSeed& seed :
       {hash::HashSeed{}, hash::HashSeed{3, 4}, hash::HashSeed{0x0123'4567'89ab'cdef, 5}}) {
    const auto same = std::ranges::count_if(chosen, [&](auto stack) { return StackHash{seed}(stack) % 256 == 0; });
    EXPECT_LT(same, 50) << "16 by chance";
  }
}

}  // namespace
}  // namespace pcapsule::write
