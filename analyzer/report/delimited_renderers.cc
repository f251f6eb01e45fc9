// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/delimited_renderers.h"

#include <algorithm>
#include <vector>

#include "analyzer/report/short_text.h"
#include "common/text/escape.h"

namespace pcapsule::report {

namespace {

/// Writes a line of at most `bytes` characters: `put(at)` writes it to `at` and yields its end.
template <class Put>
void put_line(BufferedWriter& out, std::size_t bytes, Put&& put) {
  if (bytes <= BufferedWriter::kBytes) return out.commit(put(out.reserve(bytes)));
  std::vector<char> line(bytes);
  const char* const end = put(line.data());
  out.append({line.data(), static_cast<std::size_t>(end - line.data())});
}

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
    // Of each value and cell at most a separator and two quotes.
    put_line(out(), row.text_bytes() + row.all_values() + 3 * row.cells() + 1, [&](char* at) {
      for (std::size_t cell = 0; cell < row.cells(); ++cell) {
        if (cell > 0) *at++ = spec_.fields.separator;
        at = put_cell(at, row, cell);
      }
      *at++ = '\n';
      return at;
    });
  }

  void totals(std::span<const Total>) override {}
  void end() override {}

 private:
  char* put_cell(char* at, const Row& row, std::size_t cell) const {
    using Occurrence = FieldFormat::Occurrence;
    std::size_t first = 0;
    std::size_t end = row.values(cell);
    if (end == 0) return at;
    if (spec_.fields.occurrence == Occurrence::kFirst) end = 1;
    if (spec_.fields.occurrence == Occurrence::kLast) first = end - 1;
    if (spec_.fields.quote != '\0') *at++ = spec_.fields.quote;
    for (std::size_t value = first; value < end; ++value) {
      if (value > first) *at++ = spec_.fields.aggregator;
      at = put_short_text(at, row.value(cell, value));
    }
    if (spec_.fields.quote != '\0') *at++ = spec_.fields.quote;
    return at;
  }

  TableSpec spec_;
};

class CsvRenderer final : public Renderer {
  static constexpr std::string_view kEndOfLine = "\r\n";

 public:
  CsvRenderer(BufferedWriter& out, TableSpec spec) : Renderer(out), spec_(std::move(spec)) {}

  void begin() override {
    bool first = !names_files();
    if (names_files()) out().append("file");
    for (const Column& column : spec_.columns) {
      if (!first) out().put(',');
      put_line(out(), 2 * column.name.size() + 2, [&](char* at) { return put_value(at, column.name); });
      first = false;
    }
    out().append(kEndOfLine);
  }

  void file(std::string_view path) override { file_ = text::escape_for_terminal(path); }

  void row(const Row& row) override {
    // A quote is doubled; of each value and cell at most a separator and two quotes.
    const std::size_t bytes = 2 * row.text_bytes() + row.all_values() + 3 * row.cells() + 2 * file_.size() + 5;
    put_line(out(), bytes, [&](char* at) {
      if (names_files()) at = put_value(at, file_);
      for (std::size_t cell = 0; cell < row.cells(); ++cell) {
        if (cell > 0 || names_files()) *at++ = ',';
        at = put_cell(at, row, cell);
      }
      return put_short_text(at, kEndOfLine);
    });
  }

  void totals(std::span<const Total>) override {}
  void end() override {}

 private:
  [[nodiscard]] bool names_files() const { return spec_.files.size() > 1; }

  char* put_cell(char* at, const Row& row, std::size_t cell) {
    const std::size_t values = row.values(cell);
    if (values == 0) return at;
    if (values > 1) return put_list(at, row, cell);
    const Column& column = spec_.columns[cell];
    if (column.plain || column.kind == ValueKind::kNumber) return put_short_text(at, row.value(cell, 0));
    return put_value(at, row.value(cell, 0));
  }

  char* put_list(char* at, const Row& row, std::size_t cell) {
    joined_.clear();
    for (std::size_t value = 0; value < row.values(cell); ++value) {
      if (value > 0) joined_ += ',';
      joined_ += row.value(cell, value);
    }
    return put_value(at, joined_);
  }

  static bool needs_quotes(std::string_view value) {
    return std::ranges::any_of(value, [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; });
  }

  static char* put_value(char* at, std::string_view value) {
    if (!needs_quotes(value)) return put_short_text(at, value);
    *at++ = '"';
    for (const char c : value) {
      if (c == '"') *at++ = '"';
      *at++ = c;
    }
    *at++ = '"';
    return at;
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
