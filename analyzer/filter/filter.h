// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "analyzer/filter/evaluator.h"
#include "analyzer/filter/plan.h"
#include "analyzer/read/catalog.h"
#include "common/base/result.h"

/// The filter language of Wireshark 4.0's display filters over analyzer/fields.
///
///     text → lexer.h → tokens → parser.h → ast.h → check.h → plan.h → prune.h    which chunks
///                                                                   → evaluator.h which rows
///
/// The parser knows the grammar and no field; check() knows fields and types; what it
/// makes is evaluated without looking at text, names or types again. docs/filter.md
/// describes the language; what it means was seen with tshark 4.0.17. Pure; PCRE2 is
/// at home here.
namespace pcapsule::filter {

/// A filter, checked and ready, of any record file. Immutable; copies share it.
class Filter {
 public:
  /// kUsage, with the place in the details: the expression is no filter.
  static Result<Filter> compile(std::string_view expression);

  /// What it reads of a segment.
  [[nodiscard]] read::ColumnSet columns() const;
  [[nodiscard]] fields::Needs needs() const;

  /// Are all its fields fields of connections? Then the connection table answers it.
  [[nodiscard]] bool is_of_connections() const;

  /// False: surely no row of the chunk is selected.
  [[nodiscard]] bool may_match(const read::ChunkInfo& chunk, const read::Catalog& catalog) const;

  [[nodiscard]] const plan::Plan& plan() const { return *plan_; }
  /// The expression as it was given.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  Filter(std::string_view text, std::shared_ptr<const plan::Plan> plan) : text_(text), plan_(std::move(plan)) {}
  std::string text_;
  std::shared_ptr<const plan::Plan> plan_;
};

}  // namespace pcapsule::filter
