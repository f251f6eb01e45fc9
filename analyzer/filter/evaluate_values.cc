// SPDX-License-Identifier: Apache-2.0
// Values of operands: numbers a strip at a time, bytes a row at a time.
#include <algorithm>

#include "analyzer/filter/arithmetic.h"
#include "analyzer/filter/bytes_group.h"
#include "analyzer/filter/evaluator.h"
#include "analyzer/filter/literal.h"

namespace pcapsule::filter {

using ast::Relation;

namespace {

constexpr std::array<std::uint64_t, fields::Strip::kGreatestRows> kNoNumbers{};

/// Is layer `number`, from 1 of `layers`, one of the ranges?
bool has_layer(std::span<const PlaceRange> ranges, std::int64_t number, std::int64_t layers) {
  return std::ranges::any_of(ranges, [&](const PlaceRange& range) {
    const std::int64_t first = range.first < 0 ? layers + 1 + range.first : range.first;
    return number >= first && (!range.length || number < first + *range.length);
  });
}

/// Only tags stack up: everything else that a row holds is of one layer.
bool has_layers(const fields::Field& field) { return field.name == "vlan.id"; }

/// The order of two byte sequences; of slices the longer is the greater.
int order(const std::string& a, const std::string& b, Kind kind) {
  if (kind == Kind::kBytes && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int order_to(const std::string& value, const plan::Bytes& constant, Kind kind) {
  return order(masked(value, constant.prefix_bits), masked(constant.value, constant.prefix_bits), kind);
}

bool relates(Relation relation, const std::string& value, const plan::Bytes& constant, Kind kind) {
  if (relation == Relation::kContains) {
    return !constant.value.empty() && value.find(constant.value) != std::string::npos;
  }
  const int difference = order_to(value, constant, kind);
  switch (relation) {
    case Relation::kEq:
      return difference == 0;
    case Relation::kNe:
      return difference != 0;
    case Relation::kLess:
      return difference < 0;
    case Relation::kLessOrEqual:
      return difference <= 0;
    case Relation::kGreater:
      return difference > 0;
    case Relation::kGreaterOrEqual:
      return difference >= 0;
    case Relation::kContains:
    case Relation::kMatches:
      break;
  }
  return false;
}

std::string in_case(std::string text, bool upper) {
  for (char& c : text) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string bitwise_and(std::string a, const std::string& b) {
  a.resize(std::min(a.size(), b.size()));
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] & b[i]);
  return a;
}

/// nullopt: a range lies outside.
std::optional<std::string> sliced(const std::string& bytes, std::span<const PlaceRange> ranges) {
  std::string out;
  for (const PlaceRange& range : ranges) {
    const auto places = range.among(bytes.size());
    if (!places) return std::nullopt;
    out += bytes.substr(places->begin, places->end - places->begin);
  }
  return out;
}

}  // namespace

Evaluator::Buffer& Evaluator::new_buffer() {
  if (buffers_used_ == buffers_.size()) buffers_.emplace_back();
  Buffer& buffer = buffers_[buffers_used_++];
  buffer.begin();
  return buffer;
}

Evaluator::Numbers Evaluator::numbers(const plan::Operand& operand) {
  if (const auto* field = std::get_if<plan::FieldValues>(&operand.node)) return numbers(*field);
  if (const auto* node = std::get_if<plan::Arithmetic>(&operand.node)) return numbers(*node, operand);
  if (const auto* node = std::get_if<plan::Extreme>(&operand.node)) return numbers(*node);
  if (const auto* node = std::get_if<plan::Length>(&operand.node)) return numbers(*node);
  if (const auto* node = std::get_if<plan::Number>(&operand.node)) {
    Buffer& buffer = new_buffer();
    buffer.values.assign(rows(), static_cast<std::uint64_t>(node->value));
    return {true, buffer.values.data(), nullptr};
  }
  if (const auto* node = std::get_if<plan::Negation>(&operand.node)) {
    return changed(*node->of, [](std::uint64_t value) { return 0 - value; });
  }
  if (const auto* node = std::get_if<plan::Magnitude>(&operand.node)) {
    return changed(*node->of,
                   [](std::uint64_t value) { return static_cast<std::int64_t>(value) < 0 ? 0 - value : value; });
  }
  const auto* count = std::get_if<plan::Count>(&operand.node);
  if (count == nullptr) return {true, kNoNumbers.data(), nullptr};  // bytes have no numbers: check() lets none here
  const Numbers values = numbers(*count->of);
  Buffer& buffer = new_buffer();
  for (std::size_t i = 0; i < rows(); ++i) {
    if (const std::size_t several = values.of(i).size(); several > 0) buffer.values.push_back(several);
    buffer.end_row(i);
  }
  return buffer.numbers();
}

Evaluator::Numbers Evaluator::numbers(const plan::FieldValues& field) {
  const fields::Cells& cells = this->cells(field.place);
  if (field.layers.empty()) return {cells.is_one_each(), cells.values(), cells.ends()};
  Buffer& buffer = new_buffer();
  for (std::size_t i = 0; i < rows(); ++i) {
    append_leaves(field, i, buffer.values);
    buffer.end_row(i);
  }
  return buffer.numbers();
}

void Evaluator::append_leaves(const plan::FieldValues& field, std::size_t row, std::vector<std::uint64_t>& out) {
  const auto values = cells(field.place).of(row);
  const bool stacked = has_layers(*plan_.fields[field.place]);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const auto number = static_cast<std::int64_t>(stacked ? k + 1 : 1);
    const auto layers = static_cast<std::int64_t>(stacked ? values.size() : 1);
    if (field.layers.empty() || has_layer(field.layers, number, layers)) out.push_back(values[k]);
  }
}

template <class Change>
Evaluator::Numbers Evaluator::changed(const plan::Operand& of, Change change) {
  const Numbers values = numbers(of);
  Buffer& buffer = new_buffer();
  const std::size_t count = values.one_each ? rows() : values.end[rows() - 1];
  buffer.values.resize(count);
  for (std::size_t i = 0; i < count; ++i) buffer.values[i] = change(values.values[i]);
  return {values.one_each, buffer.values.data(), values.end};
}

Evaluator::Numbers Evaluator::numbers(const plan::Arithmetic& node, const plan::Operand& operand) {
  const Numbers left = numbers(*node.left);
  const Numbers right = numbers(*node.right);
  Buffer& buffer = new_buffer();
  if (node.op == ast::Arithmetic::kBitAnd && left.one_each && right.one_each) {
    buffer.values.resize(rows());
    for (std::size_t i = 0; i < rows(); ++i) buffer.values[i] = left.values[i] & right.values[i];
    return {true, buffer.values.data(), nullptr};
  }
  for (std::size_t i = 0; i < rows(); ++i) {
    for (const std::uint64_t a : left.of(i)) {
      for (const std::uint64_t b : right.of(i)) {
        const auto value =
            compute(node.op, static_cast<std::int64_t>(a), static_cast<std::int64_t>(b), node.left->kind, operand.bits);
        if (value) buffer.values.push_back(static_cast<std::uint64_t>(*value));
      }
    }
    buffer.end_row(i);
  }
  return buffer.numbers();
}

Evaluator::Numbers Evaluator::numbers(const plan::Extreme& node) {
  std::vector<Numbers> arguments;
  for (const plan::Operand& of : node.of) arguments.push_back(numbers(of));
  Buffer& buffer = new_buffer();
  for (std::size_t i = 0; i < rows(); ++i) {
    std::optional<std::int64_t> extreme;
    for (const Numbers& argument : arguments) {
      for (const std::uint64_t bits : argument.of(i)) {
        const auto value = static_cast<std::int64_t>(bits);
        extreme = !extreme ? value : (node.greatest ? std::max(*extreme, value) : std::min(*extreme, value));
      }
    }
    if (extreme) buffer.values.push_back(static_cast<std::uint64_t>(*extreme));
    buffer.end_row(i);
  }
  return buffer.numbers();
}

Evaluator::Numbers Evaluator::numbers(const plan::Length& node) {
  const Kind kind = node.of->kind;
  if (is_number(kind)) {
    const std::uint64_t bytes = node.of->bits / 8;
    return changed(*node.of, [bytes](std::uint64_t) { return bytes; });
  }
  Buffer& buffer = new_buffer();
  std::vector<std::string> values;
  for (std::size_t i = 0; i < rows(); ++i) {
    values.clear();
    append_bytes(*node.of, i, values);
    for (const std::string& value : values) buffer.values.push_back(value.size());
    buffer.end_row(i);
  }
  return buffer.numbers();
}

/// The field that the operand is made of, value by value; nullptr: not of one field.
const plan::FieldValues* Evaluator::only_field(const plan::Operand& operand) {
  if (const auto* field = std::get_if<plan::FieldValues>(&operand.node)) return field;
  if (const auto* node = std::get_if<plan::Sliced>(&operand.node)) return only_field(*node->of);
  if (const auto* node = std::get_if<plan::AsText>(&operand.node)) return only_field(*node->of);
  if (const auto* node = std::get_if<plan::ChangedCase>(&operand.node)) return only_field(*node->of);
  const auto* node = std::get_if<plan::Arithmetic>(&operand.node);
  const bool constant = node != nullptr && std::holds_alternative<plan::Bytes>(node->right->node);
  return constant && !is_number(operand.kind) ? only_field(*node->left) : nullptr;
}

std::string Evaluator::field_bytes(const fields::Field& field, std::uint64_t value) const {
  if (field.type == fields::FieldType::kAddress) {
    const auto& connection = context_->connections.facts(static_cast<std::uint32_t>(value >> 1)).connection;
    return network_bytes(connection.side[value & 1].endpoint.address);
  }
  fields::ValueBuffer buffer;
  return std::string(fields::value_text(buffer, field, value, *context_));
}

/// The bytes of an operand of one field for one of its values.
std::optional<std::string> Evaluator::bytes_of(const plan::Operand& operand, std::uint64_t leaf) {
  if (const auto* node = std::get_if<plan::FieldValues>(&operand.node))
    return field_bytes(*plan_.fields[node->place], leaf);
  if (const auto* node = std::get_if<plan::Bytes>(&operand.node)) return node->value;
  if (const auto* node = std::get_if<plan::AsText>(&operand.node)) {
    const auto* field = std::get_if<plan::FieldValues>(&node->of->node);
    if (is_number(node->of->kind)) {
      const bool negative = node->of->kind == Kind::kSigned && static_cast<std::int64_t>(leaf) < 0;
      return negative ? std::to_string(static_cast<std::int64_t>(leaf)) : std::to_string(leaf);
    }
    fields::ValueBuffer buffer;
    return std::string(fields::value_text(buffer, *plan_.fields[field->place], leaf, *context_));
  }
  if (const auto* node = std::get_if<plan::ChangedCase>(&operand.node)) {
    auto text = bytes_of(*node->of, leaf);
    return text ? std::optional(in_case(std::move(*text), node->upper)) : std::nullopt;
  }
  if (const auto* node = std::get_if<plan::Sliced>(&operand.node)) {
    const auto bytes = bytes_of(*node->of, leaf);
    return bytes ? sliced(*bytes, node->ranges) : std::nullopt;
  }
  if (const auto* node = std::get_if<plan::Arithmetic>(&operand.node)) {
    auto left = bytes_of(*node->left, leaf);
    const auto right = bytes_of(*node->right, leaf);
    return left && right ? std::optional(bitwise_and(std::move(*left), *right)) : std::nullopt;
  }
  return std::nullopt;
}

void Evaluator::append_bytes(const plan::Operand& operand, std::size_t row, std::vector<std::string>& out) {
  if (const auto* constant = std::get_if<plan::Bytes>(&operand.node)) {
    out.push_back(constant->value);
  } else if (const auto* extreme = std::get_if<plan::Extreme>(&operand.node)) {
    append_extreme(*extreme, row, out);
  } else if (const plan::FieldValues* field = only_field(operand)) {
    std::vector<std::uint64_t> leaves;
    append_leaves(*field, row, leaves);
    for (const std::uint64_t leaf : leaves) {
      if (auto bytes = bytes_of(operand, leaf)) out.push_back(std::move(*bytes));
    }
  } else if (const auto* both = std::get_if<plan::Arithmetic>(&operand.node)) {
    std::vector<std::string> left;
    std::vector<std::string> right;
    append_bytes(*both->left, row, left);
    append_bytes(*both->right, row, right);
    for (const std::string& a : left) {
      for (const std::string& b : right) out.push_back(bitwise_and(a, b));
    }
  } else if (const auto* part = std::get_if<plan::Sliced>(&operand.node)) {
    std::vector<std::string> whole;
    append_bytes(*part->of, row, whole);
    for (const std::string& bytes : whole) {
      if (auto piece = sliced(bytes, part->ranges)) out.push_back(std::move(*piece));
    }
  }
}

void Evaluator::append_extreme(const plan::Extreme& node, std::size_t row, std::vector<std::string>& out) {
  std::vector<std::string> values;
  for (const plan::Operand& of : node.of) append_bytes(of, row, values);
  if (values.empty()) return;
  out.push_back(node.greatest ? *std::ranges::max_element(values) : *std::ranges::min_element(values));
}

bool Evaluator::test_bytes(const plan::BytesTest& test, const std::string& value) {
  if (test.regex) {
    const Regex::Outcome outcome = test.regex->match(value);
    gave_up_ |= outcome == Regex::Outcome::kGaveUp;
    return outcome == Regex::Outcome::kMatch;
  }
  const Kind kind = test.operand.kind;
  const bool equals_one = std::ranges::any_of(test.equals, [&](const plan::BytesGroup& group) {
    return std::ranges::binary_search(group.values, masked(value, group.prefix_bits));
  });
  return equals_one || std::ranges::any_of(test.members, [&](const plan::BytesMember& member) {
           if (!member.last) return relates(test.relation, value, member.first, kind);
           return order_to(value, member.first, kind) >= 0 && order_to(value, *member.last, kind) <= 0;
         });
}

/// `memo`: by value, 0 not tested yet, 1 fails, 2 holds.
bool Evaluator::test_leaf(const plan::BytesTest& test, std::uint64_t leaf, std::vector<std::uint8_t>& memo) {
  if (leaf < memo.size() && memo[leaf] != 0) return memo[leaf] == 2;
  const auto bytes = bytes_of(test.operand, leaf);
  const bool found = bytes && test_bytes(test, *bytes);
  if (leaf < memo.size()) memo[leaf] = found ? 2 : 1;
  return found;
}

}  // namespace pcapsule::filter
