// SPDX-License-Identifier: Apache-2.0
#include "analyzer/subset/kept_provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/net/tcp_oddity.h"

namespace pcapsule::subset {
namespace {

using ::testing::HasSubstr;

/// Three captures of ten frames, of which 2, 0 and 4 are TCP headers.
record::Catalog three_captures() {
  record::Catalog catalog;
  for (std::uint64_t i = 0; i < 3; ++i) {
    record::CaptureInfo& capture = catalog.captures.emplace_back();
    capture.first_frame = 1 + 10 * i;
    capture.frames = 10;
    capture.damage = i == 2 ? "cut" : "";
  }
  catalog.captures[0].rows = catalog.captures[1].first_row = catalog.captures[2].first_row = 2;
  catalog.captures[2].rows = 4;
  catalog.frames = 30;
  catalog.outcomes = {{"segment", 3}, {"quoted_tcp", 2}, {"malformed_tcp", 1}, {"not_ip", 20}, {"filtered_out", 4}};
  return catalog;
}

std::string outcomes_of(const record::Provenance& provenance) {
  std::string text;
  for (const record::NamedCount& outcome : provenance.outcomes) {
    text += outcome.name + " " + std::to_string(outcome.count) + ", ";
  }
  return text;
}

TEST(KeptProvenance, CountsWhatWasLeftOutBeforeTheFilter) {
  KeptProvenance kept(three_captures(), "-s 1");
  kept.note(3, 0, true);
  kept.note(25, oddity::kQuoted, true);
  const auto provenance = kept.finish();
  ASSERT_TRUE(provenance.ok());
  EXPECT_EQ(outcomes_of(*provenance), "segment 1, quoted_tcp 1, not_ip 20, not_chosen 4, filtered_out 4, ");
}

TEST(KeptProvenance, EveryKindOfHeaderHasItsOutcome) {
  KeptProvenance kept(three_captures(), "-s 1");
  kept.note(3, oddity::kBadDataOffset, true);
  kept.note(4, oddity::kQuoted | oddity::kBadDataOffset, true);
  kept.note(5, oddity::kFirstFragment | oddity::kHeaderCut, true);
  EXPECT_EQ(outcomes_of(*kept.finish()),
            "segment 1, quoted_tcp 1, malformed_tcp 1, not_ip 20, not_chosen 3, filtered_out 4, ");
}

TEST(KeptProvenance, AFrameOfSeveralHeadersCountsOnceUnderTheBest) {
  record::Catalog catalog = three_captures();
  catalog.outcomes = {{"segment", 4}, {"malformed_tcp", 1}, {"not_ip", 25}};
  KeptProvenance kept(catalog, "-s 1");
  for (const bool chosen : {true, false, true}) kept.note(3, 0, chosen);
  kept.note(4, 0, false);  // of it nothing is kept
  kept.note(4, oddity::kBadDataOffset, false);
  kept.note(5, oddity::kBadDataOffset, true);
  kept.note(5, 0, false);
  const auto provenance = kept.finish();
  ASSERT_TRUE(provenance.ok());
  EXPECT_EQ(outcomes_of(*provenance), "segment 2, not_ip 25, not_chosen 3, ");
  EXPECT_EQ(provenance->captures[0].rows, 3U);
}

TEST(KeptProvenance, AddsToWhatWasLeftOutEarlier) {
  record::Catalog catalog = three_captures();
  catalog.outcomes = {{"segment", 6}, {"not_chosen", 24}};
  KeptProvenance kept(catalog, "-s 1");
  kept.note(3, 0, true);
  EXPECT_EQ(outcomes_of(*kept.finish()), "segment 1, not_chosen 29, ");
}

TEST(KeptProvenance, NothingLeftOutIsNotCounted) {
  record::Catalog catalog = three_captures();
  catalog.outcomes = {{"segment", 1}, {"not_ip", 29}};
  KeptProvenance kept(catalog, "all");
  kept.note(3, 0, true);
  EXPECT_EQ(outcomes_of(*kept.finish()), "segment 1, not_ip 29, ");
}

struct PlaceCase {
  const char* name;
  std::vector<std::uint64_t> frames;
  std::array<std::uint64_t, 3> first_rows;
  std::array<std::uint64_t, 3> rows;
};

class RowsOfCaptures : public ::testing::TestWithParam<PlaceCase> {};

TEST_P(RowsOfCaptures, GoByTheirFrames) {
  KeptProvenance kept(three_captures(), "-s 1");
  for (const std::uint64_t frame : GetParam().frames) kept.note(frame, 0, true);
  const auto provenance = kept.finish();
  ASSERT_TRUE(provenance.ok());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(provenance->captures[i].first_row, GetParam().first_rows[i]) << i;
    EXPECT_EQ(provenance->captures[i].rows, GetParam().rows[i]) << i;
    EXPECT_EQ(provenance->captures[i].frames, 10U);
  }
  EXPECT_EQ(provenance->captures[2].damage, "cut");
}

INSTANTIATE_TEST_SUITE_P(Places, RowsOfCaptures,
                         ::testing::ValuesIn(std::vector<PlaceCase>{
                             {"none", {}, {0, 0, 0}, {0, 0, 0}},
                             {"only_the_first", {1, 10}, {0, 2, 2}, {2, 0, 0}},
                             {"only_the_last", {21, 30}, {0, 0, 0}, {0, 0, 2}},
                             {"first_and_last", {10, 21}, {0, 1, 1}, {1, 0, 1}},
                             {"each", {10, 11, 20, 21}, {0, 1, 3}, {1, 2, 1}},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(KeptProvenance, RefusesACatalogThatCountsFewerHeaders) {
  record::Catalog catalog = three_captures();
  catalog.outcomes = {{"segment", 1}};
  KeptProvenance kept(catalog, "-s 1");
  kept.note(1, 0, true);
  kept.note(2, 0, true);
  const auto provenance = kept.finish();
  ASSERT_FALSE(provenance.ok());
  EXPECT_THAT(provenance.error().message, HasSubstr("counts 1 frames with a TCP header"));
}

}  // namespace
}  // namespace pcapsule::subset
