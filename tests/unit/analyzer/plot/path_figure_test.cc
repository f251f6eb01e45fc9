// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/path_figure.h"

#include <gtest/gtest.h>

#include "analyzer/plot/script.h"

namespace pcapsule::plot {
namespace {

using analysis::compare::Direction;
using analysis::compare::PathEvent;

constexpr std::int64_t kMs = 1'000'000;

const FigureSeries* find(const Figure& figure, SeriesId id) {
  for (const FigureSeries& series : figure.series) {
    if (series.id == id) return &series;
  }
  return nullptr;
}

TEST(PathFigure, IsEmptyUntilSomethingIsThere) {
  PathFigure path(100);
  EXPECT_TRUE(path.empty());
  path.delay(Direction::kNearToFar, 0, 10 * kMs, 1);
  EXPECT_FALSE(path.empty());
}

TEST(PathFigure, DirectionsAndEventsAreSeriesOnOneAxis) {
  PathFigure path(100);
  path.delay(Direction::kNearToFar, 1000 * kMs, 10 * kMs, 1);
  path.delay(Direction::kFarToNear, 1010 * kMs, 30 * kMs, 2);
  path.event(PathEvent::kLost, Direction::kNearToFar, 1020 * kMs, 10 * kMs);
  path.event(PathEvent::kLost, Direction::kFarToNear, 1020 * kMs, 30 * kMs);
  path.event(PathEvent::kResent, Direction::kNearToFar, 1300 * kMs, 10 * kMs);
  path.event(PathEvent::kZeroWindow, Direction::kNearToFar, 1400 * kMs, 10 * kMs);
  path.event(PathEvent::kZeroWindow, Direction::kFarToNear, 1500 * kMs, 30 * kMs);
  const Figure figure = path.figure("near a, far b", 1000 * kMs, 10, 8);
  for (const SeriesId id : {SeriesId::kDelayThere, SeriesId::kDelayBack, SeriesId::kLostThere, SeriesId::kLostBack,
                            SeriesId::kResentThere, SeriesId::kNearShut, SeriesId::kFarShut}) {
    ASSERT_NE(find(figure, id), nullptr) << spec_of(id).key;
    EXPECT_FALSE(find(figure, id)->second_axis);
  }
  EXPECT_EQ(find(figure, SeriesId::kResentBack), nullptr);
  EXPECT_EQ(find(figure, SeriesId::kDelayThere)->points[0].x_ns, 0);
  EXPECT_EQ(find(figure, SeriesId::kFarShut)->points[0].x_ns, 500 * kMs);
  EXPECT_LE(figure.y.low, 10.0 * kMs);
  EXPECT_GE(figure.y.high, 30.0 * kMs);
  EXPECT_NE(gnuplot_script(figure, {}).find("lost from near to far"), std::string::npos);
}

TEST(PathFigure, ManyPointsAreThinnedAndKeepTheirExtremes) {
  PathFigure path(100);
  for (std::int64_t i = 0; i < 100'000; ++i) {
    path.delay(Direction::kNearToFar, i * kMs, i == 77'777 ? 500 * kMs : 10 * kMs, 1);
  }
  const Figure figure = path.figure("", 0, 10, 8);
  EXPECT_LE(figure.series[0].points.size(), 1'600U);
  EXPECT_GE(figure.y.high, 500.0 * kMs);
}

}  // namespace
}  // namespace pcapsule::plot
