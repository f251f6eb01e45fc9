// SPDX-License-Identifier: Apache-2.0
#include "common/io/modified_time.h"

#include <gtest/gtest.h>

#include <limits>

namespace pcapsule::io {
namespace {

std::int64_t nanoseconds(std::int64_t seconds, long rest) {
  struct stat status {};
  status.st_mtim = {seconds, rest};
  return modified_time(status).value;
}

TEST(ModifiedTime, IsInNanoseconds) {
  EXPECT_EQ(nanoseconds(1'700'000'000, 123'456'789), 1'700'000'000'123'456'789);
  EXPECT_EQ(nanoseconds(0, 0), 0);
  EXPECT_EQ(nanoseconds(-1, 999'999'999), -1);
}

TEST(ModifiedTime, EndsWhere64BitsEnd) {
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(nanoseconds(9'223'372'036, 854'775'807), kGreatest);
  EXPECT_EQ(nanoseconds(9'223'372'036, 854'775'808), kGreatest);
  EXPECT_EQ(nanoseconds(32'503'680'000, 1), kGreatest);  // the year 3000
  EXPECT_EQ(nanoseconds(kGreatest, 999'999'999), kGreatest);
  EXPECT_EQ(nanoseconds(kLeast, 0), kLeast);
}

}  // namespace
}  // namespace pcapsule::io
