// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plot/points.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::plot {

struct PointTableOptions {
  report::OutputFormat format = report::OutputFormat::kCsv;
  report::FieldFormat fields;
  std::uint64_t rows = ~std::uint64_t{0};  ///< at most
};

/// Prints every point of a picture as a row, none left out: connection, series, frame, x and value.
class PointTable final : public PointSink {
 public:
  PointTable(report::BufferedWriter& out, Kind kind, const PointTableOptions& options, std::string_view command,
             std::vector<std::string> files);

  void begin() { renderer_->begin(); }
  void file(std::string_view path) { renderer_->file(path); }
  void connection(std::uint32_t number) override { connection_ = number; }
  bool put(SeriesId series, const Point& point) override;
  void end() { renderer_->end(); }

 private:
  void add_cell(std::string_view value);

  bool text_;
  bool has_ranges_;
  bool is_distribution_;
  std::uint64_t rows_left_;
  std::unique_ptr<report::Renderer> renderer_;
  std::uint32_t connection_ = 0;
  report::Row row_;
};

}  // namespace pcapsule::plot
