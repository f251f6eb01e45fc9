// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/connection_match.h"

#include <gtest/gtest.h>

#include <string>

namespace pcapsule::analysis::compare {
namespace {

constexpr std::uint32_t kClient = 0x0a000001, kTranslated = 0xcb007101, kServer = 0xc0000201;

/// A connection whose endpoint A is the client, which sent a SYN.
ConnectionKey key(std::uint64_t entry, std::uint32_t client, std::uint16_t port, std::uint32_t client_isn,
                  std::uint32_t server_isn) {
  ConnectionKey k;
  k.entry = entry;
  k.side[0] = {{IpAddress::v4(client), port}, client_isn, 0, format::BaseSource::kSyn, 0};
  k.side[1] = {{IpAddress::v4(kServer), 443}, server_isn, 0, format::BaseSource::kSynAck, 0};
  k.client_known = true;
  return k;
}
ConnectionKey crossed(ConnectionKey k) {
  std::swap(k.side[0], k.side[1]);
  k.client = 1;
  return k;
}
ConnectionKey unanswered(ConnectionKey k) {
  k.side[1].base_source = format::BaseSource::kNone;
  return k;
}
/// Both sides were sending when the capture began.
ConnectionKey from_the_middle(ConnectionKey k, std::uint32_t after, std::uint64_t payload) {
  for (auto& side : k.side) {
    side.base += after;
    side.payload_bytes = payload;
    side.base_source = format::BaseSource::kSegment;
  }
  k.client_known = false;
  return k;
}

/// `0-1 isn crossed`
std::string to_text(const std::vector<ConnectionPair>& pairs) {
  std::string text;
  for (const ConnectionPair& pair : pairs) {
    text += (text.empty() ? "" : ", ") + std::to_string(pair.near_entry) + "-" + std::to_string(pair.far_entry) + " " +
            std::string(to_text(pair.by)) + (pair.crossed ? " crossed" : "");
  }
  return text;
}

struct TableCase {
  const char* name;
  std::vector<ConnectionKey> near;
  std::vector<ConnectionKey> far;
  std::string expected;
};
class MatchByTable : public ::testing::TestWithParam<TableCase> {};

TEST_P(MatchByTable, FindsPairs) {
  ConnectionMatcher matcher(GetParam().near, GetParam().far);
  matcher.match_by_table();
  EXPECT_EQ(to_text(matcher.pairs()), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(S45, MatchByTable,
                         ::testing::ValuesIn(std::vector<TableCase>{
                             {"same_endpoints_and_numbers",
                              {key(0, kClient, 1000, 7, 9)},
                              {key(4, kClient, 1000, 7, 9)},
                              "0-4 addresses"},
                             {"the_far_capture_missed_the_syn",
                              {key(0, kClient, 1000, 7, 9)},
                              {crossed(key(4, kClient, 1000, 7, 9))},
                              "0-4 addresses crossed"},
                             {"ports_used_again",
                              {key(0, kClient, 1000, 7, 9), key(1, kClient, 1000, 70, 90)},
                              {key(4, kClient, 1000, 70, 90), key(5, kClient, 1000, 7, 9)},
                              "0-5 addresses, 1-4 addresses"},
                             {"same_endpoints_but_another_connection",
                              {key(0, kClient, 1000, 7, 9)},
                              {key(4, kClient, 1000, 70, 90)},
                              ""},
                             {"translated_addresses",
                              {key(0, kClient, 1000, 7, 9)},
                              {key(4, kTranslated, 555, 7, 9)},
                              "0-4 isn"},
                             {"translated_and_without_an_answer",
                              {unanswered(key(0, kClient, 1000, 7, 9))},
                              {unanswered(key(4, kTranslated, 555, 7, 0))},
                              "0-4 isn"},
                             {"one_number_by_chance",
                              {key(0, kClient, 1000, 7, 9)},
                              {key(4, kTranslated, 555, 7, 8)},
                              ""},
                             {"one_capture_began_in_the_middle",
                              {from_the_middle(key(0, kClient, 1000, 7, 9), 5000, 1000)},
                              {[] {
                                ConnectionKey k = key(4, kClient, 1000, 7, 9);
                                for (auto& side : k.side) side.payload_bytes = 9000;
                                return k;
                              }()},
                              "0-4 addresses"},
                             {"too_far_apart_to_be_the_same",
                              {from_the_middle(key(0, kClient, 1000, 7, 9), 1'000'000, 1000)},
                              {key(4, kClient, 1000, 7, 9)},
                              ""},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

/// A head: SYN, SYN-ACK and three data segments, numbers moved by `shift`.
TapRows head(std::uint32_t client_shift, std::uint32_t server_shift, std::uint32_t first_value) {
  TapRows rows;
  for (std::uint32_t i = 0; i < 5; ++i) {
    Segment s;
    s.side = i % 2;
    s.seq = 100 * i + (s.side == 0 ? client_shift : server_shift);
    s.payload = i < 2 ? 0 : 50 + i;
    s.flags = i == 0 ? 2 : 16;
    s.has_timestamps = true;
    s.ts_value = first_value + i;
    s.ts_echo = first_value + 100 + i;
    rows.segments.push_back(s);
  }
  return rows;
}

TEST(MatchByHeads, FindsAConstantShiftOfEachDirection) {
  ConnectionMatcher matcher({key(0, kClient, 1000, 7, 9)}, {key(4, kClient, 1000, 1007, 1'000'009)});
  matcher.match_by_table();
  ASSERT_EQ(matcher.near_left().size(), 1U);
  matcher.match_by_heads({head(0, 0, 5000)}, {head(1000, 1'000'000, 5000)});
  ASSERT_EQ(to_text(matcher.pairs()), "0-4 shift");
  EXPECT_EQ(matcher.pairs()[0].shift[0], 1000U);
  EXPECT_EQ(matcher.pairs()[0].shift[1], 1'000'000U);
}

TEST(MatchByHeads, OtherTimestampsAreAnotherConnection) {
  ConnectionMatcher matcher({key(0, kClient, 1000, 7, 9)}, {key(4, kClient, 1000, 1007, 1'000'009)});
  matcher.match_by_table();
  matcher.match_by_heads({head(0, 0, 5000)}, {head(1000, 1'000'000, 9000)});
  EXPECT_EQ(to_text(matcher.pairs()), "");
  EXPECT_TRUE(matcher.near_has_namesake(0));
  EXPECT_TRUE(matcher.far_has_namesake(4));
}

TEST(MatchByHeads, TellsThePairsOfManyApart) {
  std::vector<ConnectionKey> near;
  std::vector<ConnectionKey> far;
  std::vector<TapRows> near_heads;
  std::vector<TapRows> far_heads;
  for (std::uint32_t i = 0; i < 20; ++i) {
    near.push_back(key(i, kClient, static_cast<std::uint16_t>(1000 + i), i, i));
    far.push_back(key(i, kTranslated, static_cast<std::uint16_t>(5000 + i), 77'000 + i, 99'000 + i));
    near_heads.push_back(head(0, 0, 1000 * i));
    far_heads.push_back(head(i, i, 1000 * (19 - i)));
  }
  ConnectionMatcher matcher(near, far);
  matcher.match_by_table();
  matcher.match_by_heads(near_heads, far_heads);
  ASSERT_EQ(matcher.pairs().size(), 20U);
  for (const ConnectionPair& pair : matcher.pairs()) EXPECT_EQ(pair.far_entry, 19 - pair.near_entry);
}

/// Each is matched with its own, whatever was taken before: to pass over all of that for each would take minutes.
TEST(MatchByTable, EndpointsThatAreUsedAgainAndAgain) {
  constexpr std::uint32_t kConnections = 200'000;
  std::vector<ConnectionKey> near;
  for (std::uint32_t i = 0; i < kConnections; ++i) near.push_back(key(i, kClient, 1000, i * 7, i * 11));
  ConnectionMatcher matcher(near, near);
  matcher.match_by_table();
  ASSERT_EQ(matcher.pairs().size(), kConnections);
  for (const ConnectionPair& pair : matcher.pairs()) ASSERT_EQ(pair.near_entry, pair.far_entry);
}

TEST(MatchByTable, OneNumberForAllConnections) {
  constexpr std::uint32_t kConnections = 200'000;
  std::vector<ConnectionKey> near;
  std::vector<ConnectionKey> far;
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    near.push_back(key(i, kClient + i, 1000, 77, 78));
    far.push_back(key(i, kTranslated + i, 1000, 77, 78));
  }
  ConnectionMatcher matcher(near, far);
  matcher.match_by_table();
  ASSERT_EQ(matcher.pairs().size(), kConnections);
  for (const ConnectionPair& pair : matcher.pairs()) ASSERT_EQ(pair.near_entry, pair.far_entry);
}

}  // namespace
}  // namespace pcapsule::analysis::compare
