// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/sampler.h"

#include <gtest/gtest.h>

namespace pcapsule::analysis::compare {
namespace {

TEST(Sampler, KnowsNothingWithoutValues) {
  const Sampler samples;
  EXPECT_EQ(samples.least(), std::nullopt);
  EXPECT_EQ(samples.greatest(), std::nullopt);
  EXPECT_EQ(samples.percentile(50), std::nullopt);
}

TEST(Sampler, IsExactUpToItsLimit) {
  Sampler samples(100);
  for (std::int64_t i = 100; i > 0; --i) samples.add(i);
  EXPECT_EQ(samples.percentile(50), 50);
  EXPECT_EQ(samples.percentile(99), 99);
  EXPECT_EQ(samples.sum(), 5050);
}

TEST(Sampler, KeepsEndsAndCountBeyondIt) {
  Sampler samples(64);
  for (std::int64_t i = 1; i <= 100'000; ++i) samples.add(i);
  EXPECT_EQ(samples.count(), 100'000U);
  EXPECT_EQ(samples.least(), 1);
  EXPECT_EQ(samples.greatest(), 100'000);
  EXPECT_NEAR(static_cast<double>(*samples.percentile(50)), 50'000, 4'000);
  EXPECT_NEAR(static_cast<double>(*samples.percentile(90)), 90'000, 4'000);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
