// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/json_renderer.h"

#include "common/text/escape.h"

namespace pcapsule::report {

namespace {

class JsonRenderer final : public Renderer {
 public:
  JsonRenderer(BufferedWriter& out, TableSpec spec) : Renderer(out), spec_(std::move(spec)) {
    for (const Column& column : spec_.columns) keys_.push_back(string_of(column.name) + ": ");
  }

  void begin() override {
    if (lines()) return;
    out().append("{\n\"schema_version\": " + std::to_string(kJsonSchemaVersion) +
                 ",\n\"command\": " + string_of(spec_.command) + ",\n\"files\": [");
    const auto& files = spec_.files.empty() ? spec_.compared : spec_.files;
    for (std::size_t i = 0; i < files.size(); ++i) out().append((i > 0 ? ", " : "") + string_of(files[i]));
    out().append("],\n\"rows\": [");
  }

  void file(std::string_view path) override {
    any_file_ = true;
    file_ = "\"file\": " + string_of(path);
  }

  void row(const Row& row) override {
    if (!lines()) out().append(rows_ > 0 ? ",\n" : "\n");
    out().put('{');
    if (spec_.files.size() > 1) out().append(file_);
    for (std::size_t cell = 0; cell < row.cells(); ++cell) {
      if (cell > 0 || spec_.files.size() > 1) out().append(", ");
      out().append(keys_[cell]);
      put_cell(row, cell);
    }
    out().put('}');
    if (lines()) out().put('\n');
    ++rows_;
  }

  void totals(std::span<const Total> totals) override {
    if (lines() || !any_file_) return;
    end_rows();
    out().append(",\n\"totals\": {");
    for (std::size_t i = 0; i < totals.size(); ++i) {
      out().append((i > 0 ? ", " : "") + string_of(totals[i].first) + ": " + totals[i].second);
    }
    out().put('}');
  }

  void end() override {
    if (lines()) return;
    end_rows();
    out().append("\n}\n");
  }

 private:
  [[nodiscard]] bool lines() const { return spec_.format == OutputFormat::kNdjson; }

  static std::string string_of(std::string_view text) {
    std::string quoted;
    text::append_json_string(quoted, text);
    return quoted;
  }

  void end_rows() {
    if (!rows_ended_) out().append(rows_ > 0 ? "\n]" : "]");
    rows_ended_ = true;
  }

  void put_cell(const Row& row, std::size_t cell) {
    const Column& column = spec_.columns[cell];
    if (!column.repeats) {
      if (row.values(cell) == 0) return out().append("null");
      return put_value(column.kind, row.value(cell, 0));
    }
    out().put('[');
    for (std::size_t value = 0; value < row.values(cell); ++value) {
      if (value > 0) out().append(", ");
      put_value(column.kind, row.value(cell, value));
    }
    out().put(']');
  }

  void put_value(ValueKind kind, std::string_view value) {
    switch (kind) {
      case ValueKind::kNumber:
        return out().append(value);
      case ValueKind::kBoolean:
        return out().append(value == "0" ? "false" : "true");
      case ValueKind::kText:
        scratch_.clear();
        text::append_json_string(scratch_, value);
        return out().append(scratch_);
    }
  }

  TableSpec spec_;
  std::vector<std::string> keys_;
  std::string file_;
  std::string scratch_;
  bool any_file_ = false;
  std::uint64_t rows_ = 0;
  bool rows_ended_ = false;
};

}  // namespace

std::unique_ptr<Renderer> make_json_renderer(BufferedWriter& out, TableSpec spec) {
  return std::make_unique<JsonRenderer>(out, std::move(spec));
}

}  // namespace pcapsule::report
