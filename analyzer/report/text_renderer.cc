// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_renderer.h"

#include <algorithm>

#include "analyzer/report/file_heading.h"

namespace pcapsule::report {

namespace {

/// Characters on a terminal: bytes that do not continue a UTF-8 sequence.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

class TextRenderer final : public Renderer {
 public:
  TextRenderer(BufferedWriter& out, TableSpec spec) : Renderer(out), spec_(std::move(spec)) {}

  void begin() override {
    if (spec_.files.empty()) put_headings();
  }

  void file(std::string_view path) override {
    any_file_ = true;
    if (spec_.files.size() > 1) put_file_heading(out(), path);
    put_headings();
  }

  void row(const Row& row) override {
    line_.clear();
    for (std::size_t cell = 0; cell < row.cells(); ++cell) {
      joined_.clear();
      for (std::size_t value = 0; value < row.values(cell); ++value) {
        if (value > 0) joined_ += ',';
        joined_ += row.value(cell, value);
      }
      add(spec_.columns[cell], row.values(cell) == 0 ? std::string_view("-") : std::string_view(joined_));
    }
    put_line();
  }

  void totals(std::span<const Total> totals) override {
    if (!any_file_) return;
    line_.clear();
    for (const auto& [name, number] : totals) line_ += (line_.empty() ? "" : ", ") + number + " " + name;
    std::ranges::replace(line_, '_', ' ');
    put_line();
  }

  void end() override {}

 private:
  void put_headings() {
    line_.clear();
    for (const Column& column : spec_.columns) add(column, column.heading);
    put_line();
  }

  void add(const Column& column, std::string_view text) {
    if (!line_.empty()) line_ += ' ';
    const std::size_t width = width_of(text);
    const std::size_t padding = column.width > width ? column.width - width : 0;
    if (column.right_aligned) line_.append(padding, ' ');
    line_ += text;
    if (!column.right_aligned) line_.append(padding, ' ');
  }

  void put_line() {
    line_.erase(line_.find_last_not_of(' ') + 1);
    out().append(line_);
    out().put('\n');
  }

  TableSpec spec_;
  bool any_file_ = false;
  std::string line_;
  std::string joined_;
};

}  // namespace

std::unique_ptr<Renderer> make_text_renderer(BufferedWriter& out, TableSpec spec) {
  return std::make_unique<TextRenderer>(out, std::move(spec));
}

}  // namespace pcapsule::report
