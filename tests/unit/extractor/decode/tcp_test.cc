// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

TEST(TcpFields, AreCopiedRaw) {
  const Bytes frame = TcpPacket().seq(0xfffffff0).ack_field(7).syn().fin().window(512).checksum(0xabcd).frame();
  const Decoded decoded = decode(frame);
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  const Segment& row = decoded.row();
  EXPECT_EQ(row.source().port, 40000);
  EXPECT_EQ(row.destination().port, 80);
  EXPECT_EQ(row.seq, 0xfffffff0u);
  EXPECT_EQ(row.ack, 7u);  // S20: also without the flag
  EXPECT_EQ(row.word.flags(), tcp_flag::kSyn | tcp_flag::kFin);
  EXPECT_EQ(row.word.header_bytes(), 20u);
  EXPECT_EQ(row.window, 512);
  EXPECT_EQ(row.checksum, 0xabcd);
  EXPECT_EQ(row.payload_bytes, 0u);
  EXPECT_EQ(row.header_available, 20);
  EXPECT_EQ(row.options, kNoOptions);
  EXPECT_FALSE(row.has_timestamps);
}

TEST(TcpFields, KeepAllTwelveFlags) {
  const Decoded decoded = decode(TcpPacket().flag(tcp_flag::kAll).frame());
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().word.flags(), 0xfff);
}

struct CutCase {
  const char* name;
  std::size_t captured;  ///< bytes of the TCP header, which has 32
  Outcome outcome;
  unsigned available;
  std::uint8_t oddities;
  bool has_checksum;
};

class TcpHeaderCut : public testing::TestWithParam<CutCase> {};

TEST_P(TcpHeaderCut, KeepsWhatWasCaptured) {  // S5
  const Bytes frame = TcpPacket().ack(1).timestamps(11, 22).checksum(0xabcd).payload(100).frame();
  const Decoded decoded = decode_cut(frame, 14 + 20 + GetParam().captured);
  ASSERT_EQ(decoded.outcome, GetParam().outcome);
  ASSERT_EQ(decoded.has_row(), decoded.outcome == Outcome::kSegment);
  if (!decoded.has_row()) return;
  EXPECT_EQ(decoded.row().header_available, GetParam().available);
  EXPECT_EQ(decoded.row().oddities, GetParam().oddities);
  EXPECT_EQ(decoded.row().checksum, GetParam().has_checksum ? 0xabcd : 0);
  EXPECT_EQ(decoded.row().payload_bytes, 100u);
  const bool is_whole = GetParam().available == 32;
  EXPECT_EQ(decoded.row().has_timestamps, is_whole);
  EXPECT_EQ(decoded.row().options == kNoOptions, is_whole);
  if (!is_whole) {
    EXPECT_EQ(decoded.options().window_scale, OptionState::kUnknown);
  }
}

constexpr std::uint8_t kCutAndBroken = oddity::kHeaderCut | oddity::kOptionsBroken;

INSTANTIATE_TEST_SUITE_P(Captures, TcpHeaderCut,
                         testing::ValuesIn(std::vector<CutCase>{
                             {"none", 0, Outcome::kTcpHeaderCut, 0, 0, false},
                             {"bytes_15", 15, Outcome::kTcpHeaderCut, 0, 0, false},
                             {"bytes_16", 16, Outcome::kSegment, 16, kCutAndBroken, false},
                             {"bytes_17", 17, Outcome::kSegment, 17, kCutAndBroken, false},
                             {"bytes_18", 18, Outcome::kSegment, 18, kCutAndBroken, true},
                             {"bytes_20", 20, Outcome::kSegment, 20, kCutAndBroken, true},
                             {"bytes_31", 31, Outcome::kSegment, 31, kCutAndBroken, true},
                             {"bytes_32", 32, Outcome::kSegment, 32, 0, true},
                             {"bytes_33", 33, Outcome::kSegment, 32, 0, true},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

struct OffsetCase {
  const char* name;
  std::uint8_t words;
  std::size_t payload;
  Outcome outcome;
  unsigned payload_bytes;
  std::uint8_t oddities;
  unsigned available;
};

class DataOffset : public testing::TestWithParam<OffsetCase> {};

TEST_P(DataOffset, DecidesTheLength) {  // S3
  const auto& row = GetParam();
  const Decoded decoded = decode(TcpPacket().data_offset(row.words).payload(row.payload).frame());
  ASSERT_EQ(decoded.outcome, row.outcome);
  ASSERT_TRUE(decoded.has_row());
  EXPECT_EQ(decoded.row().payload_bytes, row.payload_bytes);
  EXPECT_EQ(decoded.row().oddities, row.oddities);
  EXPECT_EQ(decoded.row().header_available, row.available);
}

INSTANTIATE_TEST_SUITE_P(Offsets, DataOffset,
                         testing::ValuesIn(std::vector<OffsetCase>{
                             {"zero", 0, 1, Outcome::kMalformedTcp, 21, oddity::kBadDataOffset, 20},
                             {"four", 4, 1, Outcome::kMalformedTcp, 5, oddity::kBadDataOffset, 20},
                             {"five", 5, 1, Outcome::kSegment, 1, 0, 20},
                             {"fifteen_within_packet", 15, 45, Outcome::kSegment, 5, 0, 60},
                             {"fifteen_beyond_packet", 15, 10, Outcome::kMalformedTcp, 0,
                              oddity::kShort | oddity::kHeaderCut | oddity::kOptionsBroken, 30},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FirstFragment, MayEndInsideTheOptions) {  // W2.1 (a)
  const Bytes frame = TcpPacket().syn().mss(1460).timestamps(1, 0).fragment(0, true).ip_length(20 + 28).frame();
  const Decoded decoded = decode(frame);
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  EXPECT_EQ(decoded.row().oddities, oddity::kFirstFragment | oddity::kHeaderCut | oddity::kOptionsBroken);
  EXPECT_EQ(decoded.row().header_available, 28);
  EXPECT_EQ(decoded.options().mss, OptionState::kPresent);
  EXPECT_EQ(decoded.options().timestamps, OptionState::kUnknown);
}

TEST(Timestamps, InTheUsualPlaceNeedNoEntry) {
  const Decoded decoded = decode(TcpPacket().ack(1).timestamps(0x01020304, 0x05060708).payload(3).frame());
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  EXPECT_EQ(decoded.row().options, kNoOptions);
  EXPECT_TRUE(decoded.batch.options.empty());
  EXPECT_TRUE(decoded.row().has_timestamps);
  EXPECT_EQ(decoded.row().ts_value, 0x01020304u);
  EXPECT_EQ(decoded.row().ts_echo, 0x05060708u);
}

TEST(Timestamps, ElsewhereAreInBothPlaces) {
  const Decoded decoded = decode(TcpPacket().syn().mss(1460).timestamps(3, 4).frame());
  ASSERT_EQ(decoded.outcome, Outcome::kSegment);
  ASSERT_NE(decoded.row().options, kNoOptions);
  EXPECT_TRUE(decoded.row().has_timestamps);
  EXPECT_EQ(decoded.row().ts_value, 3u);
  EXPECT_EQ(decoded.row().ts_echo, 4u);
  EXPECT_EQ(decoded.options().ts_value, 3u);
}

TEST(Batch, IsAppendedTo) {
  SegmentBatch batch;
  const auto counts = std::make_unique<DecodeCounts>();
  const Bytes syn = TcpPacket().syn().mss(1460).frame();
  const Bytes ack = TcpPacket().ack(1).frame();
  for (const Bytes* bytes : {&syn, &ack, &syn}) {
    RawFrame frame;
    frame.number = batch.segments.size() + 10;
    frame.time = TimestampNs{5};
    frame.previous_time = TimestampNs{4};
    frame.interface = 3;
    frame.wire_bytes = static_cast<std::uint32_t>(bytes->size());
    frame.bytes = *bytes;
    EXPECT_EQ(decode_frame(frame, batch, *counts), Outcome::kSegment);
  }
  ASSERT_EQ(batch.segments.size(), 3u);
  EXPECT_EQ(batch.segments[0].options, 0u);
  EXPECT_EQ(batch.segments[1].options, kNoOptions);
  EXPECT_EQ(batch.segments[2].options, 1u);
  EXPECT_EQ(batch.segments[2].frame_number, 12u);
  EXPECT_EQ(batch.segments[2].time, TimestampNs{5});
  EXPECT_EQ(batch.segments[2].previous_time, TimestampNs{4});
  EXPECT_EQ(batch.carrier_of(batch.segments[2]).interface, 3u);
  EXPECT_EQ(counts->count(Outcome::kSegment), 3u);
}

}  // namespace
}  // namespace pcapsule::decode
