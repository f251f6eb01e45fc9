// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/open_capture.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fstream>
#include <ostream>
#include <thread>

#include "extractor/capture/capture_stream.h"
#include "tests/unit/extractor/capture/capture_files.h"

namespace pcapsule::capture::test {
namespace {

using testing::HasSubstr;

Bytes three_frames(std::uint32_t magic = kMicroMagic, Order order = Order::kLittle) {
  return PcapBuilder(magic, order)
      .frame(1538000462, 883718, ethernet_frame(1))
      .frame(1538000462, 883719, ethernet_frame(2, 1000))
      .frame(1538000463, 0, ethernet_frame(3, 30), 1514)
      .bytes();
}

struct FormatCase {
  const char* name;
  std::uint32_t magic;
  Order order;
  std::uint32_t unit_ns;
  friend void PrintTo(const FormatCase& row, std::ostream* out) { *out << row.name; }
};

class PcapFormats : public testing::TestWithParam<FormatCase> {};

TEST_P(PcapFormats, YieldFramesAndUnit) {
  const auto& [name, magic, order, unit_ns] = GetParam();
  const Extract extract = read_all(three_frames(magic, order));
  ASSERT_FALSE(extract.error) << extract.error->message;
  EXPECT_EQ(extract.description.time_unit_ns, unit_ns);
  EXPECT_EQ(extract.description.format, CaptureFormat::kPcap);
  ASSERT_EQ(extract.description.interfaces.size(), 1U);
  EXPECT_EQ(extract.description.interfaces[0].link_type, LinkType::kEthernet);
  const std::int64_t second = 1538000462LL * kNsPerSecond;
  const std::vector<OwnedFrame> expected = {
      {1, second + 883718 * std::int64_t{unit_ns}, 60, LinkType::kEthernet, 0, true, ethernet_frame(1)},
      {2, second + 883719 * std::int64_t{unit_ns}, 1014, LinkType::kEthernet, 0, true, ethernet_frame(2, 1000)},
      {3, second + kNsPerSecond, 1514, LinkType::kEthernet, 0, true, ethernet_frame(3, 30)}};
  EXPECT_EQ(extract.frames, expected);
  EXPECT_FALSE(extract.end.damage) << *extract.end.damage;
}

INSTANTIATE_TEST_SUITE_P(Magics, PcapFormats,
                         testing::ValuesIn(std::vector<FormatCase>{
                             {"micro_little", kMicroMagic, Order::kLittle, 1000},
                             {"micro_big", kMicroMagic, Order::kBig, 1000},
                             {"nano_little", kNanoMagic, Order::kLittle, 1},
                             {"nano_big", kNanoMagic, Order::kBig, 1},
                             {"kuznetsov_little", kKuznetsovMagic, Order::kLittle, 1000},
                             {"kuznetsov_big", kKuznetsovMagic, Order::kBig, 1000},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

struct StampCase {
  const char* name;
  std::uint32_t magic;
  std::uint32_t seconds;
  std::uint32_t fraction;
  std::int64_t expected_ns;
  friend void PrintTo(const StampCase& row, std::ostream* out) { *out << row.name; }
};

class PcapStamps : public testing::TestWithParam<StampCase> {};

TEST_P(PcapStamps, AreUnsignedInBothByteOrders) {
  const auto& [name, magic, seconds, fraction, expected_ns] = GetParam();
  for (const Order order : {Order::kLittle, Order::kBig}) {
    const Extract extract = read_all(PcapBuilder(magic, order).frame(seconds, fraction, ethernet_frame(1)).bytes());
    ASSERT_EQ(extract.frames.size(), 1U);
    EXPECT_EQ(extract.frames[0].time_ns, expected_ns);
    EXPECT_EQ(extract.end.clamped_stamps, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Ends, PcapStamps,
                         testing::ValuesIn(std::vector<StampCase>{
                             {"zero", kMicroMagic, 0, 0, 0},
                             {"after_2038", kMicroMagic, 0x80000001, 7, 2147483649'000007000},
                             {"last_second", kNanoMagic, 0xffffffff, 999'999'999, 4294967295'999999999},
                             {"fraction_above_a_second", kMicroMagic, 5, 1'500'000, 6'500'000'000},
                             {"fraction_top_bit_micro", kMicroMagic, 5, 0x80000001,
                              5'000'000'000 + 0x80000001LL * 1000},
                             {"fraction_top_bit_nano", kNanoMagic, 5, 0x80000001, 5'000'000'000 + 0x80000001LL},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PcapSource, HeaderOnlyIsAnEmptyCapture) {
  const Extract extract = read_all(PcapBuilder().bytes());
  EXPECT_FALSE(extract.error);
  EXPECT_TRUE(extract.frames.empty());
  EXPECT_FALSE(extract.end.damage);
  EXPECT_EQ(extract.end.bytes, 24U);
}

TEST(PcapSource, FramesLongerThanTheSnaplenAreReadWhole) {
  for (const std::uint32_t magic : {kMicroMagic, kNanoMagic, kKuznetsovMagic}) {
    for (const Order order : {Order::kLittle, Order::kBig}) {
      const Bytes longer = ethernet_frame(2, 5000);
      const Extract extract = read_all(
          PcapBuilder(magic, order, 1, 60).frame(1, 0, longer).frame(2, 0, ethernet_frame(3, 30), 1514).bytes());
      ASSERT_EQ(extract.frames.size(), 2U);
      EXPECT_EQ(extract.frames[0].bytes, longer);
      EXPECT_EQ(extract.frames[0].wire_bytes, longer.size());
      EXPECT_EQ(extract.frames[1].bytes, ethernet_frame(3, 30));
      EXPECT_EQ(extract.description.interfaces[0].snaplen_bytes, 60U) << "as the file says";
      EXPECT_FALSE(extract.end.damage);
    }
  }
}

TEST(PcapSource, SnaplenIsLibpcapsReading) {
  EXPECT_EQ(
      read_all(PcapBuilder(kMicroMagic, Order::kBig, 1, 0x80000000).bytes()).description.interfaces[0].snaplen_bytes,
      262144U);
  EXPECT_EQ(read_all(PcapBuilder(kMicroMagic, Order::kLittle, 1, 96).bytes()).description.interfaces[0].snaplen_bytes,
            96U);
  EXPECT_EQ(read_all(PcapBuilder(kMicroMagic, Order::kLittle, 1, 0).bytes()).description.interfaces[0].snaplen_bytes,
            262144U);
}

TEST(PcapSource, FingerprintIsXxh3OfTheStoredBytes) {
  for (const Bytes& bytes : {three_frames(), gzip(three_frames()), zstd(three_frames())}) {
    const TemporaryFile file(bytes);
    const XXH128_hash_t expected = XXH3_128bits(bytes.data(), bytes.size());
    const CaptureEnd end = read_all(file.path()).end;
    EXPECT_EQ(end.fingerprint, (Fingerprint{expected.low64, expected.high64}));
    EXPECT_EQ(end.bytes, bytes.size());
    const auto alone = fingerprint_of(file.path());
    ASSERT_TRUE(alone);
    EXPECT_EQ(*alone, end.fingerprint);
  }
}

void append_to(const std::string& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

TEST(OpenCapture, WhatIsAppendedAfterTheEndWasMetIsInNeitherFramesNorFingerprint) {
  const Bytes pcapng = PcapngBuilder().interface().enhanced(0, 1, ethernet_frame(1)).bytes();
  for (const Bytes& bytes : {three_frames(), pcapng, gzip(three_frames()), zstd(pcapng)}) {
    const TemporaryFile file(bytes);
    auto source = open_capture({file.path(), std::nullopt});
    ASSERT_TRUE(source);
    Frame frame;
    while ((*source)->next(frame)) {
    }
    append_to(file.path(), Bytes(bytes.begin() + 24, bytes.end()));  // as a capture program does, right then
    const auto end = (*source)->finish();
    ASSERT_TRUE(end);
    const XXH128_hash_t expected = XXH3_128bits(bytes.data(), bytes.size());
    EXPECT_EQ(end->bytes, bytes.size());
    EXPECT_EQ(end->fingerprint, (Fingerprint{expected.low64, expected.high64}));
  }
}

TEST(PcapSource, FingerprintCoversWhatFollowsTheDamage) {
  Bytes bytes = three_frames();
  bytes[24 + 16 + 60 + 11] = 0xff;  // captured length of frame 2: impossible
  bytes.resize(bytes.size() + 3'000'000, 0x55);
  const XXH128_hash_t expected = XXH3_128bits(bytes.data(), bytes.size());
  const Extract extract = read_all(bytes);
  EXPECT_EQ(extract.frames.size(), 1U);
  ASSERT_TRUE(extract.end.damage);
  EXPECT_THAT(*extract.end.damage, HasSubstr("after frame 1: invalid packet capture length"));
  EXPECT_EQ(extract.end.fingerprint, (Fingerprint{expected.low64, expected.high64}));
  EXPECT_EQ(extract.end.bytes, bytes.size());
}

TEST(PcapSource, FilterMarksFramesAndKeepsNumbers) {
  Bytes tagged = ethernet_frame(2, 50, 0x8100);
  tagged[14] = 0;
  tagged[15] = 42;  // VLAN id
  const Bytes bytes =
      PcapBuilder().frame(1, 0, ethernet_frame(1)).frame(2, 0, tagged).frame(3, 0, ethernet_frame(3)).bytes();
  const Extract extract = read_all(bytes, "vlan 42");
  ASSERT_EQ(extract.frames.size(), 3U);
  EXPECT_FALSE(extract.frames[0].wanted);
  EXPECT_TRUE(extract.frames[1].wanted);
  EXPECT_FALSE(extract.frames[2].wanted);
  EXPECT_EQ(extract.frames[2].number, 3U);
  const Extract other = read_all(bytes, "vlan 7");
  EXPECT_FALSE(other.frames[1].wanted);
}

TEST(PcapSource, FilterThatDoesNotCompileIsAUsageError) {
  const Extract extract = read_all(three_frames(), "tcp prot 80");
  ASSERT_TRUE(extract.error);
  EXPECT_EQ(extract.error->code, ErrorCode::kUsage);
  EXPECT_THAT(extract.error->message, HasSubstr("'tcp prot 80'"));
  EXPECT_THAT(extract.error->message, HasSubstr("pcap-filter(7)"));
}

TEST(PcapSource, ReadsStandardInputFromAPipe) {
  const Bytes bytes = zstd(three_frames());
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_GE(::dup2(ends[0], STDIN_FILENO), 0);
  ::close(ends[0]);
  std::thread writer([&] {
    for (const std::uint8_t byte : bytes) EXPECT_EQ(::write(ends[1], &byte, 1), 1);  // as slowly as a pipe can
    ::close(ends[1]);
  });
  const Extract extract = read_all("-");
  writer.join();
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  EXPECT_EQ(extract.frames, read_all(three_frames()).frames);
  EXPECT_EQ(extract.end.bytes, bytes.size());
}

struct RefusalCase {
  const char* name;
  Bytes bytes;
  ErrorCode code;
  const char* message;
  friend void PrintTo(const RefusalCase& row, std::ostream* out) { *out << row.name; }
};

Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

class NotACapture : public testing::TestWithParam<RefusalCase> {};

TEST_P(NotACapture, IsRefusedWithWhatWasFound) {
  const TemporaryFile file(GetParam().bytes);
  const Extract extract = read_all(file.path());
  ASSERT_TRUE(extract.error);
  EXPECT_EQ(extract.error->code, GetParam().code) << extract.error->message;
  EXPECT_THAT(extract.error->message, HasSubstr(GetParam().message));
  EXPECT_THAT(extract.error->message, HasSubstr(file.path()));
  EXPECT_EQ(*looks_like_capture(file.path()), GetParam().code != ErrorCode::kNotACapture);
}

INSTANTIATE_TEST_SUITE_P(
    Contents, NotACapture,
    testing::ValuesIn(std::vector<RefusalCase>{
        {"empty", {}, ErrorCode::kNotACapture, "empty (0 bytes)"},
        {"script", bytes_of("#!/bin/sh\n"), ErrorCode::kNotACapture,
         "not a pcap or pcapng capture (first bytes 23 21 2f 62)"},
        {"one_byte", bytes_of("x"), ErrorCode::kNotACapture, "(first bytes 78)"},
        {"record_file", bytes_of("PCAPSULE\1"), ErrorCode::kNotACapture, "analyzer info FILE"},
        {"snoop", bytes_of({"snoop\0\0\0\0\0\0\2", 12}), ErrorCode::kNotACapture, "snoop capture"},
        {"xz", bytes_of({"\xfd\x37zXZ\0\0", 7}), ErrorCode::kNotACapture, "unxz"},
        {"two_line_ends", bytes_of("\n\r\r\n and then some text"), ErrorCode::kNotACapture, "not a pcap or pcapng"},
        {"gzip_of_text", gzip(bytes_of("hello, world")), ErrorCode::kNotACapture, "gzip data that hold not a pcap"},
        {"gzip_of_nothing", gzip({}), ErrorCode::kNotACapture, "gzip data that hold 0 bytes"},
        {"gzip_of_gzip", gzip(gzip(three_frames())), ErrorCode::kNotACapture, "compressed data again"},
        {"header_cut", first_bytes(three_frames(), 23), ErrorCode::kCorrupt, "truncated"},
        {"header_of_10_bytes", first_bytes(three_frames(), 10), ErrorCode::kCorrupt,
         "damaged before its first frame: the file header is truncated, 10 of 24 bytes; get the file again"},
        {"link_type_above_16_bits", PcapBuilder(kMicroMagic, Order::kLittle, 0x10001).bytes(), ErrorCode::kUnsupported,
         "the link type of its header is 65537, expected one up to 65535"},
        {"highest_reserved_bit", PcapBuilder(kMicroMagic, Order::kBig, 0x02000001).bytes(), ErrorCode::kUnsupported,
         "is 33554433, expected"},
        {"version_3",
         [] {
           Bytes b = three_frames();
           b[4] = 3;
           return b;
         }(),
         ErrorCode::kUnsupported, "version"},
        {"version_1",
         [] {
           Bytes b = three_frames();
           b[4] = 1;
           return b;
         }(),
         ErrorCode::kUnsupported, "archaic"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CaptureInput, ErfGetsAHint) {
  // Time, type 2 (Ethernet), flags, record length 78, lost, wire length 60.
  const Bytes erf =
      ByteWriter(Order::kBig).u32(0).u32(0x8e4aab5b).u16(0x0204).u16(78).u16(0).u16(60).bytes() + Bytes(62);
  EXPECT_THAT(read_all(erf).error->message, HasSubstr("Endace ERF"));
}

Bytes skippable_frame(std::uint32_t content_bytes) {
  return ByteWriter().u32(0x184d2a53).u32(content_bytes).raw(Bytes(content_bytes, 0xd4)).bytes();
}

TEST(SkippableFrames, OfAnySizeMayStandBeforeTheData) {
  const std::vector<OwnedFrame> expected = read_all(three_frames()).frames;
  for (const Bytes& data : {zstd(three_frames()), lz4(three_frames())}) {
    for (const std::uint32_t size : {0U, 4U, 4080U, 4084U, 4086U, 4088U, 4089U, 70'000U, 3'000'000U}) {
      const Bytes file = skippable_frame(size) + data;
      const Extract extract = read_all(file);
      ASSERT_FALSE(extract.error) << size << ": " << extract.error->message;
      EXPECT_EQ(extract.frames, expected);
      EXPECT_EQ(extract.end.bytes, file.size());
      EXPECT_FALSE(extract.end.damage);
      EXPECT_TRUE(*looks_like_capture(TemporaryFile(file).path()));
    }
    Bytes many;
    for (std::uint32_t i = 0; i < 1000; ++i) many = std::move(many) + skippable_frame(i % 40);
    EXPECT_EQ(read_all(many + skippable_frame(9000) + many + data).frames, expected);
  }
}

TEST(SkippableFrames, CountInThePlaceOfDamage) {
  const Bytes data = zstd(three_frames());
  const Extract extract = read_all(skippable_frame(9000) + first_bytes(data, data.size() - 1));
  ASSERT_TRUE(extract.end.damage);
  EXPECT_THAT(*extract.end.damage, HasSubstr("(at compressed byte " + std::to_string(9008 + data.size() - 1)));
}

TEST(SkippableFrames, BeforeAnythingElseAreNoCapture) {
  for (const Bytes& rest : {three_frames(), Bytes{}, Bytes(5000, 0x53)}) {
    const Extract extract = read_all(skippable_frame(9000) + rest);
    ASSERT_TRUE(extract.error);
    EXPECT_EQ(extract.error->code, ErrorCode::kNotACapture);
    EXPECT_THAT(extract.error->message, HasSubstr("(first bytes 53 2a 4d 18)"));
  }
  EXPECT_THAT(read_all(first_bytes(skippable_frame(9000), 8000)).error->message, HasSubstr("first bytes 53 2a"));
}

TEST(CaptureInput, FolderIsRefused) {
  const Extract extract = read_all(testing::TempDir());
  ASSERT_TRUE(extract.error);
  EXPECT_EQ(extract.error->code, ErrorCode::kNotACapture);
  EXPECT_THAT(extract.error->message, HasSubstr("is a folder"));
  EXPECT_FALSE(*looks_like_capture(testing::TempDir()));
}

TEST(CaptureInput, MissingFileNamesItAndTheReason) {
  const Extract extract = read_all("/nonexistent/x.pcap");
  ASSERT_TRUE(extract.error);
  EXPECT_EQ(extract.error->code, ErrorCode::kIo);
  EXPECT_THAT(extract.error->message, HasSubstr("/nonexistent/x.pcap: cannot open: No such file or directory"));
}

TEST(CaptureInput, PipeInAFolderIsNotWaitedFor) {
  const std::string path = testing::TempDir() + "capture_test_fifo_" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(*looks_like_capture(path));
  ::unlink(path.c_str());
}

TEST(CaptureInput, PipeInTheSteadOfARegularFileIsNotWaitedFor) {
  const std::string path = testing::TempDir() + "capture_test_swapped_" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto input = CaptureInput::open({path, InputKind::kRegularFile}, path);
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().code, ErrorCode::kNotACapture);
  ::unlink(path.c_str());
}

TEST(LooksLikeCapture, CannotTellOfWhatIsDamagedAtItsStartOrNotReadable) {
  Bytes damaged = gzip(three_frames());
  damaged.at(10) = 0xff;  // the first block has no such type
  for (const Bytes& bytes : {damaged, first_bytes(zstd(three_frames()), 9)}) {
    const auto found = looks_like_capture(TemporaryFile(bytes).path());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
  }
  const auto found = looks_like_capture("/proc/self/mem");  // a regular file whose first byte cannot be read
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kIo);
  EXPECT_FALSE(*looks_like_capture("/nonexistent/x.pcap")) << "a ring buffer has dropped it since";
}

TEST(LooksLikeCapture, SeesThroughCompression) {
  const Bytes pcapng = PcapngBuilder().interface().bytes();
  for (const Bytes& bytes : {three_frames(), pcapng, gzip(three_frames()), zstd(pcapng), lz4(three_frames())}) {
    EXPECT_TRUE(*looks_like_capture(TemporaryFile(bytes).path()));
  }
}

}  // namespace
}  // namespace pcapsule::capture::test
