// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/loss_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace pcapsule::analysis {
namespace {

constexpr std::uint16_t kAck = tcp_flag::kAck;
constexpr std::uint32_t kBase = 0xffff'ff00;  // numbers wrap early

/// Rows of one conversation: side 0 sends data from position 1 on, side 1 acknowledges. Frames count from 1.
class Conversation {
 public:
  Conversation() {
    connection_.side[0].base = kBase;
    connection_.side[0].base_source = format::BaseSource::kSyn;
    connection_.side[1].base = 5000;
    connection_.side[1].base_source = format::BaseSource::kSynAck;
  }
  Conversation& with_sack() {
    for (auto& side : connection_.side) {
      side.offers = static_cast<std::uint8_t>(static_cast<unsigned>(format::OfferState::kPresent)
                                              << static_cast<unsigned>(format::Offer::kSackPermitted));
    }
    return *this;
  }
  /// `stamp` 0: without timestamps; `id` 0: none.
  Conversation& data(std::int64_t ms, std::uint32_t position, std::uint32_t bytes, std::uint32_t stamp,
                     std::uint16_t id, std::uint16_t flags = kAck) {
    LossRow row = next(ms, 0, flags);
    row.seq = kBase + position;
    row.ack = 5001;
    row.payload = bytes;
    row.ip_id = id;
    row.has_timestamps = stamp != 0;
    row.ts_value = stamp;
    rows_.push_back(row);
    return *this;
  }
  Conversation& ack(std::int64_t ms, std::uint32_t position, std::uint32_t echo = 0,
                    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& blocks = {}) {
    LossRow row = next(ms, 1, kAck);
    row.seq = 5001;
    row.ack = kBase + position;
    row.has_timestamps = echo != 0;
    row.ts_echo = echo;
    for (const auto& [left, right] : blocks) row.sack[row.sack_count++] = {kBase + left, kBase + right};
    rows_.push_back(row);
    return *this;
  }
  /// Five segments of 100 bytes at positions 1 to 501, each answered after 20 ms: IDs and the round trip are known.
  Conversation& begin(bool stamps = true) {
    for (std::uint32_t i = 0; i < 5; ++i) {
      const auto ms = static_cast<std::int64_t>(i) * 30;
      data(ms, 1 + i * 100, 100, stamps ? 1000 + i * 30 : 0, static_cast<std::uint16_t>(10 + i));
      ack(ms + 20, 101 + i * 100, stamps ? 1000 + i * 30 : 0);
    }
    return *this;
  }

  /// The cause of each frame that has one.
  [[nodiscard]] std::map<std::uint64_t, Cause> causes() const {
    std::map<std::uint64_t, Cause> found;
    for (const LossFinding& finding : findings()) found[finding.at.frame] = finding.cause;
    return found;
  }
  [[nodiscard]] std::vector<LossFinding> findings() const {
    LossReplay replay(connection_);
    for (const LossRow& row : rows_) replay.feed(row, 0);
    replay.finish();
    return replay.take_settled();
  }
  [[nodiscard]] MissingBytes missing() const {
    LossReplay replay(connection_);
    for (const LossRow& row : rows_) replay.feed(row, 0);
    replay.finish();
    return replay.missing(0);
  }

 private:
  LossRow next(std::int64_t ms, unsigned side, std::uint16_t flags) {
    LossRow row;
    row.row = rows_.size();
    row.at = {rows_.size() + 1, {ms * 1'000'000}};
    row.side = side;
    row.word = {static_cast<std::uint16_t>(0x5000 | flags)};
    return row;
  }

  read::Connection connection_;
  std::vector<LossRow> rows_;
};

struct CauseCase {
  const char* name;
  Conversation conversation;
  std::map<std::uint64_t, Cause> expected;
};
std::ostream& operator<<(std::ostream& out, const CauseCase& c) { return out << c.name; }

class CausesOf : public testing::TestWithParam<CauseCase> {};

TEST_P(CausesOf, S37) { EXPECT_EQ(GetParam().conversation.causes(), GetParam().expected); }

// begin() is frames 1 to 10, so that the first frame of each case is 11.
std::vector<CauseCase> cases() {
  using C = Cause;
  std::vector<CauseCase> out;
  const auto add = [&out](const char* name, Conversation conversation, std::map<std::uint64_t, C> expected) {
    out.push_back({name, std::move(conversation), std::move(expected)});
  };
  const auto begun = [] { return Conversation().with_sack().begin(); };
  add("nothing_happens", begun(), {});
  add("S37_gap_filled_by_what_was_sent_before_it", begun().data(200, 601, 100, 1201, 16).data(201, 501, 100, 1200, 15),
      {{12, C::kReordered}});
  add("S37_same_millisecond_the_ip_id_tells", begun().data(200, 601, 100, 1200, 16).data(201, 501, 100, 1200, 15),
      {{12, C::kReordered}});
  add("S37_gap_filled_by_what_was_sent_later",
      begun().data(200, 601, 100, 1200, 16).ack(220, 501, 1120, {{601, 701}}).data(222, 501, 100, 1222, 17),
      {{13, C::kLostBefore}});
  add("S37_no_ip_id_and_no_stamps_too_soon_for_an_answer",
      Conversation().begin(false).data(200, 601, 100, 0, 0).data(203, 501, 100, 0, 0), {{12, C::kReordered}});
  add("S37_no_ip_id_and_no_stamps_after_a_timeout",
      Conversation().begin(false).data(200, 601, 100, 0, 0).data(500, 501, 100, 0, 0), {{12, C::kUndecided}});
  add("S37_seen_and_acknowledged_before", begun().data(200, 401, 100, 1200, 16), {{11, C::kNeedless}});
  add("S37_seen_and_sacked_before",
      begun()
          .data(200, 501, 100, 1200, 15)
          .data(200, 601, 100, 1200, 16)
          .ack(220, 501, 1120, {{601, 701}})
          .data(230, 601, 100, 1230, 17),
      {{14, C::kNeedless}});
  add("S37_seen_and_a_gap_was_shown",
      begun()
          .data(200, 501, 100, 1200, 15)
          .data(200, 601, 100, 1200, 16)
          .ack(220, 501, 1120, {{601, 701}})
          .data(225, 501, 100, 1225, 17)
          .ack(245, 701, 1225),
      {{14, C::kLostAfter}});
  add("S37_gap_shown_by_three_duplicate_acks_without_sack",
      Conversation()
          .begin(false)
          .data(200, 501, 100, 0, 15)
          .data(200, 601, 100, 0, 16)
          .ack(220, 501)
          .ack(221, 501)
          .ack(222, 501)
          .data(225, 501, 100, 0, 17)
          .ack(245, 701),
      {{16, C::kLostAfter}});
  add("S37_the_ack_echoes_the_original",
      begun().data(200, 501, 100, 1200, 15).data(500, 501, 100, 1500, 16).ack(510, 601, 1200), {{12, C::kNeedless}});
  add("S37_the_ack_echoes_the_copy_at_once",
      begun().data(200, 501, 100, 1200, 15).data(500, 501, 100, 1500, 16).ack(520, 601, 1500), {{12, C::kLostAfter}});
  add("S37_the_ack_comes_too_late_to_answer_the_copy",
      begun().data(200, 501, 100, 1200, 15).data(500, 501, 100, 1500, 16).ack(900, 601, 1500), {{12, C::kUndecided}});
  add("S37_without_stamps_the_ack_comes_too_soon",
      Conversation().begin(false).data(200, 501, 100, 0, 15).data(500, 501, 100, 0, 16).ack(505, 601),
      {{12, C::kNeedless}});
  add("S37_without_stamps_and_sack_nothing_tells",
      Conversation().begin(false).data(200, 501, 100, 0, 15).data(500, 501, 100, 0, 16).ack(520, 601),
      {{12, C::kUndecided}});
  add("S37_dsack_says_that_it_was_needless",
      begun()
          .data(200, 501, 100, 1200, 15)
          .data(200, 601, 100, 1200, 16)
          .ack(220, 501, 1120, {{601, 701}})
          .data(225, 501, 100, 1225, 17)
          .ack(245, 701, 1225)
          .ack(247, 701, 1225, {{501, 601}}),
      {{14, C::kNeedless}});
  add("S37_never_acknowledged", begun().data(200, 501, 100, 1200, 15).data(500, 501, 100, 1500, 16),
      {{12, C::kUndecided}});
  add("S37_an_original_behind_its_copy_makes_the_copy_needless",
      begun().data(200, 601, 100, 1201, 16).data(225, 501, 100, 1225, 17).data(226, 501, 100, 1200, 15),
      {{12, C::kNeedless}, {13, C::kReordered}});
  add("S37_one_packet_twice_later_than_a_copy_at_the_tap",
      begun().data(200, 501, 100, 1200, 15).data(205, 501, 100, 1200, 15), {{12, C::kDuplicate}});
  add("S39_a_piece_of_a_large_segment",
      begun()
          .data(200, 501, 3000, 1200, 15)
          .ack(220, 1501, 1200, {{2501, 3501}})
          .data(225, 1501, 1000, 1225, 18)
          .ack(245, 3501, 1225),
      {{13, C::kLostAfter}});
  add("S16_the_syn_ack_of_a_simultaneous_open",
      Conversation().data(0, 0, 0, 1, 1, tcp_flag::kSyn).data(1, 0, 0, 2, 2, tcp_flag::kSyn | tcp_flag::kAck), {});
  add("a_syn_that_got_no_answer_and_one_that_did",
      Conversation()
          .with_sack()
          .data(0, 0, 0, 1, 1, tcp_flag::kSyn)
          .data(1000, 0, 0, 1001, 2, tcp_flag::kSyn)
          .ack(1020, 1, 1001),
      {{2, C::kLostAfter}});
  add("a_keep_alive_of_one_byte", begun().data(9000, 500, 1, 9999, 15), {});
  return out;
}

INSTANTIATE_TEST_SUITE_P(Rules, CausesOf, testing::ValuesIn(cases()),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(LossReplay, EvidenceOfACopyThatWasLost) {
  const auto findings = Conversation()
                            .with_sack()
                            .begin()
                            .data(200, 501, 100, 1200, 15)
                            .data(200, 601, 100, 1200, 16)
                            .ack(220, 501, 1120, {{601, 701}})
                            .data(225, 501, 100, 1225, 17)
                            .ack(245, 701, 1225)
                            .findings();
  ASSERT_EQ(findings.size(), 1U);
  const LossFinding& finding = findings.front();
  EXPECT_EQ(finding.begin, 501);
  EXPECT_EQ(finding.end, 601);
  const CauseEvidence& evidence = finding.evidence;
  EXPECT_TRUE(evidence.bytes_seen);
  EXPECT_FALSE(evidence.fills_gap);
  EXPECT_TRUE(evidence.gap_shown);
  EXPECT_EQ(evidence.by_ts_value, SendOrder::kLater);
  EXPECT_EQ(evidence.by_ip_id, SendOrder::kLater);
  EXPECT_EQ(evidence.other_frame, 11U);
  EXPECT_EQ(evidence.since_other->value, 25'000'000);
  EXPECT_EQ(evidence.acked_frame, 15U);
  EXPECT_EQ(evidence.acked_after->value, 20'000'000);
  EXPECT_EQ(evidence.least_rtt->value, 20'000'000);
}

TEST(LossReplay, MissingBytesOfTheCaptureAndOfTheNetwork) {
  Conversation c;
  c.begin().data(200, 601, 100, 1200, 16).ack(220, 701, 1200);  // 501 to 600 acknowledged, never seen
  c.data(230, 901, 100, 1230, 19);                              // 701 to 900 neither
  EXPECT_EQ(c.missing().by_capture, 100U);
  EXPECT_EQ(c.missing().by_network, 200U);
  c.ack(250, 701, 1200, {{701, 801}});  // half of it was received all the same
  EXPECT_EQ(c.missing().by_capture, 200U);
  EXPECT_EQ(c.missing().by_network, 100U);
}

/// Whatever the numbers are: one finding a row at most, and no more old bytes than payload.
TEST(LossReplay, AnyNumbersOneFindingARow) {
  std::mt19937 generator(11);
  const auto random = [&generator] { return static_cast<std::uint32_t>(generator()); };
  for (int round = 0; round < 40; ++round) {
    read::Connection connection;
    LossReplay replay(connection);
    std::set<std::uint64_t> rows;
    const std::uint32_t spread = round % 4 == 0 ? 0xffff'ffff : 5000U << (round % 8);
    for (std::uint64_t i = 0; i < 1500; ++i) {
      LossRow row;
      row.row = i;
      row.at = {i + 1, {static_cast<std::int64_t>(random() % 1'000'000'000)}};
      row.side = random() % 2;
      row.word = {static_cast<std::uint16_t>(0x5000 | (random() % 8 == 0 ? random() % 32 : 16))};
      row.seq = 0xffff'f000 + random() % spread;
      row.ack = 0xffff'f000 + random() % spread;
      row.payload = random() % 3000;
      row.ip_id = static_cast<std::uint16_t>(random() % 100);
      row.has_timestamps = random() % 2 == 0;
      row.ts_value = random() % 50;
      row.ts_echo = random() % 50;
      row.oddities = random() % 50 == 0 ? static_cast<std::uint8_t>(random()) : std::uint8_t{0};
      row.sack_count = static_cast<std::uint8_t>(random() % 4);
      for (auto& block : row.sack) {
        block.left = 0xffff'f000 + random() % spread;
        block.right = block.left + random() % 4000;
      }
      replay.feed(row, random() % 20 == 0 ? i : 0);
      ASSERT_LE(replay.old_payload(), row.payload);
      for (const LossFinding& finding : replay.take_settled()) ASSERT_TRUE(rows.insert(finding.row).second);
    }
    replay.finish();
    for (const LossFinding& finding : replay.take_settled()) ASSERT_TRUE(rows.insert(finding.row).second);
    EXPECT_FALSE(rows.empty());
  }
}

TEST(LossReplay, SettlesTheOldestWhereMoreAreOpenThanItHolds) {
  read::Connection connection;
  LossReplay replay(connection);
  LossRow row;
  row.payload = 10;
  row.word = {0x5010};
  row.seq = 1000;
  replay.feed(row, 0);
  std::size_t settled = 0;
  for (std::size_t i = 0; i < LossReplay::kGreatestOpen + 100; ++i) {
    row.at.frame = i + 2;
    replay.feed(row, 0);
    settled += replay.take_settled().size();
  }
  EXPECT_EQ(settled, 100U);
  replay.finish();
  EXPECT_EQ(replay.take_settled().size(), LossReplay::kGreatestOpen);
}

}  // namespace
}  // namespace pcapsule::analysis
