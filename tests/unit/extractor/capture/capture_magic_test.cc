// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/capture_magic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

TEST(CaptureFormatOf, KnowsItsMagics) {
  for (const std::uint32_t magic : {kMicroMagic, kNanoMagic, kKuznetsovMagic}) {
    for (const Order order : {Order::kLittle, Order::kBig}) {
      const Bytes head = ByteWriter(order).u32(magic).bytes();
      EXPECT_EQ(capture_format_of(head), CaptureFormat::kPcap);
      EXPECT_EQ(has_nanosecond_magic(head), magic == kNanoMagic);
      EXPECT_EQ(capture_format_of(first_bytes(head, 3)), std::nullopt);
    }
  }
  EXPECT_EQ(capture_format_of(PcapngBuilder(Order::kBig).bytes()), CaptureFormat::kPcapng);
  EXPECT_EQ(capture_format_of(Bytes{}), std::nullopt);
}

TEST(CompressionOf, HostileSkippableFramesEnd) {
  EXPECT_EQ(compression_of(ByteWriter().u32(0x184d2a5f).u32(0xffffffff).bytes()), Compression::kNone);
  EXPECT_EQ(compression_of(ByteWriter().u32(0x184d2a50).u32(0).bytes()), Compression::kNone);
  EXPECT_EQ(compression_of(Bytes{0x1f, 0x8b}), Compression::kNone);
}

TEST(DescribeOtherContent, ShowsAtMostFourBytes) {
  EXPECT_THAT(describe_other_content(Bytes{0, 0xff, 0x10, 4, 5}), testing::HasSubstr("(first bytes 00 ff 10 04)"));
}

}  // namespace
}  // namespace pcapsule::capture::test
