// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/field_rows.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "common/text/escape.h"

namespace pcapsule::report {

using fields::Strip;

namespace {

/// One character, or `/t` for a tab, `/s` for a blank.
std::optional<char> parse_character(std::string_view text) {
  if (text == "/t") return '\t';
  if (text == "/s") return ' ';
  if (text.size() == 1) return text.front();
  return std::nullopt;
}

/// The character that a one-letter choice stands for.
template <class T, std::size_t N>
std::optional<T> parse_choice(std::string_view text, const std::array<std::pair<char, T>, N>& choices) {
  for (const auto& [letter, value] : choices) {
    if (text.size() == 1 && text.front() == letter) return value;
  }
  return std::nullopt;
}

template <class T>
bool assign(T& target, const std::optional<T>& value) {
  if (value) target = *value;
  return value.has_value();
}

}  // namespace

Result<void> apply_field_option(std::string_view text, FieldFormat& format) {
  using Occurrence = FieldFormat::Occurrence;
  constexpr std::array<std::pair<char, bool>, 2> kSwitch = {{{'y', true}, {'n', false}}};
  constexpr std::array<std::pair<char, char>, 3> kQuotes = {{{'d', '"'}, {'s', '\''}, {'n', '\0'}}};
  constexpr std::array<std::pair<char, Occurrence>, 3> kOccurrences = {
      {{'f', Occurrence::kFirst}, {'l', Occurrence::kLast}, {'a', Occurrence::kAll}}};
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(std::min(equals + 1, text.size()));
  bool good = false;
  if (name == "header") good = assign(format.header, parse_choice(value, kSwitch));
  if (name == "separator") good = assign(format.separator, parse_character(value));
  if (name == "aggregator") good = assign(format.aggregator, parse_character(value));
  if (name == "quote") good = assign(format.quote, parse_choice(value, kQuotes));
  if (name == "occurrence") good = assign(format.occurrence, parse_choice(value, kOccurrences));
  if (good) return {};
  return Error{ErrorCode::kUsage, "-E " + std::string(text) +
                                      ": write header=y|n, separator=/t|/s|CHARACTER, quote=d|s|n, "
                                      "occurrence=f|l|a or aggregator=,|/s|CHARACTER"};
}

FieldRows::FieldRows(BufferedWriter& out, std::vector<const fields::Field*> columns, const FieldFormat& format)
    : out_(out), columns_(std::move(columns)), format_(format), cells_(columns_.size()) {}

select::ScanRequest FieldRows::request(std::string_view file) const {
  select::ScanRequest request;
  for (const fields::Field* field : columns_) {
    request.columns |= field->columns;
    request.needs |= field->needs;
  }
  request.file = text::escape_for_terminal(file);
  return request;
}

void FieldRows::put_header() {
  if (!format_.header) return;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out_.put(format_.separator);
    out_.append(columns_[i]->name);
  }
  out_.put('\n');
}

void FieldRows::put_rows(select::SegmentScan& scan, std::uint64_t& rows_left) {
  while (rows_left > 0 && !out_.done() && scan.next()) {
    std::span<const std::uint16_t> rows = scan.rows();
    rows = rows.first(std::min<std::uint64_t>(rows.size(), rows_left));
    rows_left -= rows.size();
    while (!rows.empty() && !out_.done()) {
      const auto count = std::min(rows.size(), Strip::kGreatestRows);
      put_strip({scan.context(), rows.first(count)});
      rows = rows.subspan(count);
    }
  }
}

void FieldRows::put_strip(const Strip& strip) {
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i]->evaluate(strip, cells_[i]);
  for (std::size_t row = 0; row < strip.rows.size(); ++row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out_.put(format_.separator);
      put_cell(*columns_[i], cells_[i].of(row), strip.context);
    }
    out_.put('\n');
  }
}

/// As tshark: an absent field is empty, without quotes.
void FieldRows::put_cell(const fields::Field& field, std::span<const std::uint64_t> values,
                         const fields::ChunkContext& context) {
  if (values.empty()) return;
  if (format_.occurrence == FieldFormat::Occurrence::kFirst) values = values.first(1);
  if (format_.occurrence == FieldFormat::Occurrence::kLast) values = values.last(1);
  if (format_.quote != '\0') out_.put(format_.quote);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_.put(format_.aggregator);
    put_value(field, values[i], context);
  }
  if (format_.quote != '\0') out_.put(format_.quote);
}

void FieldRows::put_value(const fields::Field& field, std::uint64_t value, const fields::ChunkContext& context) {
  if (field.format == fields::Format::kFileName) {
    out_.append(context.file);
    return;
  }
  out_.commit(fields::put_value(out_.reserve(fields::kGreatestValueBytes), field, value, context));
}

}  // namespace pcapsule::report
