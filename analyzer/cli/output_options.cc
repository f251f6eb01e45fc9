// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/output_options.h"

#include <array>
#include <boost/program_options.hpp>
#include <charconv>
#include <utility>

namespace pcapsule::analyzer_cli {

namespace po = boost::program_options;

namespace {

Error usage_error(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

Result<OutputFormat> parse_format(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, OutputFormat>, 5> kFormats = {{{"text", OutputFormat::kText},
                                                                                  {"fields", OutputFormat::kFields},
                                                                                  {"csv", OutputFormat::kCsv},
                                                                                  {"json", OutputFormat::kJson},
                                                                                  {"ndjson", OutputFormat::kNdjson}}};
  for (const auto& [name, format] : kFormats) {
    if (name == text) return format;
  }
  return usage_error("-T " + text + ": there are text, fields, csv, json and ndjson");
}

Result<report::FieldList> find_fields(const std::vector<std::string>& names) {
  report::FieldList found;
  for (const std::string& name : names) {
    const fields::Field* field = fields::find_field(name);
    if (field == nullptr) {
      return usage_error("-e " + name + ": there is no such field; the nearest name is " +
                         std::string(fields::nearest_field(name)));
    }
    found.push_back(field);
  }
  return found;
}

Result<std::uint64_t> parse_count(const std::string& text) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error == std::errc() && stop == end) return count;
  return usage_error("-c " + text + ": not a number of rows");
}

}  // namespace

Result<void> use_for_connections(OutputSpec& spec, const report::FieldList& defaults) {
  if (spec.fields.empty()) spec.fields = defaults;
  if (spec.time.style == report::TimeStyle::kConnection) spec.time.style = report::TimeStyle::kRelative;
  for (const fields::Field* field : spec.fields) {
    if (field->of_connection != nullptr) continue;
    return usage_error(
        "-e " + std::string(field->name) +
        ": belongs to segments, not to connections; `analyzer fields` says which fields connections have");
  }
  return {};
}

void OutputOptions::add_to(OptionGroups::Group& group) {
  has_fields_ = true;
  add_table_options_to(group);
  group.add_options()  //
      ("field,e", po::value(&fields_)->value_name("FIELD"),
       "a column, by Wireshark's name; repeatable (default: those of the command; -T fields needs some). `analyzer "
       "fields` lists them");
  add_line_options_to(group);
}

void OutputOptions::add_line_options_to(OptionGroups::Group& group) {
  group.add_options()  //
      ("time,t", po::value(&time_)->value_name("STYLE"),
       "the time of text output: a ad adoy d dd e r u ud udoy, as in tshark (default: the connection's clock)");
  add_count_to(group);
  add_utc_to(group);
}

void OutputOptions::add_table_options_to(OptionGroups::Group& group) {
  group.add_options()  //
      ("format,T", po::value(&format_)->value_name("FORMAT")->default_value("text"),
       "text; fields: tab separated and without a header, as tshark -T fields; csv: with a header, RFC 4180; json: "
       "one object; ndjson: an object a line");
  add_destination_to(group);
}

void OutputOptions::add_picture_options_to(OptionGroups::Group& group) {
  format_.clear();
  group.add_options()  //
      ("format,T", po::value(&format_)->value_name("FORMAT"),
       "svg or png: a picture (default: by the ending of -o FILE); text, fields, csv, json or ndjson: the points of "
       "the picture, one a line and none left out, with their frame numbers");
  add_destination_to(group);
  add_count_to(group);
}

void OutputOptions::add_destination_to(OptionGroups::Group& group) {
  group.add_options()  //
      ("field-option,E", po::value(&field_options_)->value_name("NAME=VALUE"),
       "of -T fields, as in tshark: header=y|n (default n), separator=/t|/s|CHARACTER (default /t), quote=d|s|n "
       "(default n), occurrence=f|l|a (default a), aggregator=,|/s|CHARACTER (default ,)")  //
      ("out,o", po::value(&out_)->value_name("FILE"),
       "write to FILE, which appears whole or not at all (default: standard output)");
}

void OutputOptions::add_count_to(OptionGroups::Group& group) {
  group.add_options()  //
      ("count,c", po::value(&count_)->value_name("N"), "the first N rows of the output (default: all)");
}

void OutputOptions::add_utc_to(OptionGroups::Group& group) {
  group.add_options()("utc", po::bool_switch(&utc_),
                      "absolute times of text output in UTC (default: local time, TZ honoured)");
}

Result<OutputSpec> OutputOptions::spec() const {
  OutputSpec spec;
  const auto format = parse_format(format_);
  if (!format) return format.error();
  spec.format = *format;
  const auto columns = find_fields(fields_);
  if (!columns) return columns.error();
  spec.fields = *columns;
  for (const std::string& option : field_options_) {
    if (auto applied = report::apply_field_option(option, spec.field_format); !applied) return applied.error();
  }
  if (spec.format == OutputFormat::kFields && has_fields_ && fields_.empty()) {
    return usage_error("-T fields needs columns: name them with -e");
  }
  if (spec.format == OutputFormat::kText && !fields_.empty()) {
    return usage_error("-e chooses the columns of -T fields, csv, json and ndjson; add one of them");
  }
  if (spec.format != OutputFormat::kFields && !field_options_.empty()) {
    return usage_error("-E belongs to -T fields; add that");
  }
  if (!time_.empty()) {
    const auto time = report::parse_time_format(time_);
    if (!time) return usage_error("-t " + time_ + ": there are a, ad, adoy, d, dd, e, r, u, ud and udoy");
    spec.time = *time;
  }
  spec.time.utc |= utc_;
  if (!count_.empty()) {
    const auto count = parse_count(count_);
    if (!count) return count.error();
    spec.rows = *count;
  }
  return spec;
}

Result<Output> OutputOptions::open(const std::vector<std::string>& inputs) const {
  return Output::open(out_.empty() ? std::nullopt : std::optional(out_), inputs);
}

}  // namespace pcapsule::analyzer_cli
