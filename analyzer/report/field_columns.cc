// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/field_columns.h"

namespace pcapsule::report {

namespace {

ValueKind kind_of(const fields::Field& field) {
  if (field.type == fields::FieldType::kBoolean || field.type == fields::FieldType::kLabel) return ValueKind::kBoolean;
  const bool is_number = field.format == fields::Format::kDecimal || field.type == fields::FieldType::kDuration;
  return is_number ? ValueKind::kNumber : ValueKind::kText;
}

/// Only these formats have texts of others, or a comma of their own.
bool is_plain(fields::Format format) {
  using fields::Format;
  return format != Format::kDateTime && format != Format::kCapture && format != Format::kEncapsulation &&
         format != Format::kFileName;
}

}  // namespace

std::vector<Column> columns_of(const FieldList& list) {
  std::vector<Column> columns;
  for (const fields::Field* field : list) {
    Column& column = columns.emplace_back();
    column.name = field->name;
    column.kind = kind_of(*field);
    column.repeats = field->repeats;
    column.plain = is_plain(field->format);
    column.heading = field->name;
    column.right_aligned = column.kind == ValueKind::kNumber;
  }
  return columns;
}

}  // namespace pcapsule::report
