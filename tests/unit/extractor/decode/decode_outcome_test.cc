// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/decode_outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <set>

namespace pcapsule::decode {
namespace {

TEST(OutcomeText, NamesAreDistinctSnakeCase) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    const std::string_view name = to_text(outcome);
    names.insert(name);
    EXPECT_TRUE(std::ranges::all_of(name, [](unsigned char c) { return std::islower(c) != 0 || c == '_'; })) << name;
    EXPECT_FALSE(description(outcome).empty()) << name;
  }
  EXPECT_EQ(names.size(), kOutcomes);
}

TEST(OutcomeText, NamesAreStable) {  // they stand in record files
  EXPECT_EQ(to_text(Outcome::kSegment), "segment");
  EXPECT_EQ(to_text(Outcome::kUnsupportedNetwork), "unsupported_network");
}

TEST(DecodeCounts, CountsByOutcome) {
  const auto counts = std::make_unique<DecodeCounts>();
  counts->add(Outcome::kNotIp);
  counts->add(Outcome::kNotIp);
  EXPECT_EQ(counts->count(Outcome::kNotIp), 2u);
  EXPECT_EQ(counts->count(Outcome::kSegment), 0u);
}

}  // namespace
}  // namespace pcapsule::decode
