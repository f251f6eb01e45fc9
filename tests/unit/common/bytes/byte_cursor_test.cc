// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/byte_cursor.h"

#include <gtest/gtest.h>

#include <array>

namespace pcapsule {
namespace {

constexpr std::array<std::uint8_t, 8> kBytes = {1, 2, 3, 4, 5, 6, 7, 0xff};

TEST(LoadBigEndian, AssemblesNetworkOrder) {
  EXPECT_EQ(load_be16(kBytes.data()), 0x0102);
  EXPECT_EQ(load_be32(kBytes.data() + 4), 0x050607ffu);
  EXPECT_EQ(load_be64(kBytes.data()), 0x01020304050607ffu);
}

TEST(ByteCursor, ReadsInOrderOfTheBytes) {
  ByteCursor in(kBytes);
  EXPECT_EQ(in.u8(), 1);
  EXPECT_EQ(in.be16(), 0x0203);
  EXPECT_EQ(in.be32(), 0x04050607u);
  EXPECT_EQ(in.remaining_bytes(), 1u);
  EXPECT_EQ(in.rest()[0], 0xff);
}

TEST(ByteCursor, FailedReadConsumesNothing) {
  ByteCursor in(ByteView(kBytes).first(3));
  EXPECT_EQ(in.be32(), std::nullopt);
  EXPECT_FALSE(in.skip(4));
  EXPECT_FALSE(in.take(SIZE_MAX).has_value());
  EXPECT_EQ(in.remaining_bytes(), 3u);
  EXPECT_TRUE(in.skip(3));
  EXPECT_EQ(in.u8(), std::nullopt);
  EXPECT_EQ(in.be16(), std::nullopt);
}

TEST(ByteCursor, EmptyInputYieldsEmptyTake) {
  ByteCursor in(ByteView{});
  const auto none = in.take(0);
  ASSERT_TRUE(none.has_value());
  EXPECT_TRUE(none->empty());
}

}  // namespace
}  // namespace pcapsule
