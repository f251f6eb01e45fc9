// SPDX-License-Identifier: Apache-2.0
#include "analyzer/fields/cells.h"

#include <gtest/gtest.h>

namespace pcapsule::fields {
namespace {

TEST(Cells, AsManyValuesAsAnOptionAreaHolds) {
  constexpr std::size_t kOptions = 20;  // of two bytes in forty
  Cells cells;
  for (int again = 0; again < 2; ++again) {
    cells.begin();
    for (std::size_t row = 0; row < Strip::kGreatestRows; ++row) {
      for (std::size_t i = 0; i < kOptions; ++i) cells.add(row * 100 + i);
      cells.end_row();
    }
    ASSERT_EQ(cells.of(Strip::kGreatestRows - 1).size(), kOptions);
    EXPECT_EQ(cells.of(Strip::kGreatestRows - 1).back(), (Strip::kGreatestRows - 1) * 100 + kOptions - 1);
    EXPECT_EQ(cells.of(0).front(), 0U);
  }
}

TEST(Cells, RowsWithoutValues) {
  Cells cells;
  cells.begin();
  cells.end_row();
  cells.add(7);
  cells.end_row();
  EXPECT_FALSE(cells.is_one_each());
  EXPECT_TRUE(cells.of(0).empty());
  EXPECT_EQ(cells.of(1).front(), 7U);
  EXPECT_EQ(cells.ends()[1], 1U);
  cells.one_each()[1] = 9;
  EXPECT_TRUE(cells.is_one_each());
  EXPECT_EQ(cells.of(1).front(), 9U);
}

}  // namespace
}  // namespace pcapsule::fields
