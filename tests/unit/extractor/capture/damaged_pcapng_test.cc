// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

using testing::HasSubstr;

TEST(Pcapng, DamagedBlockIsDamage) {
  Bytes bytes = PcapngBuilder().interface().enhanced(0, 1, ethernet_frame(1)).bytes();
  const Bytes broken =
      PcapngBuilder().interface().enhanced(7, 1, ethernet_frame(1)).enhanced(0, 1, ethernet_frame(2)).bytes();
  const std::size_t second_block = 28;  // after the section header
  bytes.insert(bytes.end(), broken.begin() + static_cast<std::ptrdiff_t>(second_block), broken.end());
  const Extract extract = read_all(bytes);
  EXPECT_EQ(extract.frames.size(), 1U);
  ASSERT_TRUE(extract.end.damage);
  EXPECT_THAT(*extract.end.damage, HasSubstr("after frame 1: a packet of interface 7"));
}

TEST(Pcapng, GarbageIsHarmless) {
  std::uint32_t random = 1;
  for (int round = 0; round < 2000; ++round) {
    PcapngBuilder file;
    file.section({"a comment"}).interface({1, 0, "name", 9, "description", "comment", 7});
    Bytes bytes =
        file.enhanced(0, 1, ethernet_frame(1)).simple(ethernet_frame(2)).obsolete(0, 3, ethernet_frame(3)).bytes();
    for (int i = 0; i < 6; ++i) {
      random = random * 1664525 + 1013904223;
      bytes[28 + (random >> 8) % (bytes.size() - 28)] = static_cast<std::uint8_t>(random >> 24);
    }
    const Extract extract = read_all(bytes);
    EXPECT_LE(extract.frames.size(), 3U);
    for (const OwnedFrame& frame : extract.frames) EXPECT_LE(frame.bytes.size(), bytes.size());
  }
}

struct DamageCase {
  const char* name;
  Bytes bytes;
  const char* damage;
  friend void PrintTo(const DamageCase& row, std::ostream* out) { *out << row.name; }
};

class DamagedPcapng : public testing::TestWithParam<DamageCase> {};

// Each stands between two good frames; tshark 4.0 stops at the same place.
TEST_P(DamagedPcapng, KeepsThePrefixAndSaysWhere) {
  const Bytes bytes = PcapngBuilder().interface({1, 60, "", {}}).enhanced(0, 1, ethernet_frame(1)).bytes() +
                      GetParam().bytes + blocks_of(PcapngBuilder().enhanced(0, 2, ethernet_frame(2)));
  const Extract extract = read_all(bytes);
  ASSERT_FALSE(extract.error) << extract.error->message;
  EXPECT_EQ(extract.frames.size(), 1U);
  ASSERT_TRUE(extract.end.damage);
  EXPECT_THAT(*extract.end.damage, HasSubstr("after frame 1: "));
  EXPECT_THAT(*extract.end.damage, HasSubstr(GetParam().damage));
  EXPECT_EQ(extract.end.bytes, bytes.size());
}

INSTANTIATE_TEST_SUITE_P(
    Blocks, DamagedPcapng,
    testing::ValuesIn(std::vector<DamageCase>{
        {"unknown_interface", blocks_of(PcapngBuilder().enhanced(1, 1, ethernet_frame(2))),
         "a packet of interface 1, but its section describes 1 before it"},
        {"interface_of_another_section", PcapngBuilder().enhanced(0, 1, ethernet_frame(2)).bytes(),
         "a packet of interface 0, but its section describes 0"},
        {"simple_packet_without_interface", PcapngBuilder().simple(ethernet_frame(2)).bytes(), "interface 0"},
        {"zeros", Bytes(24), "has a length of 0 bytes, expected 12 to"},
        {"length_8", ByteWriter().u32(0x77).u32(8).u32(8).bytes(), "has a length of 8 bytes"},
        {"length_of_4_gigabytes", ByteWriter().u32(0x77).u32(0xfffffff0).u32(8).bytes(), "length of 4294967280 bytes"},
        {"packet_of_17_megabytes", ByteWriter().u32(6).u32(17 << 20).u32(8).bytes(), "more than 16777216"},
        {"lengths_differ", ByteWriter().u32(0x77).u32(16).u32(0).u32(99).bytes(),
         "has a length of 16 at its beginning and of 99 at its end"},
        {"lengths_of_a_packet_differ", ByteWriter().u32(6).u32(32).raw(Bytes(20)).u32(36).bytes(),
         "has a length of 32 at its beginning and of 36 at its end"},
        {"packet_too_short", ByteWriter().u32(6).u32(16).u32(0).u32(16).bytes(), "is too short"},
        {"more_captured_than_there_is", ByteWriter().u32(6).u32(36).raw(Bytes(12)).u32(5).u32(5).u32(0).u32(36).bytes(),
         "claims 5 captured bytes and has room for 4"},
        {"more_captured_in_a_simple_packet", ByteWriter().u32(3).u32(20).u32(100).u32(0).u32(20).bytes(),
         "claims 60 captured bytes and has room for 4"},
        {"interface_too_short", ByteWriter().u32(1).u32(16).u32(1).u32(16).bytes(), "interface description"},
        {"interface_options_break_off", ByteWriter().u32(1).u32(24).u32(1).u32(0).u16(9).u16(400).u32(24).bytes(),
         "breaks off"},
        {"section_without_magic", ByteWriter().u32(0x0a0d0d0a).u32(28).raw(Bytes(16)).u32(28).bytes(),
         "no byte-order magic"},
        {"section_too_short", ByteWriter().u32(0x0a0d0d0a).u32(16).u32(0x1a2b3c4d).u32(16).bytes(), "too short"},
        {"section_of_another_version",
         ByteWriter().u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4d).u16(2).u16(0).u64(0).u32(28).bytes(),
         "pcapng version 2.0, which is not read"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Pcapng, AnotherVersionIsNoDamage) {
  Bytes bytes = PcapngBuilder().interface().bytes();
  bytes[12] = 2;
  const Extract extract = read_all(bytes);
  ASSERT_TRUE(extract.error);
  EXPECT_EQ(extract.error->code, ErrorCode::kUnsupported);
  EXPECT_THAT(extract.error->message, HasSubstr("editcap"));
  bytes[12] = 1;
  bytes[14] = 2;
  EXPECT_FALSE(read_all(bytes).error) << "1.2 was written by mistake and means 1.0";
}

}  // namespace
}  // namespace pcapsule::capture::test
