// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output.h"
#include "analyzer/fields/field.h"
#include "analyzer/report/field_columns.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::analyzer_cli {

using report::OutputFormat;

/// What the output options ask for, validated.
struct OutputSpec {
  OutputFormat format = OutputFormat::kText;
  report::FieldList fields;  ///< empty: those of the command
  report::FieldFormat field_format;
  report::TimeFormat time;
  std::uint64_t rows = ~std::uint64_t{0};  ///< at most
};

/// Makes `spec` that of a command whose rows are connections: `defaults` where no
/// columns were named, and the clock of the capture, which connections share. kUsage: a column of segments.
Result<void> use_for_connections(OutputSpec& spec, const report::FieldList& defaults);

/// How and where to print: the same for every command.
class OutputOptions {
 public:
  /// For a command whose rows have fields and a time.
  void add_to(OptionGroups::Group& group);
  /// For a command with a table of its own: its format, and where it goes.
  void add_table_options_to(OptionGroups::Group& group);
  /// For a command that draws: pictures or the table of their points, and where they go.
  void add_picture_options_to(OptionGroups::Group& group);
  /// Which lines, and the style and zone of their times.
  void add_line_options_to(OptionGroups::Group& group);
  /// Absolute times in UTC.
  void add_utc_to(OptionGroups::Group& group);

  /// kUsage: a value that makes no sense, or an option that the format does not take.
  [[nodiscard]] Result<OutputSpec> spec() const;

  [[nodiscard]] Result<Output> open(const std::vector<std::string>& inputs) const;
  [[nodiscard]] bool utc() const { return utc_; }
  /// As given; of a command that draws empty unless it was.
  [[nodiscard]] const std::string& format_name() const { return format_; }
  /// Were -c or -E given, which mean nothing for a picture?
  [[nodiscard]] bool has_table_options() const { return !count_.empty() || !field_options_.empty(); }
  /// As given; empty: standard output.
  [[nodiscard]] const std::string& out() const { return out_; }

 private:
  void add_destination_to(OptionGroups::Group& group);
  void add_count_to(OptionGroups::Group& group);

  std::string format_ = "text";
  std::vector<std::string> fields_;
  std::vector<std::string> field_options_;
  std::string time_;
  std::string count_;
  std::string out_;
  bool utc_ = false;
  bool has_fields_ = false;  ///< the command has -e
};

}  // namespace pcapsule::analyzer_cli
