// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <ostream>

#include "extractor/capture/interface_list.h"
#include "extractor/capture/pcapng_block.h"
#include "extractor/capture/window_reader.h"
#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

using testing::HasSubstr;

/// Hands out at most `piece` bytes at a time.
class PieceReader final : public ByteReader {
 public:
  PieceReader(const Bytes& bytes, std::size_t piece) : rest_(bytes), piece_(piece) {}
  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min({piece_, into.size(), rest_.size()});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_ = rest_.subspan(count);
    return count;
  }

 private:
  ByteView rest_;
  std::size_t piece_;
};

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
                             {"binary_seconds", 0x80, 1500, 1000, 1500'000000000},
                             {"binary_below_ns", 0x80 | 62, std::uint64_t{3} << 61, 1, 1'500000000},
                             {"tenth_of_ns", 10, 1538000462'8837181249U, 1, 1538000462'883718124},
                             {"atto", 18, 5'123456789'999999999, 1, 5'123456789},
                             {"finer_than_any_stamp", 29, ~std::uint64_t{0}, 1, 0},
                             {"much_finer", 127, ~std::uint64_t{0}, 1, 0},
                             {"binary_much_finer", 0xff, ~std::uint64_t{0}, 1, 0},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pcapng, OffsetIsAddedInSeconds) {
  constexpr std::int64_t kFar = std::int64_t{1} << 62;
  const auto time_with = [](std::int64_t offset_seconds, std::uint64_t stamp) {
    InterfaceOptions options;
    options.offset_seconds = offset_seconds;
    return read_all(PcapngBuilder(Order::kBig).interface(options).enhanced(0, stamp, ethernet_frame(1)).bytes());
  };
  EXPECT_EQ(time_with(100, kStampUs).frames.at(0).time_ns, 1538000562'883718000);
  EXPECT_EQ(time_with(-100, kStampUs).frames.at(0).time_ns, 1538000362'883718000);
  EXPECT_EQ(time_with(-2, 1'500'000).frames.at(0).time_ns, -500'000'000) << "before 1970";
  EXPECT_EQ(time_with(kFar, 0).frames.at(0).time_ns, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(time_with(kFar, 0).end.clamped_stamps, 1U);
  EXPECT_EQ(time_with(-kFar, 0).frames.at(0).time_ns, std::numeric_limits<std::int64_t>::min());
}

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
  EXPECT_EQ(extract.frames[1].time_ns, std::numeric_limits<std::int64_t>::max()) << "stamps are unsigned";
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

TEST(Pcapng, PiecesOfAnySizeYieldTheSame) {
  PcapngBuilder file;
  file.interface({1, 65535, "left", std::nullopt}).interface({1, 65535, "right", 9});
  for (std::uint32_t i = 0; i < 20; ++i) file.enhanced(i % 2, i, ethernet_frame(1, i)).block(9, Bytes(i));
  const Extract whole = read_all(file.bytes());
  ASSERT_EQ(whole.frames.size(), 20U);
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 12U, 13U, 64U, 1000U}) {
    PieceReader pieces(file.bytes(), piece);
    WindowReader window(pieces);
    std::size_t blocks = 0;
    Bytes read;
    for (std::size_t at = 0; window.fetch(12); ++blocks) {
      const std::uint32_t length = pcapng::Loader().u32(window.held().data() + 4);
      ASSERT_TRUE(window.fetch(length));
      read.insert(read.end(), window.held().begin(), window.held().begin() + length);
      if (blocks % 2 == 0) {
        window.consume(length);
      } else {
        ASSERT_TRUE(window.skip(length));
      }
      at += length;
      ASSERT_EQ(window.position(), at);
    }
    EXPECT_EQ(blocks, 43U);
    EXPECT_EQ(read, file.bytes());
    EXPECT_FALSE(window.skip(1));
  }
}

TEST(Pcapng, HostileInterfacesStayBounded) {
  PcapngBuilder file;
  for (std::uint32_t i = 0; i < 5000; ++i) file.interface({i % 2 == 0 ? 1U : 113U, 65535, std::to_string(i), {}});
  file.enhanced(4999, 1, ethernet_frame(1)).enhanced(4998, 1, ethernet_frame(1));
  const Extract extract = read_all(file.bytes());
  EXPECT_EQ(extract.description.interfaces.size(), InterfaceList::kMaxInterfaces);
  EXPECT_EQ(interfaces_of(extract), std::vector<std::uint32_t>(2, InterfaceList::kMaxInterfaces - 1));
  EXPECT_EQ(extract.frames.at(0).link_type, LinkType::kLinuxSll) << "its own, though the list names another";
  EXPECT_EQ(extract.frames.at(1).link_type, LinkType::kEthernet);
}

// Interfaces that differ in anything: what libpcap refuses.
TEST(Pcapng, EachFrameHasTheLinkTypeOfItsInterface) {
  const Extract extract = read_all(PcapngBuilder()
                                       .interface({1, 96, "eth0", {}})
                                       .enhanced(0, 1, ethernet_frame(1))
                                       .interface({113, 128, "any", 9})
                                       .enhanced(1, 2, ethernet_frame(2))
                                       .interface({12, 0, "tun0", {}})
                                       .enhanced(2, 3, ethernet_frame(3))
                                       .enhanced(0, 4, ethernet_frame(4))
                                       .bytes());
  EXPECT_FALSE(extract.end.damage);
  ASSERT_EQ(extract.frames.size(), 4U);
  EXPECT_EQ(extract.frames[0].link_type, LinkType::kEthernet);
  EXPECT_EQ(extract.frames[1].link_type, LinkType::kLinuxSll);
  EXPECT_EQ(extract.frames[1].time_ns, 2);
  EXPECT_EQ(extract.frames[2].link_type, LinkType::kRaw) << "12 is what old files call raw IP";
  EXPECT_EQ(extract.frames[3].link_type, LinkType::kEthernet);
  EXPECT_EQ(extract.frames[3].time_ns, 4000);
  EXPECT_EQ(extract.description.time_unit_ns, 1U);
  ASSERT_EQ(extract.description.interfaces.size(), 3U);
  EXPECT_EQ(extract.description.interfaces[1].snaplen_bytes, 128U);
  EXPECT_EQ(extract.description.interfaces[2].snaplen_bytes, 0U);
}

TEST(Pcapng, SectionsOfBothByteOrders) {
  const Bytes bytes = PcapngBuilder().interface({1, 0, "a", {}}).enhanced(0, 1, ethernet_frame(1)).bytes() +
                      PcapngBuilder(Order::kBig).interface({1, 0, "b", 9}).enhanced(0, 2, ethernet_frame(2)).bytes() +
                      PcapngBuilder().interface({1, 0, "a", {}}).enhanced(0, 3, ethernet_frame(3)).bytes();
  const Extract extract = read_all(bytes);
  EXPECT_FALSE(extract.end.damage);
  EXPECT_EQ(interfaces_of(extract), (std::vector<std::uint32_t>{0, 1, 0}));
  EXPECT_EQ(extract.frames.at(1).time_ns, 2);
  EXPECT_EQ(extract.frames.at(2).time_ns, 3000);
}

TEST(Pcapng, SimplePacketsHaveTheFirstInterfaceItsSnaplenAndNoStamp) {
  const Extract extract = read_all(PcapngBuilder()
                                       .interface({1, 40, "", {}})
                                       .interface({113, 0, "", {}})
                                       .simple(first_bytes(ethernet_frame(1), 40), 60)
                                       .enhanced(1, 7, ethernet_frame(2))
                                       .bytes());
  ASSERT_EQ(extract.frames.size(), 2U);
  EXPECT_EQ(extract.frames[0].bytes.size(), 40U);
  EXPECT_EQ(extract.frames[0].wire_bytes, 60U);
  EXPECT_EQ(extract.frames[0].link_type, LinkType::kEthernet);
  EXPECT_EQ(extract.frames[0].time_ns, 0);
  EXPECT_EQ(extract.end.frames_without_stamp, 1U);
}

TEST(Pcapng, NamesAndCommentsAreKeptAndCapped) {
  InterfaceOptions named{1, 0, "eth0", {}, "the uplink", "on the\nroof"};
  InterfaceOptions described{1, 0, "", {}, std::string(300, 'd'), std::string(9000, 'c')};
  PcapngBuilder file;
  file.section({"first", std::string(9000, 'x')}).interface(named).interface(described);
  file.section({"first", "of the second section"});
  for (int i = 0; i < 100; ++i) file.section({std::to_string(i)});
  const CaptureDescription description = read_all(file.bytes()).description;
  ASSERT_EQ(description.comments.size(), pcapng::kMaxComments);
  EXPECT_EQ(description.comments[0], "first");
  EXPECT_EQ(description.comments[1].size(), pcapng::kMaxCommentBytes);
  EXPECT_EQ(description.comments[2], "of the second section") << "what is repeated is kept once";
  ASSERT_EQ(description.interfaces.size(), 2U);
  EXPECT_EQ(description.interfaces[0].name, "eth0");
  EXPECT_EQ(description.interfaces[0].comment, "on the\nroof");
  EXPECT_EQ(description.interfaces[1].name, std::string(pcapng::kMaxNameBytes, 'd'));
  EXPECT_EQ(description.interfaces[1].comment.size(), pcapng::kMaxCommentBytes);
}

TEST(Pcapng, NumbersAfterTheLastFrameCount) {
  const Bytes bytes = PcapngBuilder().interface().enhanced(0, 1, ethernet_frame(1)).block(0xbad, Bytes(8)).bytes();
  EXPECT_EQ(read_all(bytes).end.frame_numbers, 2U) << "a capture merged behind it begins with 3";
}

/// As tshark 4.0.17, which reads nothing behind it.
TEST(Pcapng, ACustomBlockSaysWhoseItIs) {
  for (const std::uint32_t type : {0xbadU, 0x40000badU}) {
    const Bytes bytes = PcapngBuilder()
                            .interface()
                            .enhanced(0, 1, ethernet_frame(1))
                            .block(type, {})
                            .enhanced(0, 2, ethernet_frame(2))
                            .bytes();
    const Extract extract = read_all(bytes);
    EXPECT_EQ(numbers_of(extract), (std::vector<std::uint64_t>{1}));
    EXPECT_THAT(extract.end.damage.value_or(""), testing::HasSubstr("has a length of 12 bytes, expected 16 to"));
  }
}

TEST(Pcapng, LengthsThatAreNoMultipleOfFourAreRoundedUp) {
  const Bytes odd = ByteWriter().u32(0x77).u32(15).raw({1, 2, 3, 0}).u32(15).bytes();
  const Bytes bytes =
      PcapngBuilder().interface().bytes() + odd + blocks_of(PcapngBuilder().enhanced(0, 1, ethernet_frame(1)));
  EXPECT_EQ(read_all(bytes).frames.size(), 1U);
}

TEST(Pcapng, FilterIsCompiledForEachLinkType) {
  Bytes tcp = ethernet_frame(1);
  tcp[14] = 0x45;
  tcp[23] = 6;
  const Bytes bare(tcp.begin() + 14, tcp.end());
  const Bytes bytes = PcapngBuilder()
                          .interface()
                          .interface({101, 65535, "", {}})
                          .enhanced(0, 1, tcp)
                          .enhanced(1, 2, bare)
                          .enhanced(1, 3, Bytes(40))
                          .bytes();
  const Extract both = read_all(bytes, "ip proto 6");
  EXPECT_TRUE(both.frames.at(0).wanted);
  EXPECT_TRUE(both.frames.at(1).wanted);
  EXPECT_FALSE(both.frames.at(2).wanted);
  EXPECT_TRUE(both.end.remarks.empty());

  const Extract one = read_all(bytes, "ether broadcast or ip");
  EXPECT_TRUE(one.frames.at(0).wanted);
  EXPECT_FALSE(one.frames.at(1).wanted);
  ASSERT_EQ(one.end.remarks.size(), 1U);
  EXPECT_THAT(one.end.remarks[0], HasSubstr("cannot be applied to frames of raw IP (101)"));
  EXPECT_THAT(one.end.remarks[0], HasSubstr("2 left out"));

  const Extract none = read_all(bytes, "tcp prot 80");
  ASSERT_TRUE(none.error);
  EXPECT_EQ(none.error->code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace pcapsule::capture::test
