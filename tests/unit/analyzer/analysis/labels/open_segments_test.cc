// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/open_segments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <vector>

namespace pcapsule::analysis {
namespace {

using Entry = OpenSegments::Entry;

/// W5.1 word for word: a list, walked from the newest to the oldest.
class WalkedList {
 public:
  void add(const Entry& entry) { entries_.push_back(entry); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const Entry& oldest() const { return entries_.front(); }

  std::optional<std::uint64_t> acknowledge(std::uint32_t ack) {
    std::optional<std::uint64_t> exact;
    for (std::size_t i = entries_.size(); i-- > 0;) {
      Entry& entry = entries_[i];
      if (entry.end == ack) {
        exact = entry.at.frame;
      } else if (after(ack, entry.first) && (ack == entry.end || before(ack, entry.end))) {
        entry.first = ack;
        continue;
      } else if (after(entry.end, ack)) {
        continue;
      }
      entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return exact;
  }

  [[nodiscard]] std::uint32_t span(std::uint32_t base) const {
    std::uint32_t least = 0xffffffff;
    std::uint32_t greatest = 0;
    for (const Entry& entry : entries_) {
      least = std::min(least, entry.first - base);
      greatest = std::max(greatest, entry.end - base);
    }
    return greatest - least;
  }

 private:
  static bool before(std::uint32_t a, std::uint32_t b) { return a - b >= 0x80000000; }
  static bool after(std::uint32_t a, std::uint32_t b) { return before(b, a); }
  std::vector<Entry> entries_;
};

struct Traffic {
  const char* name;
  unsigned jumps_percent;     ///< segments elsewhere in the number space
  unsigned repeats_percent;   ///< segments sent again
  unsigned far_acks_percent;  ///< acknowledgments elsewhere
};
class OpenSegmentsLikeAList : public testing::TestWithParam<Traffic> {};

TEST_P(OpenSegmentsLikeAList, InEveryRespect) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same numbers every time
  const auto chance = [&random](unsigned percent) { return random() % 100 < percent; };
  constexpr std::uint32_t kHalf = 0x80000000;
  const std::vector<std::uint32_t> jumps = {kHalf - 1, kHalf, kHalf + 1, 1U << 30, 0xfffffff0};
  for (int run = 0; run < 40; ++run) {
    OpenSegments open;
    WalkedList list;
    std::uint32_t next = static_cast<std::uint32_t>(random());
    std::uint32_t base = next - 1;
    for (std::uint64_t frame = 1; frame < 2000; ++frame) {
      if (random() % 3 != 0) {
        std::uint32_t first = next;
        if (chance(GetParam().repeats_percent)) first -= static_cast<std::uint32_t>(random() % 300);
        if (chance(GetParam().jumps_percent)) first += jumps[random() % jumps.size()];
        const Entry entry = {first, first + 1 + static_cast<std::uint32_t>(random() % 20), {frame, {}}};
        if (first == next || random() % 4 == 0) next = entry.end;
        open.add(entry);
        list.add(entry);
      } else {
        std::uint32_t ack = next - static_cast<std::uint32_t>(random() % 200);
        if (chance(GetParam().far_acks_percent)) ack += jumps[random() % jumps.size()];
        read::Moment exact;
        const bool found = open.acknowledge(ack, exact);
        const auto expected = list.acknowledge(ack);
        ASSERT_EQ(found, expected.has_value());
        if (found) {
          ASSERT_EQ(exact.frame, *expected);
        }
      }
      if (random() % 500 == 0) base = next;
      ASSERT_EQ(open.size(), list.size());
      if (open.empty()) continue;
      ASSERT_EQ(open.oldest().frame, list.oldest().at.frame);
      ASSERT_EQ(open.span_bytes(base), list.span(base));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Traffic, OpenSegmentsLikeAList,
                         testing::ValuesIn(std::vector<Traffic>{{"in_order", 0, 0, 0},
                                                                {"repeats", 0, 20, 0},
                                                                {"far_acknowledgments", 0, 10, 20},
                                                                {"jumps", 10, 20, 10},
                                                                {"only_jumps", 100, 0, 50}}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(OpenSegments, KnowsWhenItIsFull) {
  OpenSegments open;
  for (std::uint32_t i = 0; i < OpenSegments::kGreatest; ++i) {
    EXPECT_FALSE(open.full());
    open.add({i, i + 1, {i, {}}});
  }
  EXPECT_TRUE(open.full());
  read::Moment first;
  EXPECT_TRUE(open.acknowledge(1, first));
  EXPECT_FALSE(open.full());
}

}  // namespace
}  // namespace pcapsule::analysis
