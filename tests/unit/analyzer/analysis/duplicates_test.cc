// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/duplicates.h"

#include <gtest/gtest.h>

namespace pcapsule::analysis {
namespace {

constexpr std::int64_t kMicrosecond = 1000;

CopyRow segment(std::uint64_t frame, std::int64_t microseconds) {
  CopyRow row;
  row.at = {frame, {1'700'000'000'000'000'000 + microseconds * kMicrosecond}};
  row.identity.seq = 1000;
  row.identity.ack = 2000;
  row.identity.payload = 100;
  row.identity.word = {0x8018};
  row.identity.window = 500;
  row.identity.has_timestamps = true;
  row.identity.ts_value = 7;
  row.identity.ts_echo = 8;
  row.identity.ip_id = 42;
  return row;
}

/// The second row is the first with a change.
struct PairCase {
  const char* name;
  std::int64_t microseconds;
  void (*change)(CopyRow& first, CopyRow& second);
  bool is_copy;
};
std::ostream& operator<<(std::ostream& out, const PairCase& c) { return out << c.name; }

class DuplicatesOfTwo : public testing::TestWithParam<PairCase> {};

TEST_P(DuplicatesOfTwo, S40) {
  CopyRow first = segment(5, 0);
  CopyRow second = segment(6, GetParam().microseconds);
  GetParam().change(first, second);
  Duplicates duplicates;
  EXPECT_EQ(duplicates.feed(first), std::nullopt);
  EXPECT_EQ(duplicates.feed(second), GetParam().is_copy ? std::optional<std::uint64_t>(5) : std::nullopt);
}

constexpr auto kSame = [](CopyRow&, CopyRow&) {};

INSTANTIATE_TEST_SUITE_P(
    Rules, DuplicatesOfTwo,
    testing::ValuesIn(std::vector<PairCase>{
        {"same_at_once", 0, kSame, true},
        {"after_1_ms", 1000, kSame, true},
        {"after_more_than_1_ms", 1001, kSame, false},
        {"stamps_go_backwards", -900, kSame, true},
        {"stamps_go_far_backwards", -1001, kSame, false},
        {"other_direction", 1, [](CopyRow&, CopyRow& b) { b.identity.side = 1; }, false},
        {"other_seq", 1, [](CopyRow&, CopyRow& b) { ++b.identity.seq; }, false},
        {"other_ack", 1, [](CopyRow&, CopyRow& b) { ++b.identity.ack; }, false},
        {"other_flags", 1, [](CopyRow&, CopyRow& b) { b.identity.word = {0x8010}; }, false},
        {"other_header_length", 1, [](CopyRow&, CopyRow& b) { b.identity.word = {0x9018}; }, false},
        {"other_window", 1, [](CopyRow&, CopyRow& b) { ++b.identity.window; }, false},
        {"other_length", 1, [](CopyRow&, CopyRow& b) { ++b.identity.payload; }, false},
        {"a_retransmission_has_another_tsval", 1, [](CopyRow&, CopyRow& b) { ++b.identity.ts_value; }, false},
        {"other_tsecr", 1, [](CopyRow&, CopyRow& b) { ++b.identity.ts_echo; }, false},
        {"no_timestamps", 1,
         [](CopyRow&, CopyRow& b) {
           b.identity.has_timestamps = false;
           b.identity.ts_value = b.identity.ts_echo = 0;
         },
         false},
        {"other_sack_blocks", 1, [](CopyRow&, CopyRow& b) { b.identity.sack = 9; }, false},
        {"a_duplicate_ack_has_another_ip_id", 1, [](CopyRow&, CopyRow& b) { ++b.identity.ip_id; }, false},
        {"ip_id_0_same_checksum", 1,
         [](CopyRow& a, CopyRow& b) {
           a.identity.ip_id = b.identity.ip_id = 0;
           a.identity.checksum = b.identity.checksum = 77;
         },
         true},
        {"ip_id_0_other_checksum", 1,
         [](CopyRow& a, CopyRow& b) {
           a.identity.ip_id = b.identity.ip_id = 0;
           a.identity.checksum = 77;
           b.identity.checksum = 78;
         },
         false},
        {"no_segments", 1, [](CopyRow& a, CopyRow& b) { a.is_segment = b.is_segment = false; }, false},
    }),
    [](const auto& of) { return std::string(of.param.name); });

TEST(Duplicates, S40AnyChecksumWithAnIpId) {
  EXPECT_EQ(checksum_that_counts(42, 0xbeef), 0);
  EXPECT_EQ(checksum_that_counts(0, 0xbeef), 0xbeef);
}

TEST(Duplicates, S40ThirdCopyIsOneOfTheFirst) {
  Duplicates duplicates;
  duplicates.feed(segment(1, 0));
  EXPECT_EQ(duplicates.feed(segment(2, 900)), std::optional<std::uint64_t>(1));
  EXPECT_EQ(duplicates.feed(segment(3, 1800)), std::optional<std::uint64_t>(1));
  EXPECT_EQ(duplicates.feed(segment(4, 2801)), std::nullopt);
}

/// Everything that a fast sender puts between a segment and its copy is looked through.
TEST(Duplicates, S40CopiesInterleavedWithWhatWasSentBetween) {
  constexpr std::uint32_t kSegments = Duplicates::kGreatestRows;
  Duplicates duplicates;
  const auto nth = [](std::uint32_t i, bool copy) {
    CopyRow row = segment(copy ? 100'000 + i : i + 1, 0);
    row.at.time = row.at.time + DurationNs{i / 8 + (copy ? 600 : 0)};
    row.identity.seq = i * 100;
    row.identity.ip_id = static_cast<std::uint16_t>(i + 1);
    return row;
  };
  for (std::uint32_t i = 0; i < kSegments; ++i) ASSERT_EQ(duplicates.feed(nth(i, false)), std::nullopt) << i;
  for (std::uint32_t i = 0; i < kSegments; ++i) {
    ASSERT_EQ(duplicates.feed(nth(i, true)), std::optional<std::uint64_t>(i + 1)) << i;
  }
}

TEST(Duplicates, S40MoreThanTheCapIsForgottenAndDoesNotGrow) {
  Duplicates duplicates;
  CopyRow row = segment(1, 0);
  duplicates.feed(row);
  for (std::uint32_t i = 1; i <= Duplicates::kGreatestRows; ++i) {
    CopyRow other = segment(i + 1, 0);
    other.identity.seq = 5000 + i;
    ASSERT_EQ(duplicates.feed(other), std::nullopt);
  }
  EXPECT_EQ(duplicates.feed(row), std::nullopt);
}

}  // namespace
}  // namespace pcapsule::analysis
