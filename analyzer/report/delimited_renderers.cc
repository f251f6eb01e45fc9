// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/delimited_renderers.h"

#include "common/text/escape.h"

namespace pcapsule::report {

namespace {

class FieldsRenderer final : public Renderer {
 public:
  FieldsRenderer(BufferedWriter& out, TableSpec spec) : Renderer(out), spec_(std::move(spec)) {}

  void begin() override {
    if (!spec_.fields.header) return;
    for (std::size_t i = 0; i < spec_.columns.size(); ++i) {
      if (i > 0) out().put(spec_.fields.separator);
      out().append(spec_.columns[i].name);
    }
    out().put('\n');
  }

  void file(std::string_view) override {}

  void row(const Row& row) override {
    for (std::size_t cell = 0; cell < row.cells(); ++cell) {
      if (cell > 0) out().put(spec_.fields.separator);
      put_cell(row, cell);
    }
    out().put('\n');
  }

  void totals(std::span<const Total>) override {}
  void end() override {}

 private:
  void put_cell(const Row& row, std::size_t cell) {
    using Occurrence = FieldFormat::Occurrence;
    std::size_t first = 0;
    std::size_t end = row.values(cell);
    if (end == 0) return;
    if (spec_.fields.occurrence == Occurrence::kFirst) end = 1;
    if (spec_.fields.occurrence == Occurrence::kLast) first = end - 1;
    if (spec_.fields.quote != '\0') out().put(spec_.fields.quote);
    for (std::size_t value = first; value < end; ++value) {
      if (value > first) out().put(spec_.fields.aggregator);
      out().append(row.value(cell, value));
    }
    if (spec_.fields.quote != '\0') out().put(spec_.fields.quote);
  }

  TableSpec spec_;
};

class CsvRenderer final : public Renderer {
 public:
  CsvRenderer(BufferedWriter& out, TableSpec spec) : Renderer(out), spec_(std::move(spec)) {}

  void begin() override {
    bool first = !names_files();
    if (names_files()) out().append("file");
    for (const Column& column : spec_.columns) {
      if (!first) out().put(',');
      put_value(column.name);
      first = false;
    }
    end_line();
  }

  void file(std::string_view path) override { file_ = text::escape_for_terminal(path); }

  void row(const Row& row) override {
    if (names_files()) put_value(file_);
    for (std::size_t cell = 0; cell < row.cells(); ++cell) {
      if (cell > 0 || names_files()) out().put(',');
      if (row.values(cell) == 1) {
        put_value(row.value(cell, 0));
      } else if (row.values(cell) > 1) {
        put_list(row, cell);
      }
    }
    end_line();
  }

  void totals(std::span<const Total>) override {}
  void end() override {}

 private:
  [[nodiscard]] bool names_files() const { return spec_.files.size() > 1; }
  void end_line() { out().append("\r\n"); }

  void put_list(const Row& row, std::size_t cell) {
    joined_.clear();
    for (std::size_t value = 0; value < row.values(cell); ++value) {
      if (value > 0) joined_ += ',';
      joined_ += row.value(cell, value);
    }
    put_value(joined_);
  }

  void put_value(std::string_view value) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) return out().append(value);
    out().put('"');
    for (const char c : value) {
      if (c == '"') out().put('"');
      out().put(c);
    }
    out().put('"');
  }

  TableSpec spec_;
  std::string file_;
  std::string joined_;
};

}  // namespace

std::unique_ptr<Renderer> make_fields_renderer(BufferedWriter& out, TableSpec spec) {
  return std::make_unique<FieldsRenderer>(out, std::move(spec));
}

std::unique_ptr<Renderer> make_csv_renderer(BufferedWriter& out, TableSpec spec) {
  return std::make_unique<CsvRenderer>(out, std::move(spec));
}

}  // namespace pcapsule::report
