// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/chunk_connections.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pcapsule::analysis {
namespace {

/// Of three connections, whose rows alternate at random.
std::vector<Rebase> random_rebases(std::mt19937& random, std::uint64_t rows) {
  std::vector<Rebase> rebases;
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (random() % 3 == 0) continue;
    const auto side = static_cast<std::uint8_t>(random() % 5 == 0 ? 1 : 0);
    rebases.push_back({static_cast<std::uint32_t>(random() % 3), side, row, static_cast<std::uint32_t>(random()), {}});
  }
  return rebases;
}

TEST(Rebases, HoldFromTheirRowOn) {
  std::mt19937 random(3);
  constexpr std::uint64_t kRows = 200;
  std::vector<Rebase> sorted = random_rebases(random, kRows);
  const std::vector<Rebase> in_file_order = sorted;
  sort_rebases(sorted);
  for (std::uint32_t connection = 0; connection < 4; ++connection) {
    ConnectionFacts facts;
    facts.bases.base = {7, 8};
    facts.rebases = rebases_of(sorted, connection);
    std::array<std::uint32_t, 2> expected = facts.bases.base;
    for (std::uint64_t row = 0; row < kRows; ++row) {
      std::size_t here = 0;
      for (const Rebase& change : in_file_order) {
        if (change.connection != connection || change.row != row) continue;
        expected[change.side] = change.base;
        ++here;
      }
      ASSERT_EQ(facts.bases_at(row).base, expected) << row;
      const auto found = rebases_at(facts.rebases, row);
      ASSERT_EQ(found.size(), here) << row;
      for (const Rebase& change : found) ASSERT_EQ(change.base, expected[change.side]);
    }
  }
}

TEST(Rebases, AreFewOrManyPerRowInTheSameTime) {
  // A row each, as a capture of nothing but SYN-ACKs has: to walk over all of them for every row would take minutes.
  constexpr std::uint32_t kRows = 1'000'000;
  std::vector<Rebase> rebases;
  rebases.reserve(kRows);
  for (std::uint32_t row = 0; row < kRows; ++row) rebases.push_back({0, 1, row, row + 1, {}});
  sort_rebases(rebases);
  ConnectionFacts facts;
  facts.rebases = rebases_of(rebases, 0);
  std::uint64_t wrong = 0;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    wrong += facts.bases_at(row).base[1] == row + 1 ? 0U : 1U;
    wrong += rebases_at(facts.rebases, row).size() == 1 ? 0U : 1U;
  }
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace pcapsule::analysis
