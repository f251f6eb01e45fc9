// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "analyzer/analysis/compare/path_sink.h"
#include "analyzer/plot/figure.h"
#include "analyzer/plot/points.h"
#include "analyzer/plot/thinning.h"

namespace pcapsule::plot {

/// Gathers what two captures say of the path between them: one-way delays of both directions
/// over time, and on the same axis what got lost, what was sent again, and zero windows. An event
/// stands at the delay of the segment before it. Memory as that of FigureBuilder.
class PathFigure final : public analysis::compare::PathSink {
 public:
  explicit PathFigure(std::size_t columns) : columns_(columns) {}

  void delay(analysis::compare::Direction direction, std::int64_t near_ns, std::int64_t delay_ns,
             std::uint64_t near_frame) override;
  void event(analysis::compare::PathEvent event, analysis::compare::Direction direction, std::int64_t near_ns,
             std::int64_t delay_ns) override;

  [[nodiscard]] bool empty() const { return series_.empty(); }

  /// Time counts from `start_ns`. About so many ticks fit the axes. REQUIRES: !empty().
  [[nodiscard]] Figure figure(std::string subtitle, std::int64_t start_ns, std::size_t x_ticks,
                              std::size_t y_ticks) const;

 private:
  void put(SeriesId id, const Point& point) { series_.try_emplace(id, columns_).first->second.add(point); }

  std::size_t columns_;
  std::map<SeriesId, Thinner> series_;
};

}  // namespace pcapsule::plot
