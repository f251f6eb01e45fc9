// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis/loss/loss_summary.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// What `losses` shows.
enum class LossView : std::uint8_t {
  kSummary,   ///< a line a side of a connection
  kSegments,  ///< a line a segment
};

/// The connection and side that a line is about: the sender.
struct LossSide {
  std::uint32_t connection = 0;
  bool client = true;
  Endpoint client_endpoint;
  Endpoint server_endpoint;
  TimestampNs start;  ///< of the connection
};

struct LossLine {
  LossSide of;
  const analysis::SideLosses& losses;
};
struct LossSegmentLine {
  LossSide of;
  const analysis::LossSegment& segment;
};

struct LossTableOptions {
  OutputFormat format = OutputFormat::kText;
  FieldFormat fields;
  TimeFormat time;
  bool filters = false;                    ///< a column with a display filter for each line
  std::uint64_t rows = ~std::uint64_t{0};  ///< at most
};

/// The table of one view, in any format.
class LossTable {
 public:
  LossTable(BufferedWriter& out, LossView view, const LossTableOptions& options, std::string_view command,
            std::vector<std::string> files);

  void begin() { renderer_->begin(); }
  void file(std::string_view path, TimestampNs capture_start);
  /// Writes a line of its view; false: no more are wanted, this one may be the last that was.
  bool put(const LossLine& line);
  bool put(const LossSegmentLine& line);
  void totals(std::span<const Total> totals) { renderer_->totals(totals); }
  void end() { renderer_->end(); }

  /// Nothing that is written from now on arrives.
  [[nodiscard]] bool done() const { return out_.done(); }
  [[nodiscard]] bool wants_more() const { return rows_left_ > 0 && !out_.done(); }

 private:
  template <class Line, class Columns>
  bool put_row(const Columns& columns, const Line& line);

  BufferedWriter& out_;
  LossTableOptions options_;
  std::uint64_t rows_left_;
  std::unique_ptr<Renderer> renderer_;
  TimestampNs capture_start_;
  std::optional<TimestampNs> line_before_;
  Row row_;
};

}  // namespace pcapsule::report
