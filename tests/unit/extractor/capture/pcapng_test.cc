// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <ostream>

#include "extractor/capture/pcapng_watch.h"
#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kStampUs = 1538000462'883718;

std::vector<std::uint32_t> interfaces_of(const Extract& extract) {
  std::vector<std::uint32_t> found;
  for (const OwnedFrame& frame : extract.frames) found.push_back(frame.interface);
  return found;
}

std::vector<std::uint64_t> numbers_of(const Extract& extract) {
  std::vector<std::uint64_t> found;
  for (const OwnedFrame& frame : extract.frames) found.push_back(frame.number);
  return found;
}

TEST(Pcapng, BothByteOrdersYieldTheSameFrames) {
  std::vector<Extract> read;
  for (const Order order : {Order::kLittle, Order::kBig}) {
    read.push_back(read_all(PcapngBuilder(order)
                                .interface({1, 65535, "eth0", std::nullopt})
                                .enhanced(0, kStampUs, ethernet_frame(1))
                                .obsolete(0, kStampUs + 1, ethernet_frame(2))
                                .bytes()));
  }
  ASSERT_EQ(read[0].frames.size(), 2U);
  EXPECT_EQ(read[0].frames, read[1].frames);
  EXPECT_EQ(read[0].frames[0].time_ns, 1538000462'883718000);
  EXPECT_EQ(read[0].description.format, CaptureFormat::kPcapng);
  EXPECT_EQ(read[0].description.interfaces[0].name, "eth0");
  EXPECT_EQ(read[1].description.interfaces[0].name, "eth0");
}

struct ResolutionCase {
  const char* name;
  std::optional<std::uint8_t> resolution;
  std::uint64_t stamp;
  std::uint32_t unit_ns;
  std::int64_t expected_ns;
  friend void PrintTo(const ResolutionCase& row, std::ostream* out) { *out << row.name; }
};

class PcapngResolution : public testing::TestWithParam<ResolutionCase> {};

TEST_P(PcapngResolution, DecidesTheUnit) {
  const auto& row = GetParam();
  const Extract extract = read_all(
      PcapngBuilder().interface({1, 65535, "x", row.resolution}).enhanced(0, row.stamp, ethernet_frame(1)).bytes());
  ASSERT_EQ(extract.frames.size(), 1U);
  EXPECT_EQ(extract.description.time_unit_ns, row.unit_ns);
  EXPECT_EQ(extract.frames[0].time_ns, row.expected_ns);
}

INSTANTIATE_TEST_SUITE_P(Resolutions, PcapngResolution,
                         testing::ValuesIn(std::vector<ResolutionCase>{
                             {"absent", std::nullopt, kStampUs, 1000, 1538000462'883718000},
                             {"micro", 6, kStampUs, 1000, 1538000462'883718000},
                             {"milli", 3, 1538000462'883, 1000, 1538000462'883000000},
                             {"seconds", 0, 1538000462, 1000, 1538000462'000000000},
                             {"tenth_of_micro", 7, 15, 1, 1500},
                             {"nano", 9, 1538000462'883718124, 1, 1538000462'883718124},
                             {"pico", 12, 1500'123456789012, 1, 1500'123456789},
                             {"binary", 0x80 | 20, (1500 << 20) + (1 << 19), 1, 1500'500000000},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pcapng, AFinerSecondInterfaceDecidesTheUnit) {
  const Bytes bytes = PcapngBuilder().interface().interface({1, 65535, "", 9}).bytes();
  EXPECT_EQ(read_all(bytes).description.time_unit_ns, 1U);
}

TEST(Pcapng, StampsBeyond64BitsAreSetToTheNearestAndCounted) {
  const Extract extract = read_all(PcapngBuilder()
                                       .interface({1, 65535, "", 0})
                                       .enhanced(0, 9'300'000'000, ethernet_frame(1))
                                       .enhanced(0, std::uint64_t{1} << 63, ethernet_frame(2))
                                       .enhanced(0, 1, ethernet_frame(3))
                                       .bytes());
  ASSERT_EQ(extract.frames.size(), 3U);
  EXPECT_EQ(extract.frames[0].time_ns, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(extract.frames[1].time_ns, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(extract.frames[2].time_ns, kNsPerSecond);
  EXPECT_EQ(extract.end.clamped_stamps, 2U);
}

TEST(Pcapng, FramesKnowTheirInterface) {
  const Extract extract = read_all(PcapngBuilder()
                                       .interface({1, 65535, "left", std::nullopt})
                                       .interface({1, 65535, "right", std::nullopt})
                                       .enhanced(1, kStampUs, ethernet_frame(1))
                                       .enhanced(0, kStampUs, ethernet_frame(2))
                                       .simple(ethernet_frame(3))
                                       .obsolete(1, kStampUs, ethernet_frame(4))
                                       .bytes());
  EXPECT_EQ(interfaces_of(extract), (std::vector<std::uint32_t>{1, 0, 0, 1}));
  ASSERT_EQ(extract.description.interfaces.size(), 2U);
  EXPECT_EQ(extract.description.interfaces[1].name, "right");
}

TEST(Pcapng, SectionsThatRepeatAnInterfaceShareIt) {
  const InterfaceOptions left{1, 65535, "left", std::nullopt};
  const InterfaceOptions right{1, 65535, "right", std::nullopt};
  const Bytes frame = ethernet_frame(1);
  PcapngBuilder file;
  file.interface(left).enhanced(0, 1, frame);
  file.section().interface(right).enhanced(0, 2, frame);
  file.section().interface(left).interface(right).enhanced(1, 3, frame).enhanced(0, 4, frame);
  const Extract extract = read_all(file.bytes());
  EXPECT_EQ(interfaces_of(extract), (std::vector<std::uint32_t>{0, 1, 2, 0}));
  EXPECT_EQ(extract.description.interfaces.size(), 3U) << "right, second in its section, may be another one";
}

// Numbers as tshark 4.0.17 prints them for the same blocks (rule S9).
TEST(Pcapng, BlocksThatWiresharkNumbersTakeANumber) {
  for (const std::uint32_t type : {9U, 0xbadU, 0x40000badU, 0x204U, 0x216U, 0x221U}) {
    const Bytes bytes = PcapngBuilder()
                            .interface()
                            .enhanced(0, 1, ethernet_frame(1))
                            .block(type, Bytes(32, 1))
                            .enhanced(0, 2, ethernet_frame(2))
                            .bytes();
    EXPECT_EQ(numbers_of(read_all(bytes)), (std::vector<std::uint64_t>{1, 3})) << type;
  }
  for (const std::uint32_t type : {4U, 5U, 7U, 8U, 10U, 0x77U, 0x202U}) {
    const Bytes bytes = PcapngBuilder()
                            .interface()
                            .enhanced(0, 1, ethernet_frame(1))
                            .block(type, Bytes(32, 1))
                            .enhanced(0, 2, ethernet_frame(2))
                            .bytes();
    EXPECT_EQ(numbers_of(read_all(bytes)), (std::vector<std::uint64_t>{1, 2})) << type;
  }
}

TEST(Pcapng, WithoutInterfacesIsAnEmptyCapture) {
  const Extract extract = read_all(PcapngBuilder().bytes());
  EXPECT_FALSE(extract.error);
  EXPECT_TRUE(extract.frames.empty());
  EXPECT_TRUE(extract.description.interfaces.empty());
  EXPECT_FALSE(extract.end.damage);
}

struct RefusedCase {
  const char* name;
  Bytes bytes;
  std::size_t frames;
  std::vector<const char*> texts;
  friend void PrintTo(const RefusedCase& row, std::ostream* out) { *out << row.name; }
};

class RefusedPcapng : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedPcapng, IsNotCalledDamaged) {
  const Extract extract = read_all(GetParam().bytes);
  ASSERT_FALSE(extract.error) << extract.error->message;
  EXPECT_EQ(extract.frames.size(), GetParam().frames);
  EXPECT_FALSE(extract.end.damage);
  ASSERT_TRUE(extract.end.refused);
  for (const char* text : GetParam().texts) EXPECT_THAT(*extract.end.refused, HasSubstr(text));
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, RefusedPcapng,
    testing::ValuesIn(std::vector<RefusedCase>{
        {"link_types",
         PcapngBuilder().interface().interface({113, 65535, "", std::nullopt}).bytes(),
         0,
         {"different link types", "Ethernet (1)", "TYPE: ether for interface 0"}},
        {"link_types_in_mid_file",
         PcapngBuilder().interface().enhanced(0, 1, ethernet_frame(1)).interface({113, 65535, "", {}}).bytes(),
         1,
         {"different link types"}},
        {"two_raw_ip",
         PcapngBuilder().interface({101, 65535, "", {}}).interface({101, 65535, "", {}}).bytes(),
         0,
         {"several interfaces of this link type", "editcap -F pcap"}},
        {"snaplens",
         PcapngBuilder().interface({1, 96, "", {}}).interface({1, 128, "", {}}).bytes(),
         0,
         {"different snapshot lengths", "editcap -F pcap"}},
        {"byte_orders",
         PcapngBuilder().interface().bytes() + PcapngBuilder(Order::kBig).interface().bytes(),
         0,
         {"different byte orders", "editcap -F pcap"}},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Pcapng, DamagedBlockIsDamage) {
  Bytes bytes = PcapngBuilder().interface().enhanced(0, 1, ethernet_frame(1)).bytes();
  const Bytes broken =
      PcapngBuilder().interface().enhanced(7, 1, ethernet_frame(1)).enhanced(0, 1, ethernet_frame(2)).bytes();
  const std::size_t second_block = 28;  // after the section header
  bytes.insert(bytes.end(), broken.begin() + static_cast<std::ptrdiff_t>(second_block), broken.end());
  const Extract extract = read_all(bytes);
  EXPECT_EQ(extract.frames.size(), 1U);
  EXPECT_FALSE(extract.end.refused);
  ASSERT_TRUE(extract.end.damage);
  EXPECT_THAT(*extract.end.damage, HasSubstr("after frame 1: a packet arrived on interface 7"));
}

TEST(PcapngWatch, PiecesOfAnySizeYieldTheSame) {
  PcapngBuilder file;
  file.interface({1, 65535, "left", std::nullopt}).interface({1, 65535, "right", 9});
  for (std::uint32_t i = 0; i < 20; ++i) file.enhanced(i % 2, i, ethernet_frame(1, i)).block(9, Bytes(i));
  for (std::size_t piece = 1; piece < 100; ++piece) {
    PcapngWatch watch;
    std::vector<std::uint32_t> interfaces;
    for (std::size_t at = 0; at < file.bytes().size(); at += piece) {
      watch.feed(ByteView(file.bytes()).subspan(at, std::min(piece, file.bytes().size() - at)));
    }
    EXPECT_FALSE(watch.microseconds_suffice());
    ASSERT_EQ(watch.interfaces().size(), 2U);
    for (std::uint32_t i = 0; i < 20; ++i) {
      const PcapngWatch::Packet packet = watch.take_packet();
      ASSERT_EQ(packet.interface, i % 2);
      ASSERT_EQ(packet.numbered_blocks_before, i == 0 ? 0U : 1U);
    }
    EXPECT_EQ(watch.take_packet().interface, 0U) << "lost track: a default, not a fault";
  }
}

TEST(PcapngWatch, HostileInterfacesStayBounded) {
  PcapngBuilder file;
  for (std::uint32_t i = 0; i < 5000; ++i) file.interface({1, 65535, std::to_string(i), std::nullopt});
  file.enhanced(4999, 1, ethernet_frame(1)).enhanced(0xffffffff, 1, ethernet_frame(1));
  PcapngWatch watch;
  watch.feed(file.bytes());
  EXPECT_EQ(watch.interfaces().size(), PcapngWatch::kMaxInterfaces);
  EXPECT_EQ(watch.take_packet().interface, PcapngWatch::kMaxInterfaces - 1);
  EXPECT_EQ(watch.take_packet().interface, PcapngWatch::kMaxInterfaces - 1);
}

TEST(PcapngWatch, GarbageIsHarmless) {
  std::uint32_t random = 1;
  for (int round = 0; round < 300; ++round) {
    Bytes bytes = PcapngBuilder().interface({1, 0, "name", 9}).enhanced(0, 1, ethernet_frame(1)).bytes();
    for (int i = 0; i < 6; ++i) {
      random = random * 1664525 + 1013904223;
      bytes[(random >> 8) % bytes.size()] = static_cast<std::uint8_t>(random >> 24);
    }
    PcapngWatch watch;
    watch.feed(bytes);
    (void)watch.take_packet();
    (void)read_all(bytes);
  }
}

}  // namespace
}  // namespace pcapsule::capture::test
