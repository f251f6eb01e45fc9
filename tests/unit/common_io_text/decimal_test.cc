// SPDX-License-Identifier: Apache-2.0
#include "common/text/decimal.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace pcapsule::text {
namespace {

template <class Number>
std::string decimal(Number number) {
  std::array<char, kGreatestDecimal> text{};
  return {text.data(), put_decimal(text.data(), number)};
}

/// Every number of digits: the powers of ten and of two with their neighbours.
TEST(Decimal, AsTheLibraryPrints) {
  std::vector<std::uint64_t> numbers = {0, std::numeric_limits<std::uint64_t>::max()};
  for (const std::uint64_t base : {10U, 2U}) {
    for (std::uint64_t power = 1, before = 0; power > before; before = power, power *= base) {
      for (const std::uint64_t near : {power - 1, power, power + 1}) numbers.push_back(near);
    }
  }
  for (const std::uint64_t number : numbers) {
    EXPECT_EQ(decimal(number), std::to_string(number));
    EXPECT_EQ(decimal_digits(number), std::to_string(number).size());
    const auto signed_number = static_cast<std::int64_t>(number);
    EXPECT_EQ(decimal(signed_number), std::to_string(signed_number));
    EXPECT_EQ(decimal(-(signed_number >> 1)), std::to_string(-(signed_number >> 1)));
  }
}

TEST(Decimal, WithLeadingZeros) {
  std::array<char, 19> text{};
  const auto padded = [&](std::uint64_t value, unsigned digits) {
    return std::string(text.data(), put_padded(text.data(), value, digits));
  };
  EXPECT_EQ(padded(0, 0), "");
  EXPECT_EQ(padded(7, 1), "7");
  EXPECT_EQ(padded(7, 9), "000000007");
  EXPECT_EQ(padded(883'718'124, 9), "883718124");
  EXPECT_EQ(padded(5'000'000'000, 11), "05000000000");
  EXPECT_EQ(padded(9'999'999'999'999'999'999U / 10, 19), "0999999999999999999");
}

}  // namespace
}  // namespace pcapsule::text
