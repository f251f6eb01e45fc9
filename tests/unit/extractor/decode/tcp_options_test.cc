// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/tcp_options.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/support/byte_buffer.h"

namespace pcapsule::decode {
namespace {

using test::Bytes;

constexpr auto kUnknown = OptionState::kUnknown;
constexpr auto kAbsent = OptionState::kAbsent;
constexpr auto kPresent = OptionState::kPresent;

TcpOptions read(const Bytes& area, std::size_t available_bytes = 40) {
  TcpOptions options;
  read_tcp_options(ByteView(area).first(std::min(available_bytes, area.size())), area.size(), options);
  return options;
}

Bytes zeros_after(Bytes head, std::size_t total) {
  head.resize(total);
  return head;
}

/// How a walk ends. `available` bytes of `area` were captured.
struct WalkCase {
  const char* name;
  Bytes area;
  std::size_t available;
  bool broken;
  bool ordinary;
  OptionState window_scale;
};

class OptionWalk : public testing::TestWithParam<WalkCase> {};

TEST_P(OptionWalk, EndsAsWireshark) {  // W4b, S5
  const TcpOptions options = read(GetParam().area, GetParam().available);
  EXPECT_EQ(options.broken, GetParam().broken);
  EXPECT_EQ(options.ordinary, GetParam().ordinary);
  EXPECT_EQ(options.window_scale, GetParam().window_scale);
  EXPECT_EQ(options.raw_bytes, std::min(GetParam().available, GetParam().area.size()));
}

INSTANTIATE_TEST_SUITE_P(WellFormed, OptionWalk,
                         testing::ValuesIn(std::vector<WalkCase>{
                             {"nops", {1, 1, 1, 1}, 4, false, true, kAbsent},
                             {"end_then_zeros", {0, 0, 0, 0}, 4, false, true, kAbsent},
                             {"end_as_last_byte", {1, 1, 1, 0}, 4, false, true, kAbsent},
                             {"timestamps_first", {8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1}, 12, false, true, kAbsent},
                             {"window_scale", {1, 3, 3, 7}, 4, false, false, kPresent},
                             {"unknown_kind", {99, 4, 0, 0}, 4, false, false, kAbsent},
                             {"experiment", {254, 4, 0xac, 0xc0}, 4, false, false, kAbsent},
                             {"sack_1", zeros_after({1, 1, 5, 10}, 12), 12, false, true, kAbsent},
                             {"sack_4", zeros_after({1, 1, 5, 34}, 36), 36, false, true, kAbsent},
                             {"sack_and_timestamps",
                              {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9},
                              24,
                              false,
                              true,
                              kAbsent},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(NoOption, OptionWalk,
                         testing::ValuesIn(std::vector<WalkCase>{
                             {"length_zero", {3, 0, 7, 1}, 4, false, false, kUnknown},  // must not loop for ever
                             {"length_one", {3, 1, 7, 1}, 4, false, false, kUnknown},
                             {"length_past_end", {3, 5, 7, 1}, 4, false, false, kUnknown},
                             {"length_byte_missing", {1, 1, 1, 3}, 4, false, false, kUnknown},
                             {"after_end_garbage", {0, 1, 3, 3, 7, 0, 0, 0}, 8, false, false, kUnknown},
                             {"window_scale_before_garbage", {3, 3, 7, 0, 9, 0, 0, 0}, 8, false, false, kPresent},
                             {"window_scale_after_length_zero", {2, 0, 1, 1, 1, 3, 3, 7}, 8, false, false, kUnknown},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(Cut, OptionWalk,
                         testing::ValuesIn(std::vector<WalkCase>{
                             {"nothing_captured", {1, 3, 3, 7}, 0, true, false, kUnknown},
                             {"at_an_option", {1, 1, 1, 1, 1, 3, 3, 7}, 4, true, false, kUnknown},
                             {"at_a_length", {1, 1, 1, 3, 3, 7, 1, 1}, 4, true, false, kUnknown},
                             {"in_an_option", {1, 3, 3, 7}, 3, true, false, kUnknown},
                             {"behind_window_scale", {3, 3, 7, 1, 1, 1, 1, 1}, 4, true, false, kPresent},
                             {"in_zeros", {0, 0, 0, 0}, 3, true, false, kUnknown},
                             {"length_zero_rest_cut", {3, 0, 1, 1, 1, 1, 1, 1}, 4, false, false, kUnknown},
                             {"wrong_length_is_not_read", {1, 1, 2, 6, 5, 180, 0, 0}, 4, false, false, kUnknown},
                             {"unknown_kind_is_read", {1, 1, 99, 6, 5, 180, 0, 0}, 7, true, false, kUnknown},
                             {"garbage_rest_cut", {0, 9, 1, 1, 1, 1, 1, 1}, 4, true, false, kUnknown},
                             // "Runs past": the marked rest ends two bytes before the area does.
                             {"past_end_marked_part_captured", {3, 20, 1, 1, 1, 1, 1, 1}, 6, false, false, kUnknown},
                             {"past_end_marked_part_cut", {3, 20, 1, 1, 1, 1, 1, 1}, 5, true, false, kUnknown},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Kinds, OptionWalk,
    testing::ValuesIn(std::vector<WalkCase>{
        {"mss_of_wrong_length", {2, 3, 5, 1, 3, 3, 7, 1}, 8, false, false, kPresent},
        {"window_scale_of_wrong_length", {3, 4, 7, 7}, 4, false, false, kUnknown},
        {"timestamps_of_wrong_length", zeros_after({8, 11}, 12), 12, false, false, kUnknown},
        {"timestamps_twice", {8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 8, 10, 0, 0, 0, 3, 0, 0, 0, 4}, 20, false, false, kAbsent},
        {"sack_without_block", {5, 2, 3, 3, 7, 1, 1, 1}, 8, true, false, kUnknown},
        {"sack_of_9_bytes", zeros_after({5, 9}, 12), 12, true, false, kUnknown},
        {"sack_with_a_rest", zeros_after({5, 11}, 12), 12, false, false, kUnknown},
        {"sack_twice", {5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 5, 10, 0, 0, 0, 3, 0, 0, 0, 4}, 20, false, false, kAbsent},
        {"snack_of_6_bytes", {21, 6, 0, 0, 0, 0, 1, 1}, 8, true, false, kUnknown},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(OptionValues, OfASyn) {
  const TcpOptions options = read({2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 15});
  EXPECT_EQ(options.mss, kPresent);
  EXPECT_EQ(options.mss_bytes, 1460);
  EXPECT_EQ(options.sack_permitted, kPresent);
  EXPECT_EQ(options.timestamps, kPresent);
  EXPECT_EQ(options.ts_value, 9u);
  EXPECT_EQ(options.ts_echo, 0u);
  EXPECT_EQ(options.window_scale, kPresent);
  EXPECT_EQ(options.window_shift, 15);  // as sent; S23 clamps it
  EXPECT_FALSE(options.ordinary);
  EXPECT_EQ(options.raw_bytes, 20);
  EXPECT_EQ(options.raw[3], 180);
}

TEST(OptionValues, FirstOfSeveralCounts) {
  const TcpOptions options = read({2, 4, 0, 1, 2, 4, 0, 2, 3, 3, 1, 3, 3, 2, 0, 0});
  EXPECT_EQ(options.mss_bytes, 1);
  EXPECT_EQ(options.window_shift, 1);
}

TEST(OptionValues, SackBlocksInOrder) {  // RFC 2018 section 3
  const TcpOptions options = read({1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4});
  ASSERT_EQ(options.sack_count, 2);
  EXPECT_EQ(options.sack[0], (SackBlock{1, 2}));
  EXPECT_EQ(options.sack[1], (SackBlock{3, 4}));
}

TEST(OptionValues, WholeBlocksOfACutSackOption) {  // S5: what was captured
  const TcpOptions options = read({1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4}, 15);
  EXPECT_TRUE(options.broken);
  ASSERT_EQ(options.sack_count, 1);
  EXPECT_EQ(options.sack[0], (SackBlock{1, 2}));
}

struct MultipathCase {
  const char* name;
  Bytes head;  ///< subtype and flags
  std::size_t least_bytes;
};

class Multipath : public testing::TestWithParam<MultipathCase> {};

TEST_P(Multipath, BreaksBelowItsLeastLength) {  // W4b; the lengths observed with tshark 4.0.17
  for (std::size_t length = 2; length <= 40; ++length) {
    Bytes area = {30, static_cast<std::uint8_t>(length)};
    area.insert(area.end(), GetParam().head.begin(), GetParam().head.end());
    area.resize(length);
    while (area.size() % 4 != 0) area.push_back(1);
    EXPECT_EQ(read(area).broken, length < GetParam().least_bytes) << length;
  }
}

INSTANTIATE_TEST_SUITE_P(Subtypes, Multipath,
                         testing::ValuesIn(std::vector<MultipathCase>{
                             {"capable", {0x00, 0x81}, 4},
                             {"join", {0x10, 0}, 3},
                             {"signal", {0x20, 0x00}, 4},
                             {"signal_ack_4", {0x20, 0x01}, 8},
                             {"signal_ack_8", {0x20, 0x03}, 12},
                             {"signal_map_4", {0x20, 0x04}, 14},
                             {"signal_map_8", {0x20, 0x0c}, 18},
                             {"signal_long_map_flag_alone", {0x20, 0x08}, 4},
                             {"signal_all", {0x20, 0x1f}, 26},
                             {"add_address", {0x34, 0}, 4},
                             {"remove_address", {0x40, 0}, 3},
                             {"priority", {0x50, 0}, 3},
                             {"fail", {0x60, 0}, 12},
                             {"fast_close", {0x70, 0}, 12},
                             {"reset", {0x80, 0}, 4},
                             {"experimental", {0xf0, 0}, 3},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

struct SignalCase {
  const char* name;
  std::uint8_t flags;
  std::size_t length;
  bool has_signal;
};

class DataSequenceSignal : public testing::TestWithParam<SignalCase> {};

TEST_P(DataSequenceSignal, IsOrdinaryWhenConsistent) {  // RFC 8684 section 3.3
  Bytes area = {30, static_cast<std::uint8_t>(GetParam().length), 0x20, GetParam().flags};
  area.resize(GetParam().length);
  while (area.size() % 4 != 0) area.push_back(1);
  const TcpOptions options = read(area);
  EXPECT_EQ(options.has_dss, GetParam().has_signal);
  EXPECT_EQ(options.ordinary, GetParam().has_signal);
}

INSTANTIATE_TEST_SUITE_P(Lengths, DataSequenceSignal,
                         testing::ValuesIn(std::vector<SignalCase>{
                             {"ack", 0x01, 8, true},
                             {"ack_with_rest", 0x01, 10, false},
                             {"map", 0x04, 14, true},
                             {"map_with_checksum", 0x04, 16, true},
                             {"map_too_long", 0x04, 18, false},
                             {"all_with_checksum", 0x1f, 28, true},
                             {"all_too_short", 0x1f, 25, false},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(OptionWalk, AnyBytesEndTheWalk) {
  std::mt19937 random(7);
  for (int round = 0; round < 200000; ++round) {
    Bytes area((random() % 10 + 1) * 4);
    for (auto& byte : area) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 12 : random());
    const std::size_t available = random() % (area.size() + 1);
    const TcpOptions options = read(area, available);
    EXPECT_LE(options.sack_count, 4);
    if (available < area.size() && options.ordinary) {
      FAIL() << "a cut area is never ordinary";
    }
    if (options.broken) {
      EXPECT_FALSE(options.ordinary);
    }
  }
}

}  // namespace
}  // namespace pcapsule::decode
