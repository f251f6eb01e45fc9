// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/report/buffered_writer.h"
#include "analyzer/report/row.h"
#include "common/base/result.h"

/// Tables as text, fields, CSV and JSON: one renderer a format, shared by all
/// commands. Rows are written as they come, in constant memory.
namespace pcapsule::report {

enum class OutputFormat : std::uint8_t { kText, kFields, kCsv, kJson, kNdjson };

/// What a value is, where a format tells kinds apart (JSON).
enum class ValueKind : std::uint8_t { kText, kNumber, kBoolean };

struct Column {
  std::string name;  ///< key and header, a field's name where there is one
  ValueKind kind = ValueKind::kText;
  bool repeats = false;  ///< a cell may have several values: a list in JSON
  // In text only:
  std::string heading;
  std::uint8_t width = 0;  ///< characters; wider values push the rest to the right
  bool right_aligned = false;
  // In CSV only:
  bool plain = false;  ///< no value has a comma, a quote or a line break
};

/// What `-E` sets, with tshark's defaults.
struct FieldFormat {
  enum class Occurrence : std::uint8_t { kAll, kFirst, kLast };
  bool header = false;
  char separator = '\t';
  char quote = '\0';  ///< none
  char aggregator = ',';
  Occurrence occurrence = Occurrence::kAll;
};

/// Applies one `-E` value, `separator=/s`, to `format`. kUsage: no such option or value.
Result<void> apply_field_option(std::string_view text, FieldFormat& format);

/// A sum or count of a whole table: name and decimal number.
using Total = std::pair<std::string, std::string>;

/// Writes one table: begin(), then file() and row() in turn, then end(). Calls
/// after the reader has gone do nothing.
class Renderer {
 public:
  explicit Renderer(BufferedWriter& out) : out_(out) {}
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;
  virtual ~Renderer() = default;

  virtual void begin() = 0;
  /// The rows that follow are of the record file `path`.
  virtual void file(std::string_view path) = 0;
  /// REQUIRES: row has a cell for each column.
  virtual void row(const Row& row) = 0;
  /// Totals of all rows; formats that are rows and nothing else leave them out. None
  /// without a file: sums of nothing are no answer.
  virtual void totals(std::span<const Total> totals) = 0;
  virtual void end() = 0;

  /// True: nothing that is written from now on arrives.
  [[nodiscard]] bool done() const { return out_.done(); }

 protected:
  [[nodiscard]] BufferedWriter& out() { return out_; }

 private:
  BufferedWriter& out_;
};

/// The table that a command prints.
struct TableSpec {
  OutputFormat format = OutputFormat::kText;
  FieldFormat fields;
  std::string_view command;        ///< for JSON
  std::vector<std::string> files;  ///< with several, each row of CSV and JSON says its own, and text has headings
  std::vector<Column> columns;
  std::vector<std::string> compared = {};  ///< with `files` empty: those that every row is about
};

std::unique_ptr<Renderer> make_renderer(BufferedWriter& out, TableSpec spec);

}  // namespace pcapsule::report
