// SPDX-License-Identifier: Apache-2.0
#include "common/base/overflow.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace pcapsule {
namespace {

TEST(Overflow, WrapsModulo64) {
  static_assert(wrapping_add(INT64_MAX, 1) == INT64_MIN);
  static_assert(wrapping_subtract(INT64_MIN, 1) == INT64_MAX);
  static_assert(wrapping_subtract(0, INT64_MIN) == INT64_MIN);
  static_assert(wrapping_add(-3, 5) == 2);
}

TEST(Overflow, StopsAtTheEnds) {
  static_assert(saturating_add(INT64_MAX, 1) == INT64_MAX);
  static_assert(saturating_add(INT64_MIN, -1) == INT64_MIN);
  static_assert(saturating_add(INT64_MIN, INT64_MAX) == -1);
  static_assert(saturating_multiply(INT64_MAX, 2) == INT64_MAX);
  static_assert(saturating_multiply(INT64_MIN, 2) == INT64_MIN);
  static_assert(saturating_multiply(INT64_MIN, -1) == INT64_MAX);
  static_assert(saturating_multiply(-3, 5) == -15);
  static_assert(saturating_sum(INT64_MAX, INT64_MAX, std::int64_t{-1}) == INT64_MAX - 1);
}

TEST(Overflow, CutsNumbersWithAPoint) {
  EXPECT_EQ(saturating_cast(-1.9), -1);
  EXPECT_EQ(saturating_cast(1e300), INT64_MAX);
  EXPECT_EQ(saturating_cast(-1e300), INT64_MIN);
  EXPECT_EQ(saturating_cast(9223372036854775808.0), INT64_MAX);
  EXPECT_EQ(saturating_cast(-9223372036854775808.0), INT64_MIN);
  EXPECT_EQ(saturating_cast(std::nan("")), 0);
}

}  // namespace
}  // namespace pcapsule
