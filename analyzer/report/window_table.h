// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis/receive_window.h"
#include "analyzer/analysis/window_summary.h"
#include "analyzer/analysis/window_trend.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// What `windows` shows.
enum class WindowView : std::uint8_t {
  kSummary,  ///< a line a side
  kStalls,   ///< a line a stall (S29)
  kDips,     ///< a line a dip (S30)
  kTrend,    ///< a line a side and bucket of time (S30)
  kBelow,    ///< a line a segment
};

/// The side that a line is about.
struct WindowSide {
  std::uint32_t connection = 0;
  bool client = true;
  Endpoint client_endpoint;
  Endpoint server_endpoint;
  analysis::ScaleState scale = analysis::ScaleState::kUnknown;
  TimestampNs start;  ///< of the connection
};

/// One line of each view.
struct SummaryLine {
  WindowSide of;
  const analysis::WindowSummary& summary;
};
struct StallLine {
  WindowSide of;
  const analysis::WindowStall& stall;
};
struct DipLine {
  WindowSide of;
  const analysis::WindowDip& dip;
};
struct BucketLine {
  WindowSide of;
  const analysis::TrendBucket& bucket;
};
struct BelowLine {
  WindowSide of;
  analysis::WindowSample sample;
};

struct WindowTableOptions {
  OutputFormat format = OutputFormat::kText;
  FieldFormat fields;
  TimeFormat time;
  bool filters = false;                    ///< a column with a display filter for each line
  std::uint64_t rows = ~std::uint64_t{0};  ///< at most
};

/// The table of one view, in any format. Segments below a number are sentences in text.
class WindowTable {
 public:
  WindowTable(BufferedWriter& out, WindowView view, const WindowTableOptions& options, std::string_view command,
              std::vector<std::string> files);

  void begin();
  void file(std::string_view path, TimestampNs capture_start);
  /// Writes a line of its view; false: no more are wanted, this one may be the last that was.
  bool put(const SummaryLine& line);
  bool put(const StallLine& line);
  bool put(const DipLine& line);
  bool put(const BucketLine& line);
  bool put(const BelowLine& line);
  void totals(std::span<const Total> totals);
  void end();

  [[nodiscard]] bool wants_more() const { return rows_left_ > 0 && !out_.done(); }

 private:
  template <class Line, class Columns>
  bool put_row(const Columns& columns, const Line& line);
  bool count_row();

  BufferedWriter& out_;
  WindowTableOptions options_;
  std::uint64_t rows_left_;
  bool several_files_;
  bool sentences_;
  std::unique_ptr<Renderer> renderer_;  ///< nullptr: sentences
  TimestampNs capture_start_;
  std::optional<TimestampNs> line_before_;
  Row row_;
};

}  // namespace pcapsule::report
