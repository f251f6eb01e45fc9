// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/filter.h"

#include <algorithm>
#include <utility>

#include "analyzer/filter/check.h"
#include "analyzer/filter/parser.h"
#include "analyzer/filter/prune.h"

namespace pcapsule::filter {

Result<Filter> Filter::compile(std::string_view expression) {
  const auto parsed = parse(expression);
  if (const auto* fault = std::get_if<Fault>(&parsed)) return to_error(expression, *fault);
  const auto& condition = std::get<std::optional<ast::Condition>>(parsed);
  if (!condition) return Filter(expression, std::make_shared<plan::Plan>());
  auto checked = check(*condition);
  if (const auto* fault = std::get_if<Fault>(&checked)) return to_error(expression, *fault);
  return Filter(expression, std::make_shared<plan::Plan>(std::get<plan::Plan>(std::move(checked))));
}

read::ColumnSet Filter::columns() const {
  read::ColumnSet columns;
  for (const fields::Field* field : plan_->fields) columns |= field->columns;
  return columns;
}

fields::Needs Filter::needs() const {
  fields::Needs needs = fields::kNothing;
  for (const fields::Field* field : plan_->fields) needs |= field->needs;
  return needs;
}

bool Filter::is_of_connections() const {
  return std::ranges::all_of(plan_->fields, [](const fields::Field* field) { return field->of_connection != nullptr; });
}

bool Filter::may_match(const read::ChunkInfo& chunk, const read::Catalog& catalog) const {
  return filter::may_match(*plan_, chunk, catalog);
}

}  // namespace pcapsule::filter
