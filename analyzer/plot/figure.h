// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plot/axis.h"
#include "analyzer/plot/points.h"
#include "analyzer/plot/thinning.h"

namespace pcapsule::plot {

struct FigureSeries {
  SeriesId id{};
  bool second_axis = false;
  bool as_line = false;  ///< of a distribution, whatever its style
  std::vector<Point> points;
};

/// A picture, before anything draws it.
struct Figure {
  std::string title;
  std::string subtitle;  ///< any bytes: it names files
  std::string x_label;
  std::string y_label;
  std::string y2_label;  ///< empty: no second axis
  Axis x;
  Axis y;
  Axis y2;
  std::vector<FigureSeries> series;  ///< as they are drawn
};

/// `window-ack`
std::string_view to_text(Kind kind);
/// nullopt: there is no such kind.
std::optional<Kind> parse_kind(std::string_view text);
/// Is it about connections one by one, in the order of their rows?
constexpr bool is_of_one_connection(Kind kind) { return kind < Kind::kHandshakes; }
/// What the x axis of a kind is, in tables: `since_start_ns`.
std::string_view x_key(Kind kind);

/// Gathers the points of a picture, thinned.
class FigureBuilder final : public PointSink {
 public:
  FigureBuilder(Kind kind, std::size_t columns) : kind_(kind), columns_(columns) {}

  void connection(std::uint32_t /*number*/) override {}
  bool put(SeriesId series, const Point& point) override;

  void hold(SeriesId series, std::int64_t x_ns) override { held_[series] = x_ns; }

  [[nodiscard]] bool empty() const { return series_.empty(); }
  [[nodiscard]] bool has(SeriesId series) const { return series_.contains(series); }

  /// About so many ticks on the axes fit the picture. REQUIRES: !empty().
  [[nodiscard]] Figure figure(std::string subtitle, std::size_t x_ticks, std::size_t y_ticks) const;

 private:
  [[nodiscard]] std::vector<FigureSeries> series() const;
  Kind kind_;
  std::size_t columns_;
  std::map<SeriesId, Thinner> series_;
  std::map<SeriesId, std::int64_t> held_;
};

}  // namespace pcapsule::plot
