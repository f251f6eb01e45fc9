// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"
#include "common/text/time_text.h"

/// Tables whose columns are the command's own: for each kind of line a list of columns that say how to
/// print themselves.
namespace pcapsule::report {

/// The cells of one row. Text is for people: seconds, per cent, the time of -t.
class LineCells {
 public:
  LineCells(Row& row, bool text, const TimeFormat& time, TimestampNs capture_start,
            std::optional<TimestampNs>& line_before)
      : row_(row), text_(text), time_(time), capture_start_(capture_start), line_before_(line_before) {}

  void none() { row_.end_cell(); }
  void text(std::string_view value) {
    row_.add(value);
    row_.end_cell();
  }
  void number(std::uint64_t value) { text(std::to_string(value)); }
  void number(const std::optional<std::uint64_t>& value) { value ? number(*value) : none(); }
  /// None where there are no samples.
  void number_if(std::uint64_t samples, std::uint64_t value) { samples > 0 ? number(value) : none(); }
  /// None for 0, which no frame has.
  void frame(std::uint64_t value) { number_if(value, value); }
  void boolean(bool value) { text(value ? "1" : "0"); }
  void span(const std::optional<DurationNs>& value) {
    if (!value) return none();
    scratch_.clear();
    if (!text_) return text(std::to_string(value->value));
    text::append_seconds(scratch_, *value, 6);
    text(scratch_ + "s");
  }
  void share(const std::optional<double>& value) {
    if (!value) return none();
    // Exact to a millionth, without a locale's point.
    const auto millionths = static_cast<std::int64_t>(std::llround(*value * 1e6));
    scratch_.clear();
    text::append_seconds(scratch_, DurationNs{millionths * (text_ ? 100'000 : 1'000)}, text_ ? 1 : 6);
    text(text_ ? scratch_ + "%" : scratch_);
  }
  /// Of a line that belongs to no one connection: the clock of the capture.
  void time(TimestampNs value) { time(value, capture_start_); }
  void time(TimestampNs value, TimestampNs connection_start) {
    scratch_.clear();
    if (!text_) {
      text::append_epoch_seconds(scratch_, value);
      return text(scratch_);
    }
    LineTimes times{value, connection_start, capture_start_, {}, {}};
    if (line_before_) times.since_line_before = value - *line_before_;
    times.since_frame_before = times.since_line_before;
    line_before_ = value;
    format_time(scratch_, time_, times);
    text(std::string_view(scratch_).substr(scratch_.find_first_not_of(' ')));
  }

 private:
  Row& row_;
  bool text_;
  const TimeFormat& time_;
  TimestampNs capture_start_;
  std::optional<TimestampNs>& line_before_;
  std::string scratch_;
};

/// Where a column stands: text is for people, the other formats for programs.
enum class In : std::uint8_t { kAll, kText, kData };

template <class Line>
struct LineColumn {
  In in;
  std::string_view name;
  ValueKind kind;
  std::string_view heading;
  std::uint8_t width;
  bool right_aligned;
  void (*put)(LineCells& cells, const Line& line);
};

constexpr bool is_in(In in, bool text) { return in == In::kAll || (in == In::kText) == text; }

template <class Line>
void add_columns(std::vector<Column>& out, std::span<const LineColumn<Line>> columns, bool text) {
  for (const auto& c : columns) {
    if (!is_in(c.in, text)) continue;
    out.push_back({std::string(c.name), c.kind, false, std::string(c.heading), c.width, c.right_aligned});
  }
}

}  // namespace pcapsule::report
