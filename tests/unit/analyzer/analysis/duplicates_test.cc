// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

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
        {"584_years_backwards", 0,
         [](CopyRow& a, CopyRow& b) {
           a.at.time = {std::numeric_limits<std::int64_t>::max()};
           b.at.time = {std::numeric_limits<std::int64_t>::min()};
         },
         false},
        {"after_584_years", 0,
         [](CopyRow& a, CopyRow& b) {
           a.at.time = {std::numeric_limits<std::int64_t>::min()};
           b.at.time = {std::numeric_limits<std::int64_t>::max()};
         },
         false},
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

/// The most of `rows` that share their place among 4,096.
std::size_t fullest_place(const std::vector<TapIdentity>& rows, const hash::HashSeed& seed) {
  std::vector<std::size_t> count(4096);
  for (const TapIdentity& row : rows) ++count[hash_of(row, seed) & (count.size() - 1)];
  return *std::ranges::max_element(count);
}

TEST(Duplicates, SegmentsChosenForOneSeedDoNotFallTogetherUnderAnother) {
  const hash::HashSeed known = {0x2545'f491'4f6c'dd1d, 0x5851'f42d'4c95'7f2d};
  std::vector<TapIdentity> chosen;
  TapIdentity row = segment(1, 0).identity;
  for (; chosen.size() < 1000; ++row.seq) {
    if ((hash_of(row, known) & 4095U) == 7) chosen.push_back(row);
  }
  ASSERT_EQ(fullest_place(chosen, known), 1000U);
  for (const hash::HashSeed& seed : {hash::HashSeed{}, hash::HashSeed{0xda94'2042'e4dd'58b5, 0x9fb2'1c65'1e98'df25}}) {
    EXPECT_LT(fullest_place(chosen, seed), 16U);
  }
}

TEST(Duplicates, EveryPartOfTheIdentityIsHashed) {
  const TapIdentity plain = segment(1, 0).identity;
  const auto differs = [&plain](auto member) {
    TapIdentity other = plain;
    ++(other.*member);
    return hash_of(other, {1, 2}) != hash_of(plain, {1, 2});
  };
  EXPECT_TRUE(differs(&TapIdentity::seq) && differs(&TapIdentity::ack) && differs(&TapIdentity::payload));
  EXPECT_TRUE(differs(&TapIdentity::ts_value) && differs(&TapIdentity::ts_echo) && differs(&TapIdentity::sack));
  EXPECT_TRUE(differs(&TapIdentity::window) && differs(&TapIdentity::ip_id) && differs(&TapIdentity::checksum));
}

/// With stamps in order, as with a look at all rows before.
TEST(Duplicates, ManyEqualRowsHideNone) {
  std::mt19937 random(5);
  Duplicates duplicates;
  struct Original {
    std::uint64_t frame;
    std::int64_t at;
    std::uint32_t kind;
  };
  std::vector<Original> originals;
  std::int64_t now = 0;
  for (std::uint64_t frame = 1; frame <= 3000; ++frame) {
    now += random() % 4 == 0 ? 1500 : static_cast<std::int64_t>(random() % 300);
    const auto kind = static_cast<std::uint32_t>(random() % 3);
    CopyRow row = segment(frame, now);
    row.identity.seq = kind;
    std::optional<std::uint64_t> want;
    for (std::size_t i = originals.size(); i-- > 0 && !want;) {
      Original& original = originals[i];
      if (original.kind != kind || now - original.at > 1000) continue;
      want = original.frame;
      original.at = now;
    }
    if (!want) originals.push_back({frame, now, kind});
    ASSERT_EQ(duplicates.feed(row), want) << frame;
  }
}

/// Equal rows that are no copies, after so many within a millisecond that all of them are remembered: to go through
/// those for each would take a second.
TEST(Duplicates, ManyEqualRowsTakeNoLonger) {
  Duplicates duplicates;
  for (std::uint32_t i = 0; i < Duplicates::kGreatestRows; ++i) {
    CopyRow row = segment(i + 1, 0);
    row.identity.seq = i;
    ASSERT_EQ(duplicates.feed(row), std::nullopt);
  }
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    ASSERT_EQ(duplicates.feed(segment(10'000 + i, 2000 * (std::int64_t{i} + 1))), std::nullopt);
  }
}

}  // namespace
}  // namespace pcapsule::analysis
