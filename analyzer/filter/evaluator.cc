// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/evaluator.h"

#include <algorithm>
#include <cstring>

namespace pcapsule::filter {

using ast::Quantifier;
using ast::Relation;
using fields::Strip;

namespace {

/// Of all tests together.
constexpr std::size_t kGreatestMemoBytes = std::size_t{64} << 20;

bool is_of_connection(const fields::Field& field) {
  return field.type == fields::FieldType::kAddress || field.type == fields::FieldType::kEndpoint;
}

bool holds(Relation relation, std::int64_t a, std::int64_t b, bool is_signed) {
  // Between an unsigned number and a negative one there is no order.
  const bool ordered = is_signed || a < 0 || b >= 0;
  switch (relation) {
    case Relation::kEq:
      return a == b;
    case Relation::kNe:
      return a != b;
    case Relation::kLess:
      return ordered && a < b;
    case Relation::kLessOrEqual:
      return ordered && a <= b;
    case Relation::kGreater:
      return ordered && a > b;
    case Relation::kGreaterOrEqual:
      return ordered && a >= b;
    case Relation::kContains:
    case Relation::kMatches:
      break;
  }
  return false;
}

template <Relation kRelation>
void compare_each(const std::uint64_t* a, const std::uint64_t* b, bool is_signed, std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = holds(kRelation, static_cast<std::int64_t>(a[i]), static_cast<std::int64_t>(b[i]), is_signed) ? 1 : 0;
  }
}

void compare_each(Relation relation, const std::uint64_t* a, const std::uint64_t* b, bool is_signed,
                  std::span<std::uint8_t> out) {
  switch (relation) {
    case Relation::kEq:
      return compare_each<Relation::kEq>(a, b, is_signed, out);
    case Relation::kNe:
      return compare_each<Relation::kNe>(a, b, is_signed, out);
    case Relation::kLess:
      return compare_each<Relation::kLess>(a, b, is_signed, out);
    case Relation::kLessOrEqual:
      return compare_each<Relation::kLessOrEqual>(a, b, is_signed, out);
    case Relation::kGreater:
      return compare_each<Relation::kGreater>(a, b, is_signed, out);
    case Relation::kGreaterOrEqual:
      return compare_each<Relation::kGreaterOrEqual>(a, b, is_signed, out);
    case Relation::kContains:
    case Relation::kMatches:
      break;
  }
}

// Masks are bytes, which the compiler must take for anything: so the number of rows is an argument here, and no
// member that writing a mask might change. Only then do these loops work on vectors.

void invert(std::uint8_t* mask, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) mask[i] ^= 1;
}

void intersect(std::uint8_t* mask, const std::uint8_t* other, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) mask[i] &= other[i];
}

void unite(std::uint8_t* mask, const std::uint8_t* other, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) mask[i] |= other[i];
}

}  // namespace

Evaluator::Evaluator(const plan::Plan& plan)
    : plan_(plan),
      raw_(plan.fields.size()),
      cells_(plan.fields.size()),
      filled_(plan.fields.size()),
      memos_(plan.memos) {}

void Evaluator::enter(const fields::ChunkContext& context) {
  context_ = &context;
  of_connections_ = false;
  for (std::size_t i = 0; i < raw_.size(); ++i) raw_[i] = raw_column(plan_.fields[i]->name, context.chunk);
  // Slots of connections mean other connections now; what was found for other values holds.
  for (std::vector<std::uint8_t>& memo : memos_) memo.clear();
}

void Evaluator::enter_connections(const fields::ChunkContext& context) {
  context_ = &context;
  of_connections_ = true;
  std::ranges::fill(raw_, std::nullopt);
  for (std::vector<std::uint8_t>& memo : memos_) memo.clear();
}

void Evaluator::narrow(std::vector<std::uint16_t>& rows) {
  std::size_t kept = 0;
  Mask mask;
  for (std::size_t at = 0; at < rows.size();) {
    const std::size_t count = std::min(rows.size() - at, Strip::kGreatestRows);
    strip_ = std::span<const std::uint16_t>(rows).subspan(at, count);
    filled_.assign(filled_.size(), false);
    evaluate(plan_.condition, mask);
    if (std::memchr(mask.data(), 1, count) != nullptr) {
      for (std::size_t i = 0; i < count; ++i) {
        rows[kept] = rows[at + i];
        kept += mask[i];
      }
    }
    at += count;
  }
  rows.resize(kept);
}

const fields::Cells& Evaluator::cells(std::size_t place) {
  if (!filled_[place]) {
    if (of_connections_) {
      fill_of_connections(*plan_.fields[place], cells_[place]);
    } else {
      plan_.fields[place]->evaluate({*context_, strip_}, cells_[place]);
    }
    filled_[place] = true;
  }
  return cells_[place];
}

void Evaluator::fill_of_connections(const fields::Field& field, fields::Cells& out) const {
  out.begin();
  for (const std::uint16_t slot : strip_) {
    const analysis::ConnectionFacts& facts = context_->connections.facts(slot);
    if (const auto value = field.of_connection({facts.connection, facts.totals})) {
      // A side becomes an endpoint as rows name it.
      out.add(is_of_connection(field) ? std::uint64_t{slot} * 2 + *value : *value);
    }
    out.end_row();
  }
}

std::optional<std::size_t> Evaluator::contiguous_from() const {
  const bool contiguous = std::size_t{strip_.back()} - strip_.front() + 1 == strip_.size();
  return contiguous ? std::optional<std::size_t>(strip_.front()) : std::nullopt;
}

bool Evaluator::is_present(const plan::Operand& operand, std::size_t row) {
  const auto all = [&](const auto& node) {
    using Node = std::decay_t<decltype(node)>;
    if constexpr (std::is_same_v<Node, plan::FieldValues>) {
      return !cells(node.place).of(row).empty();
    } else if constexpr (std::is_same_v<Node, plan::Arithmetic>) {
      return is_present(*node.left, row) && is_present(*node.right, row);
    } else if constexpr (std::is_same_v<Node, plan::Extreme>) {
      return std::ranges::any_of(node.of, [&](const plan::Operand& of) { return is_present(of, row); });
    } else if constexpr (std::is_same_v<Node, plan::Number> || std::is_same_v<Node, plan::Bytes>) {
      return true;
    } else {
      return is_present(*node.of, row);
    }
  };
  return std::visit(all, operand.node);
}

void Evaluator::evaluate(const plan::Condition& condition, Mask& out) {
  std::visit([&](const auto& node) { evaluate(node, out); }, condition.node);
}

void Evaluator::evaluate(const plan::Always& /*always*/, Mask& out) {
  std::fill_n(out.begin(), rows(), std::uint8_t{1});
}

void Evaluator::evaluate(const plan::Not& condition, Mask& out) {
  evaluate(*condition.of, out);
  invert(out.data(), rows());
}

void Evaluator::evaluate(const plan::And& condition, Mask& out) {
  std::fill_n(out.begin(), rows(), std::uint8_t{1});
  Mask term;
  for (const plan::Condition& each : condition.all) {
    if (std::memchr(out.data(), 1, rows()) == nullptr) return;
    evaluate(each, term);
    intersect(out.data(), term.data(), rows());
  }
}

void Evaluator::evaluate(const plan::Or& condition, Mask& out) {
  std::fill_n(out.begin(), rows(), std::uint8_t{0});
  Mask term;
  for (const plan::Condition& each : condition.any) {
    if (std::memchr(out.data(), 0, rows()) == nullptr) return;
    evaluate(each, term);
    unite(out.data(), term.data(), rows());
  }
}

void Evaluator::evaluate(const plan::Present& present, Mask& out) {
  buffers_used_ = 0;
  if (is_number(present.operand.kind) || std::holds_alternative<plan::FieldValues>(present.operand.node)) {
    const Numbers values = numbers(present.operand);
    for (std::size_t i = 0; i < rows(); ++i) out[i] = values.of(i).empty() ? 0 : 1;
    return;
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < rows(); ++i) {
    values.clear();
    append_bytes(present.operand, i, values);
    out[i] = values.empty() ? 0 : 1;
  }
}

void Evaluator::evaluate(const plan::NumberTest& test, Mask& out) {
  const auto* field = std::get_if<plan::FieldValues>(&test.operand.node);
  if (field != nullptr && field->layers.empty() && raw_[field->place]) {
    if (const auto first = contiguous_from()) {
      return test_raw(*raw_[field->place], *first, test.set, std::span(out).first(rows()));
    }
  }
  buffers_used_ = 0;
  const Numbers values = numbers(test.operand);
  if (values.one_each) return test_values({values.values, rows()}, test.set, out.data());
  flags_.resize(values.end[rows() - 1]);
  test_values({values.values, flags_.size()}, test.set, flags_.data());
  for (std::size_t i = 0; i < rows(); ++i) {
    const std::uint32_t first = i == 0 ? 0 : values.end[i - 1];
    const std::uint32_t count = values.end[i] - first;
    if (test.quantifier == Quantifier::kAny) {
      out[i] = count > 0 && std::memchr(flags_.data() + first, 1, count) != nullptr ? 1 : 0;
    } else if (count > 0) {
      out[i] = std::memchr(flags_.data() + first, 0, count) == nullptr ? 1 : 0;
    } else {
      out[i] = is_present(test.operand, i) ? 1 : 0;  // what could not be computed does not contradict
    }
  }
}

void Evaluator::evaluate(const plan::NumberComparison& comparison, Mask& out) {
  buffers_used_ = 0;
  const Numbers left = numbers(comparison.left);
  const Numbers right = numbers(comparison.right);
  const bool is_signed = comparison.left.kind != Kind::kUnsigned;
  if (left.one_each && right.one_each) {
    return compare_each(comparison.relation, left.values, right.values, is_signed, std::span(out).first(rows()));
  }
  const bool all = comparison.quantifier == Quantifier::kAll;
  for (std::size_t i = 0; i < rows(); ++i) {
    const auto a = left.of(i);
    const auto b = right.of(i);
    if (a.empty() || b.empty()) {
      out[i] = all && is_present(comparison.left, i) && is_present(comparison.right, i) ? 1 : 0;
      continue;
    }
    bool result = all;
    for (const std::uint64_t x : a) {
      for (const std::uint64_t y : b) {
        const bool one =
            holds(comparison.relation, static_cast<std::int64_t>(x), static_cast<std::int64_t>(y), is_signed);
        if (one != all) result = one;
      }
    }
    out[i] = result ? 1 : 0;
  }
}

void Evaluator::evaluate(const plan::BytesTest& test, Mask& out) {
  const bool all = test.quantifier == Quantifier::kAll;
  const plan::FieldValues* leaf = only_field(test.operand);
  std::vector<std::uint8_t>& memo = memos_[test.memo];
  buffers_used_ = 0;
  const Numbers leaves = leaf == nullptr ? Numbers{} : numbers(*leaf);
  if (leaf != nullptr && memo.empty()) {
    constexpr std::size_t kValues = 1U << 16;  // numbers beyond it are tested each time
    const bool of_connection = is_of_connection(*plan_.fields[leaf->place]);
    const std::size_t values = of_connection ? std::size_t{context_->connections.size()} * 2 : kValues;
    // A filter with thousands of tests does without.
    if (values <= kGreatestMemoBytes / memos_.size()) memo.resize(values);
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < rows(); ++i) {
    bool any = false;
    bool every = true;
    bool some = false;
    const auto take = [&](bool found) {
      some = true;
      any |= found;
      every &= found;
    };
    if (leaf != nullptr) {
      for (const std::uint64_t value : leaves.of(i)) take(test_leaf(test, value, memo));
    } else {
      values.clear();
      append_bytes(test.operand, i, values);
      for (const std::string& value : values) take(test_bytes(test, value));
    }
    out[i] = (all ? some && every : any) ? 1 : 0;
  }
}

void Evaluator::evaluate(const plan::BytesComparison& comparison, Mask& out) {
  const bool all = comparison.quantifier == Quantifier::kAll;
  std::vector<std::string> left;
  std::vector<std::string> right;
  plan::BytesTest test;
  test.operand.kind = comparison.left.kind;
  test.relation = comparison.relation;
  test.members.emplace_back();
  for (std::size_t i = 0; i < rows(); ++i) {
    left.clear();
    right.clear();
    append_bytes(comparison.left, i, left);
    append_bytes(comparison.right, i, right);
    bool result = all && !left.empty() && !right.empty();
    for (const std::string& b : right) {
      test.members.front().first.value = b;
      for (const std::string& a : left) {
        const bool one = test_bytes(test, a);
        if (one != all) result = one;
      }
    }
    out[i] = result ? 1 : 0;
  }
}

}  // namespace pcapsule::filter
