// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/path_figure.h"

#include <algorithm>
#include <limits>

#include "common/base/time.h"

namespace pcapsule::plot {

using analysis::compare::Direction;
using analysis::compare::PathEvent;

namespace {

/// The one of a pair of series that is about that direction.
constexpr SeriesId of(SeriesId near_to_far, Direction direction) {
  return of_side(near_to_far, direction == Direction::kNearToFar);
}

constexpr SeriesId series_of(PathEvent event, Direction direction) {
  switch (event) {
    case PathEvent::kLost:
      return of(SeriesId::kLostThere, direction);
    case PathEvent::kResent:
      return of(SeriesId::kResentThere, direction);
    case PathEvent::kZeroWindow:
      return of(SeriesId::kNearShut, direction);
  }
  return SeriesId::kLostThere;
}

}  // namespace

void PathFigure::delay(Direction direction, std::int64_t near_ns, std::int64_t delay_ns, std::uint64_t near_frame) {
  put(of(SeriesId::kDelayThere, direction), point_at(near_ns, static_cast<double>(delay_ns), near_frame));
}

void PathFigure::event(PathEvent event, Direction direction, std::int64_t near_ns, std::int64_t delay_ns) {
  put(series_of(event, direction), point_at(near_ns, static_cast<double>(delay_ns), 0));
}

Figure PathFigure::figure(std::string subtitle, std::int64_t start_ns, std::size_t x_ticks, std::size_t y_ticks) const {
  Figure figure;
  figure.title = "Delay and loss between the two points over time";
  figure.subtitle = std::move(subtitle);
  double greatest_x = 0;
  double least_y = std::numeric_limits<double>::infinity();
  double greatest_y = 0;
  for (const auto& [id, thinner] : series_) {
    FigureSeries series = {id, false, false, thinner.points()};
    for (Point& point : series.points) {
      point.x_ns = (TimestampNs{point.x_ns} - TimestampNs{start_ns}).value;
      greatest_x = std::max(greatest_x, static_cast<double>(point.x_ns));
      least_y = std::min(least_y, point.value);
      greatest_y = std::max(greatest_y, point.value);
    }
    figure.series.push_back(std::move(series));
  }
  figure.x = make_axis(Unit::kClock, 0, greatest_x * 1.01, Fit::kExact, x_ticks);
  figure.x_label = "time since the captures overlap (" + figure.x.unit + ")";
  figure.y = make_axis(Unit::kNanoseconds, least_y, greatest_y, Fit::kFromZero, y_ticks);
  figure.y_label = "one-way delay, if both directions are equally fast at best (" + figure.y.unit + ")";
  return figure;
}

}  // namespace pcapsule::plot
