// SPDX-License-Identifier: Apache-2.0
#include "analyzer/fields/field.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace pcapsule::fields {
namespace {

TEST(FieldTable, NamesAreUniqueAndDescribed) {
  std::set<std::string_view> names;
  for (const Field& field : all_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.description.empty()) << field.name;
    EXPECT_EQ(find_field(field.name), &field);
  }
}

TEST(FieldTable, UnknownNamesSuggestTheNearest) {
  EXPECT_EQ(find_field("tcp.sek"), nullptr);
  EXPECT_EQ(nearest_field("tcp.sek"), "tcp.seq");
  EXPECT_EQ(nearest_field("frame.time_epock"), "frame.time_epoch");
  EXPECT_EQ(nearest_field("tcp.winsize_value"), "tcp.window_size_value");
  EXPECT_FALSE(nearest_field("").empty());
  EXPECT_FALSE(nearest_field(std::string(100'000, 'x')).empty());
}

/// Three rows made by hand: an ordinary segment, a malformed one, a fragment.
class FieldValues : public testing::Test {
 protected:
  FieldValues() {
    context_.catalog = &catalog_;
    context_.texts = &texts_;
    catalog_.captures = {capture("a.pcap", 1), capture("b.pcap", 8)};
    catalog_.encapsulations = {"eth:ip:tcp"};
    texts_ = FileTexts("x\t.fb", catalog_);
    auto& chunk = context_.chunk;
    chunk.rows = 3;
    chunk.frame = {7, nullptr};
    chunk.time = {1'538'000'462'000'000'000, 1000, times_, nullptr};
    chunk.oddities = {oddities_, 0};
    chunk.tcp_word = {words_, 0};
    chunk.seq = {nullptr, 0xffff'ffff};
    chunk.ack = {nullptr, 17};
    chunk.window = {nullptr, 229};
    chunk.payload = {nullptr, nullptr, 100};
    chunk.overhead = {nullptr, nullptr, 34};
    chunk.snaplen = 60;
    chunk.vlan_tags = {nullptr, 2};
    chunk.vlan = {{{nullptr, 0x2064}, {nullptr, 200}, {nullptr, 0}, {nullptr, 0}}};
    chunk.marks = {nullptr, format::mark::kHasTimestamps};
    chunk.ts_value = {nullptr, 4'000'000'000};
    chunk.previous = {rows_of_gaps_, gaps_, {}, 1000};
  }

  /// The values of a field, rows by blanks, several by commas, none as `-`.
  std::string values(std::string_view name) {
    const Field* field = find_field(name);
    if (field == nullptr) return "no such field";
    const Strip strip = {context_, rows_};
    Cells cells;
    field->evaluate(strip, cells);
    std::string out;
    for (std::size_t row = 0; row < strip.rows.size(); ++row) {
      if (row > 0) out += ' ';
      std::string text;
      for (const std::uint64_t value : cells.of(row)) {
        ValueBuffer buffer;
        if (!text.empty()) text += ',';
        text += value_text(buffer, *field, value, context_);
      }
      out += text.empty() ? "-" : text;
    }
    return out;
  }

  static read::CaptureInfo capture(const char* name, std::uint64_t first_frame) {
    read::CaptureInfo info;
    info.name = name;
    info.first_frame = first_frame;
    return info;
  }

  read::Catalog catalog_;
  FileTexts texts_;
  ChunkContext context_;
  const std::uint16_t rows_[3] = {0, 1, 2};
  const std::uint32_t times_[3] = {883'718, 0, 1};
  const std::uint8_t oddities_[3] = {0, oddity::kBadDataOffset, oddity::kFirstFragment};
  const std::uint16_t words_[3] = {0x5018, 0x3010, 0x8fff};
  const std::uint16_t rows_of_gaps_[1] = {0};
  const std::uint32_t gaps_[1] = {5};
};

/// As tshark 4.0.17 prints them: W8.7, and empty where it is empty.
TEST_F(FieldValues, PrintAsTshark) {
  EXPECT_EQ(values("frame.number"), "7 8 9");
  EXPECT_EQ(values("frame.time_epoch"), "1538000462.883718000 1538000462.000000000 1538000462.000001000");
  EXPECT_EQ(values("frame.time_delta"), "0.000005000 -0.883718000 0.000001000");
  EXPECT_EQ(values("frame.len"), "154 146 166");
  EXPECT_EQ(values("frame.cap_len"), "60 60 60");
  EXPECT_EQ(values("vlan.id"), "100,200 100,200 100,200");
  EXPECT_EQ(values("tcp.hdr_len"), "20 12 32");
  EXPECT_EQ(values("tcp.len"), "100 100 -");
  EXPECT_EQ(values("tcp.seq_raw"), "4294967295 4294967295 4294967295");
  EXPECT_EQ(values("tcp.ack_raw"), "17 - 17");
  EXPECT_EQ(values("tcp.flags"), "0x0018 - 0x0fff");
  EXPECT_EQ(values("tcp.flags.syn"), "0 - 1");
  EXPECT_EQ(values("tcp.window_size_value"), "229 - 229");
  EXPECT_EQ(values("tcp.options.timestamp.tsval"), "4000000000 - 4000000000");
}

TEST_F(FieldValues, OptionsOfTheOptionArea) {
  // MSS 1460, NOP, window scale 7, SACK permitted, end; nothing after it counts.
  const std::uint8_t bytes[] = {2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 0, 3, 3, 9};
  const std::uint32_t end[] = {sizeof(bytes)};
  context_.chunk.options = {rows_of_gaps_, end, bytes};
  EXPECT_EQ(values("tcp.options.mss_val"), "1460 - -");
  EXPECT_EQ(values("tcp.options.wscale.shift"), "7 - -");
  EXPECT_EQ(values("tcp.options.sack_perm"), "0402 - -");
}

TEST_F(FieldValues, OptionsOfWrongLengthHaveNoValue) {
  const std::uint8_t bytes[] = {2, 3, 5, 3, 4, 7, 7, 4, 3, 1};
  const std::uint32_t end[] = {sizeof(bytes)};
  context_.chunk.options = {rows_of_gaps_, end, bytes};
  EXPECT_EQ(values("tcp.options.mss_val"), "- - -");
  EXPECT_EQ(values("tcp.options.wscale.shift"), "- - -");
  EXPECT_EQ(values("tcp.options.sack_perm"), "040301 - -");
}

TEST_F(FieldValues, FlagsAsLetters) {
  const std::uint8_t counted[] = {0, 0, 0};
  context_.accurate_ecn = counted;
  EXPECT_EQ(values("tcp.flags.str"), "·······AP··· - RRRACEUAPRSF");
}

TEST_F(FieldValues, AccurateEcnIsACounterInTheLettersUnlessSynIsSet) {
  const std::uint8_t counted[] = {1, 1, 1};
  context_.accurate_ecn = counted;
  const std::uint16_t words[] = {0x5190, 0x3010, 0x5152};
  context_.chunk.tcp_word = {words, 0};
  EXPECT_EQ(values("tcp.flags.str"), "···-6-·A···· - ···A·E·A··S·");
}

TEST_F(FieldValues, ServiceTagsAreNoVlanIds) {
  catalog_.encapsulations = {"eth:ieee8021ad:vlan:ip:tcp"};
  texts_ = FileTexts("x.fb", catalog_);
  EXPECT_EQ(values("vlan.id"), "200 200 200");
}

TEST_F(FieldValues, CapturesByFrame) {
  EXPECT_EQ(values("pcapsule.capture"), "a.pcap b.pcap b.pcap");
  EXPECT_EQ(values("pcapsule.capture_frame"), "7 1 2");
  EXPECT_EQ(values("pcapsule.encapsulation"), "eth:ip:tcp eth:ip:tcp eth:ip:tcp");
  EXPECT_EQ(values("pcapsule.file"), "x\\x09.fb x\\x09.fb x\\x09.fb");
}

TEST_F(FieldValues, TimesBeforeTheEpochAreNegative) {
  context_.chunk.time = {-1'500'000'000, 1, nullptr, nullptr};
  EXPECT_EQ(values("frame.time_epoch"), "-1.500000000 -1.500000000 -1.500000000");
}

TEST_F(FieldValues, FastPathWithoutOdditiesIsTheSame) {
  context_.chunk.oddities = {nullptr, 0};
  EXPECT_EQ(values("tcp.flags"), "0x0018 0x0010 0x0fff");
}

}  // namespace
}  // namespace pcapsule::fields
