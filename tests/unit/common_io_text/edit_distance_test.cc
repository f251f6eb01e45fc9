// SPDX-License-Identifier: Apache-2.0
#include "common/text/edit_distance.h"

#include <gtest/gtest.h>

#include <string>

namespace pcapsule::text {
namespace {

struct DistanceCase {
  const char* typed;
  const char* name;
  std::size_t distance;
  bool is_slip;
};

TEST(EditDistance, CountsChanges) {
  const DistanceCase cases[] = {
      {"losses", "losses", 0, true},    {"losess", "losses", 2, true},
      {"loses", "losses", 1, true},     {"lossess", "losses", 1, true},
      {"info", "info", 0, true},        {"inof", "info", 2, false},
      {"ifo", "info", 1, true},         {"", "info", 4, false},
      {"example.fb", "info", 9, false}, {"connection", "connections", 1, true},
      {"pakets", "packets", 1, true},   {"plto", "plot", 2, false},
  };
  for (const DistanceCase& c : cases) {
    SCOPED_TRACE(std::string(c.typed) + " for " + c.name);
    EXPECT_EQ(edit_distance(c.typed, c.name), c.distance);
    EXPECT_EQ(is_slip_of(c.typed, c.name), c.is_slip);
  }
}

TEST(EditDistance, LooksAtTheBeginningOfAnEndlessWord) {
  EXPECT_EQ(edit_distance(std::string(10'000'000, 'x'), "info"), 80U);
}

}  // namespace
}  // namespace pcapsule::text
