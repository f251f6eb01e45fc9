// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

using Values = std::vector<std::int64_t>;

struct Shape {
  const char* name;
  std::function<std::int64_t(std::size_t)> value;  ///< of the place
};

std::vector<Shape> shapes() {
  return {
      {"ascending", [](std::size_t i) { return static_cast<std::int64_t>(i); }},
      {"descending", [](std::size_t i) { return -static_cast<std::int64_t>(i); }},
      {"equal", [](std::size_t) { return std::int64_t{7}; }},
      {"few values", [](std::size_t i) { return static_cast<std::int64_t>(i * 31 % 3); }},
      {"organ pipe", [](std::size_t i) { return static_cast<std::int64_t>(i < 2000 ? i : 4000 - i); }},
      {"by chance", [random = std::mt19937_64(5)](std::size_t) mutable { return static_cast<std::int64_t>(random()); }},
  };
}

Values made(Shape& shape, std::size_t count) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = shape.value(i);
  return values;
}

TEST(SelectNth, HasTheValueOfASort) {
  for (Shape& shape : shapes()) {
    for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 66U, 200U, 4000U}) {
      const Values values = made(shape, count);
      Values sorted = values;
      std::ranges::sort(sorted);
      for (const std::size_t place : {std::size_t{0}, count / 2, count * 9 / 10, count - 1}) {
        Values parted = values;
        select_nth(std::span(parted), place);
        ASSERT_EQ(parted[place], sorted[place]) << shape.name << ' ' << count << ' ' << place;
        const auto at = parted.begin() + static_cast<std::ptrdiff_t>(place);
        ASSERT_TRUE(std::all_of(parted.begin(), at, [&](std::int64_t v) { return v <= *at; })) << shape.name;
        ASSERT_TRUE(std::all_of(at, parted.end(), [&](std::int64_t v) { return v >= *at; })) << shape.name;
        std::ranges::sort(parted);
        ASSERT_EQ(parted, sorted) << shape.name;
      }
    }
  }
}

/// Least values at the places that pivots are taken from, as an adversary would put them.
TEST(SelectNth, EndsSoonOfChosenValues) {
  constexpr std::size_t kCount = 200'000;
  Values values(kCount);
  std::iota(values.begin(), values.end(), std::int64_t{0});
  for (std::size_t size = kCount, least = 0; size > 64; size -= 2, least += 2) {
    std::swap(values[0], values[least % kCount]);
    std::swap(values[size / 2], values[(least + 1) % kCount]);
  }
  const Values before = values;
  select_nth(std::span(values), kCount / 2);
  EXPECT_EQ(values[kCount / 2], static_cast<std::int64_t>(kCount / 2));
  std::ranges::sort(values);
  Values sorted = before;
  std::ranges::sort(sorted);
  EXPECT_EQ(values, sorted);
}

TEST(Quantile, NearestRank) {
  Values values = {40, 10, 30, 20};
  EXPECT_EQ(quantile(std::span(values), 50, 100), 20);
  EXPECT_EQ(quantile(std::span(values), 51, 100), 30);
  EXPECT_EQ(quantile(std::span(values), 99, 100), 40);
  EXPECT_EQ(quantile(std::span(values), 1, 100), 10);
}

}  // namespace
}  // namespace pcapsule::analysis
