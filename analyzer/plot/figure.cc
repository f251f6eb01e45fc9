// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/figure.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace pcapsule::plot {

namespace {

struct KindText {
  std::string_view name;
  std::string_view title;
  std::string_view x_label;
  std::string_view y_label;
  std::string_view y2_label;
  std::string_view x_key;
};

constexpr std::string_view kSinceStart = "time since the connection's first segment";
constexpr std::string_view kStartKey = "since_start_ns";

constexpr std::array<KindText, kKinds> kTexts = {{
    {"window", "Receive window over time", kSinceStart, "receive window", "", kStartKey},
    {"window-ack", "Receive window and progress of acknowledgments over time", kSinceStart, "receive window",
     "relative acknowledgment number", kStartKey},
    {"time-sequence", "Sequence numbers over time", kSinceStart, "relative sequence number", "", kStartKey},
    {"throughput", "Throughput over time", kSinceStart, "payload", "", kStartKey},
    {"rtt", "Round-trip time between the capture point and each side", kSinceStart, "time from data to its ACK", "",
     kStartKey},
    {"handshakes", "Handshake latency of connections over time", "time since the capture's first frame", "latency", "",
     "since_first_frame_ns"},
    {"handshake-distribution", "Distribution of handshake latency", "latency", "connections with that latency or less",
     "", "latency_ns"},
}};

const KindText& text_of(Kind kind) { return kTexts[static_cast<std::size_t>(kind)]; }

struct Span {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  void add(double value) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
};

bool is_near_zero(const Span& span) { return span.least >= 0 && span.least < 0.1 * span.greatest; }

bool is_on_second_axis(Kind kind, SeriesId id) {
  return kind == Kind::kWindowAck && (id == SeriesId::kClientAck || id == SeriesId::kServerAck);
}

Axis x_axis(Kind kind, Span x, std::size_t ticks) {
  const bool wide = x.least > 0 && x.greatest / x.least > 20;
  if (kind == Kind::kHandshakeDistribution && wide) {
    return make_axis(Unit::kNanoseconds, x.least, x.greatest, Fit::kLogarithmic, ticks);
  }
  if (kind == Kind::kHandshakeDistribution) return make_axis(Unit::kNanoseconds, 0, x.greatest, Fit::kFromZero, ticks);
  // A stretch from the middle of a connection need not show its beginning.
  if (is_near_zero(x)) x.least = 0;
  const bool has_dots = kind == Kind::kRtt || kind == Kind::kHandshakes;
  if (has_dots) x.greatest += (x.greatest - x.least) / 100;  // none is cut by the border
  return make_axis(Unit::kClock, x.least, x.greatest, Fit::kExact, ticks);
}

/// From 0, unless what it shows is far from it.
Axis value_axis(Unit unit, const Span& y, std::size_t ticks) {
  if (y.least > y.greatest) return make_axis(unit, 0, 0, Fit::kFromZero, ticks);
  return make_axis(unit, y.least, y.greatest, is_near_zero(y) ? Fit::kFromZero : Fit::kTight, ticks);
}

/// Quantiles that people ask for.
Axis share_axis(std::size_t ticks) {
  Axis axis = make_axis(Unit::kShare, 0, 1, Fit::kExact, ticks);
  axis.low = -0.01;
  axis.high = 1.02;
  if (ticks < 6) return axis;  // they would overlap
  axis.ticks.clear();
  for (const char* label : {"0", "10", "25", "50", "75", "90", "95", "99"}) {
    axis.ticks.push_back({std::atof(label) / 100, label});
  }
  return axis;
}

Axis y_axis(Kind kind, Unit unit, const Span& y, std::size_t ticks) {
  switch (kind) {
    case Kind::kHandshakeDistribution:
      return share_axis(ticks);
    case Kind::kRtt:
    case Kind::kHandshakes: {
      // Both sides of a capture point near one of them, and a lost SYN among prompt answers.
      const bool wide = y.least > 0 && y.greatest / y.least > 50;
      return make_axis(unit, y.least, y.greatest, wide ? Fit::kLogarithmic : Fit::kFromZero, ticks);
    }
    case Kind::kTimeSequence:
      return value_axis(unit, y, ticks);
    case Kind::kWindow:
    case Kind::kWindowAck:
    case Kind::kThroughput:
      break;
  }
  return make_axis(unit, y.least, y.greatest, Fit::kFromZero, ticks);
}

/// Of a series of new bytes only that of all bytes.
std::optional<SeriesId> throughput_of(SeriesId id) {
  if (id == SeriesId::kClientGoodput) return SeriesId::kClientThroughput;
  if (id == SeriesId::kServerGoodput) return SeriesId::kServerThroughput;
  return std::nullopt;
}

std::string with_unit(std::string_view label, const Axis& axis) {
  return std::string(label) + (axis.unit.empty() ? "" : " (" + axis.unit + ")");
}

}  // namespace

std::string_view to_text(Kind kind) { return text_of(kind).name; }

std::optional<Kind> parse_kind(std::string_view text) {
  const auto found = std::ranges::find(kTexts, text, &KindText::name);
  if (found == kTexts.end()) return std::nullopt;
  return static_cast<Kind>(found - kTexts.begin());
}

std::string_view x_key(Kind kind) { return text_of(kind).x_key; }

bool FigureBuilder::put(SeriesId series, const Point& point) {
  series_.try_emplace(series, columns_).first->second.add(point);
  return true;
}

std::vector<FigureSeries> FigureBuilder::series() const {
  std::vector<FigureSeries> found;
  for (const auto& [id, thinner] : series_) {
    FigureSeries series = {id, is_on_second_axis(kind_, id), kind_ == Kind::kHandshakeDistribution, thinner.points()};
    const auto held = held_.find(id);
    if (held != held_.end() && held->second > series.points.back().x_ns) {
      series.points.push_back(series.points.back());
      series.points.back().x_ns = held->second;
    }
    if (series.as_line) {  // it rises from 0 at its least value
      const Point& first = series.points.front();
      series.points.insert(series.points.begin(), point_at(first.x_ns, 0, first.frame));
    }
    if (const auto whole = throughput_of(id)) {
      const auto same = std::ranges::find(found, *whole, &FigureSeries::id);
      if (same != found.end() && std::ranges::equal(same->points, series.points, {}, &Point::value, &Point::value)) {
        continue;
      }
    }
    found.push_back(std::move(series));
  }
  return found;
}

Figure FigureBuilder::figure(std::string subtitle, std::size_t x_ticks, std::size_t y_ticks) const {
  const KindText& text = text_of(kind_);
  Figure figure;
  figure.title = text.title;
  figure.subtitle = std::move(subtitle);
  figure.series = series();
  Span x, y, y2;
  Unit unit = Unit::kBytes;
  for (const FigureSeries& series : figure.series) {
    if (!series.second_axis) unit = spec_of(series.id).unit;
    for (const Point& point : series.points) {
      x.add(static_cast<double>(point.x_ns));
      Span& values = series.second_axis ? y2 : y;
      values.add(point.value);
      values.add(point.value_end);
    }
  }
  figure.x = x_axis(kind_, x, x_ticks);
  figure.x_label = with_unit(text.x_label, figure.x);
  figure.y = y_axis(kind_, unit, y, y_ticks);
  figure.y_label = with_unit(text.y_label, figure.y);
  if (!text.y2_label.empty()) {
    figure.y2 = value_axis(Unit::kBytes, y2, y_ticks);
    figure.y2_label = with_unit(text.y2_label, figure.y2);
  }
  return figure;
}

}  // namespace pcapsule::plot
