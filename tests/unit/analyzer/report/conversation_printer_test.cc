// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/conversation_printer.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/report/string_sink.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::report {
namespace {

using pcapsule::testing::TestRecord;
using testing::written;

constexpr std::uint16_t kSyn = 0x02;
constexpr std::uint16_t kAck = 0x10;

std::string listing(const decode::SegmentBatch& batch, const ConversationOptions& options = {},
                    const select::SelectionSpec& spec = {}) {
  TestRecord record(batch);
  return written([&](BufferedWriter& out) {
    ConversationPrinter printer(out, options);
    const select::Selection selection(spec, record.file().catalog(), record.table());
    select::Conversations conversations(record.file(), record.table(), selection,
                                        ConversationPrinter::columns(options.time));
    conversations.visit(printer);
  });
}

/// The lines without headings, up to `win=`.
std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (line.find("win=") != std::string::npos) out.push_back(line);
    at = end + 1;
  }
  return out;
}

decode::SegmentBatch mid_connection() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_client(kAck, 1000, 5000, 100), make.from_client(kAck, 900, 5000, 100),
                    make.from_server(kAck, 5000, 1100)};
  return batch;
}

TEST(ConversationPrinter, AWholeConversation) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_client(kSyn, 1000), make.from_server(kSyn | kAck, 5000, 1001),
                    make.from_client(kAck, 1001, 5001)};
  EXPECT_EQ(listing(batch),
            "##################################################################\n"
            "TCP session between client 192.0.2.1:50000 and server 198.51.100.1:80\n"
            "##################################################################\n"
            "-->[    1]  0.000000s S   seq=0        ack=0        len=0      win=1000     \n"
            "                                                         <--[    2]  0.001000s SA  seq=0        ack=1     "
            "   len=0      win=1000     \n"
            "-->[    3]  0.002000s A   seq=1        ack=1        len=0      win=1000     \n");
}

TEST(ConversationPrinter, ACaptureThatStartsMidConnection) {
  const auto out = lines(listing(mid_connection()));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0], "-->[    1]  0.000000s A   seq=1        ack=1        len=100    win=1000?    ");
  EXPECT_EQ(out[1], "-->[    2]  0.001000s A   seq=-99      ack=1        len=100    win=1000?    ");
}

TEST(ConversationPrinter, AssumedScaleS26) {
  ConversationOptions options;
  options.assumed_scale = analysis::AssumedScale{3, 1};
  const auto out = lines(listing(mid_connection(), options));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_NE(out[0].find("win=8000     "), std::string::npos);
  EXPECT_NE(out[2].find("win=2000     "), std::string::npos);
}

TEST(ConversationPrinter, UnknownLengthAndMalformedHeaders) {
  decode::SegmentBatch batch = mid_connection();
  batch.segments[1].oddities = oddity::kFirstFragment;
  batch.segments[2].oddities = oddity::kBadDataOffset;
  const auto out = lines(listing(batch));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_NE(out[1].find("seq=-99      ack=1        len=?      "), std::string::npos);
  EXPECT_NE(out[2].find("len=?      "), std::string::npos);
}

TEST(ConversationPrinter, ASynAckThatChangesTheBaseCountsFromZeroS12) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  batch.segments = {make.from_server(kAck, 7000, 1000, 10), make.from_server(kSyn | kAck, 5000, 1001),
                    make.from_client(kAck, 1001, 5001)};
  const auto out = lines(listing(batch));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_NE(out[0].find("seq=1 "), std::string::npos);
  EXPECT_NE(out[1].find("SA  seq=0 "), std::string::npos);
  EXPECT_NE(out[2].find("ack=1 "), std::string::npos);
}

TEST(ConversationPrinter, TimesSinceTheFrameAndTheLineBefore) {
  ConversationOptions options;
  options.time = *parse_time_format("d");
  EXPECT_NE(lines(listing(mid_connection(), options))[1].find("]  0.001000s"), std::string::npos);
  options.time = *parse_time_format("dd");
  const auto out = lines(listing(mid_connection(), options));
  EXPECT_NE(out[0].find("]  0.000000s"), std::string::npos);
  EXPECT_NE(out[2].find("]  0.001000s"), std::string::npos);
}

TEST(ConversationPrinter, SpansOfMoreThan292YearsStopAtTheEnds) {
  decode::SegmentBatch batch = mid_connection();
  pcapsule::testing::stamp(batch, {INT64_MAX, INT64_MIN, INT64_MAX});
  ConversationOptions options;
  options.capture_start = {INT64_MIN};
  const auto times = [&](const char* format) {
    if (format != nullptr) options.time = *parse_time_format(format);
    std::string out;
    for (const std::string& line : lines(listing(batch, options))) {
      const std::size_t begin = line.find_first_not_of(' ', line.find(']') + 1);
      out += line.substr(begin, line.find(' ', begin) - begin) + ' ';
    }
    return out;
  };
  EXPECT_EQ(times(nullptr), "0.000000s -9223372036.854776s 0.000000s ");
  EXPECT_EQ(times("d"), "0.000000s -9223372036.854776s 9223372036.854776s ");
  EXPECT_EQ(times("dd"), "0.000000s -9223372036.854776s 9223372036.854776s ");
  EXPECT_EQ(times("r"), "9223372036.854776s 0.000000s 9223372036.854776s ");
}

TEST(ConversationPrinter, NoHeadingWithoutALine) {
  select::SelectionSpec spec;
  spec.after = select::TimeBound{select::TimeBound::Clock::kConnection, kNsPerSecond};
  EXPECT_EQ(listing(mid_connection(), {}, spec), "");
}

TEST(ConversationPrinter, StopsAfterTheLinesAskedFor) {
  ConversationOptions options;
  options.lines = 2;
  EXPECT_EQ(lines(listing(mid_connection(), options)).size(), 2U);
}

}  // namespace
}  // namespace pcapsule::report
