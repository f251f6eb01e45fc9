// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/fields/field.h"
#include "analyzer/report/buffered_writer.h"
#include "analyzer/select/segment_scan.h"
#include "common/base/result.h"

namespace pcapsule::report {

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

/// Prints rows as `tshark -T fields` does: the values of the columns, nothing else.
class FieldRows {
 public:
  FieldRows(BufferedWriter& out, std::vector<const fields::Field*> columns, const FieldFormat& format);

  /// What the scan has to provide.
  [[nodiscard]] select::ScanRequest request(std::string_view file) const;

  /// The names of the columns, if `-E header=y`.
  void put_header();

  /// Prints the scan to its end, or until `rows_left` is 0 or the reader has gone.
  void put_rows(select::SegmentScan& scan, std::uint64_t& rows_left);

 private:
  void put_strip(const fields::Strip& strip);
  void put_cell(const fields::Field& field, std::span<const std::uint64_t> values, const fields::ChunkContext& context);
  void put_value(const fields::Field& field, std::uint64_t value, const fields::ChunkContext& context);

  BufferedWriter& out_;
  std::vector<const fields::Field*> columns_;
  FieldFormat format_;
  std::vector<fields::Cells> cells_;  ///< by column
};

}  // namespace pcapsule::report
