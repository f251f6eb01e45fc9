// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/figure.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

namespace pcapsule::plot {
namespace {

std::vector<std::string> keys(const Figure& figure) {
  std::vector<std::string> found;
  for (const FigureSeries& series : figure.series) found.emplace_back(spec_of(series.id).key);
  return found;
}

TEST(Figure, EveryKindHasAName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<Kind>(i);
    EXPECT_EQ(parse_kind(to_text(kind)), kind);
    names.insert(to_text(kind));
  }
  EXPECT_EQ(names.size(), kKinds);
  EXPECT_FALSE(parse_kind("windows"));
  EXPECT_FALSE(parse_kind(""));
}

TEST(Figure, EverySeriesHasAKeyOfItsOwn) {
  std::set<std::string_view> found;
  for (std::size_t i = 0; i < kSeries; ++i) found.insert(spec_of(static_cast<SeriesId>(i)).key);
  EXPECT_EQ(found.size(), kSeries);
  for (const auto& [client, server] : {std::pair{SeriesId::kClientData, SeriesId::kServerData},
                                       {SeriesId::kClientEdge, SeriesId::kServerEdge},
                                       {SeriesId::kClientWindow, SeriesId::kServerWindow},
                                       {SeriesId::kClientAck, SeriesId::kServerAck},
                                       {SeriesId::kClientThroughput, SeriesId::kServerThroughput},
                                       {SeriesId::kClientRtt, SeriesId::kServerRtt},
                                       {SeriesId::kClientGoodput, SeriesId::kServerGoodput}}) {
    EXPECT_EQ(of_side(client, true), client);
    EXPECT_EQ(of_side(client, false), server);
  }
}

TEST(Figure, SeriesAreInAFixedOrderMarksOnTop) {
  FigureBuilder builder(Kind::kWindow, 100);
  EXPECT_TRUE(builder.empty());
  builder.put(SeriesId::kZeroWindow, point_at(1, 0, 1));
  builder.put(SeriesId::kServerWindow, point_at(1, 5, 2));
  builder.put(SeriesId::kClientWindow, point_at(1, 5, 3));
  EXPECT_EQ(keys(builder.figure("", 10, 8)),
            (std::vector<std::string>{"client_window", "server_window", "zero_window"}));
}

TEST(Figure, AxesSayTheirUnit) {
  FigureBuilder builder(Kind::kThroughput, 100);
  builder.put(SeriesId::kClientThroughput, point_at(0, 0, 1));
  builder.put(SeriesId::kClientThroughput, point_at(5'000'000'000, 8e6, 2));
  const Figure figure = builder.figure("x.fb", 10, 8);
  EXPECT_EQ(figure.x_label, "time since the connection's first segment (s)");
  EXPECT_EQ(figure.y_label, "payload (Mbit/s)");
  EXPECT_EQ(figure.y2_label, "");
}

TEST(Figure, AValueThatHoldsIsDrawnToItsEnd) {
  FigureBuilder builder(Kind::kWindow, 100);
  builder.put(SeriesId::kClientWindow, point_at(0, 5, 1));
  builder.hold(SeriesId::kClientWindow, 100);
  builder.hold(SeriesId::kServerWindow, 100);  // has no value
  const Figure figure = builder.figure("", 10, 8);
  ASSERT_EQ(figure.series.size(), 1U);
  ASSERT_EQ(figure.series[0].points.size(), 2U);
  EXPECT_EQ(figure.series[0].points[1].x_ns, 100);
  EXPECT_EQ(figure.series[0].points[1].value, 5);
  EXPECT_EQ(figure.x.high, 100);
}

TEST(Figure, NewBytesAreNotDrawnWhereAllAre) {
  for (const double fresh : {5.0, 4.0}) {
    FigureBuilder builder(Kind::kThroughput, 100);
    builder.put(SeriesId::kClientThroughput, point_at(0, 5, 1));
    builder.put(SeriesId::kClientGoodput, point_at(0, fresh, 1));
    EXPECT_EQ(keys(builder.figure("", 10, 8)).size(), fresh == 5.0 ? 1U : 2U);
  }
}

TEST(Figure, LatenciesFarApartAreOnALogarithmicAxis) {
  struct Case {
    Kind kind;
    double least;
    double greatest;
    bool logarithmic;
  };
  for (const Case& c : std::vector<Case>{{Kind::kHandshakes, 60e3, 1e9, true},
                                         {Kind::kHandshakes, 20e6, 40e6, false},
                                         {Kind::kRtt, 60e3, 300e6, true},
                                         {Kind::kRtt, 0, 300e6, false}}) {
    FigureBuilder builder(c.kind, 100);
    builder.put(SeriesId::kClientRtt, point_at(0, c.least, 1));
    builder.put(SeriesId::kClientRtt, point_at(1, c.greatest, 2));
    EXPECT_EQ(builder.figure("", 10, 8).y.logarithmic, c.logarithmic) << c.least;
  }
}

TEST(Figure, ADistributionIsALineInPerCent) {
  FigureBuilder builder(Kind::kHandshakeDistribution, 100);
  builder.put(SeriesId::kLegFirst, point_at(1'000'000, 0.5, 1));
  builder.put(SeriesId::kLegFirst, point_at(2'000'000, 1, 2));
  const Figure figure = builder.figure("", 10, 8);
  EXPECT_TRUE(figure.series.at(0).as_line);
  EXPECT_EQ(figure.series.at(0).points.size(), 3U);
  EXPECT_EQ(figure.series.at(0).points.front().value, 0);
  EXPECT_EQ(figure.y_label, "connections with that latency or less (%)");
  EXPECT_EQ(figure.x_label, "latency (ms)");
  EXPECT_EQ(figure.y.ticks.back().label, "99");
}

TEST(Figure, AStretchFromTheMiddleDoesNotBeginAtZero) {
  FigureBuilder builder(Kind::kTimeSequence, 100);
  builder.put(SeriesId::kServerData, {6'200'000'000, 5'000'000, 5'001'448, 1});
  builder.put(SeriesId::kServerData, {6'300'000'000, 5'100'000, 5'101'448, 2});
  const Figure figure = builder.figure("", 10, 8);
  EXPECT_EQ(figure.x.low, 6.2e9);
  EXPECT_GT(figure.y.low, 4.9e6);
}

}  // namespace
}  // namespace pcapsule::plot
