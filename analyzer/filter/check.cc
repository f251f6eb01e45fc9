// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/check.h"

#include <utility>

#include "analyzer/filter/bytes_group.h"
#include "analyzer/filter/check_values.h"

namespace pcapsule::filter {

namespace {

using ast::Quantifier;
using ast::Relation;

/// May values of the two kinds be compared?
bool comparable(Kind left, Kind right) {
  if (is_integer(left)) return is_integer(right) || right == Kind::kBoolean;
  if (left == Kind::kBytes) return right == Kind::kBytes || right == Kind::kText;
  return left == right;
}

bool compares_signed(Kind kind) { return kind != Kind::kUnsigned; }

class Checker {
 public:
  std::variant<plan::Plan, Fault> run(const ast::Condition& condition) {
    plan_.condition = check(condition);
    if (values_.fault()) return *values_.fault();
    plan_.fields = values_.fields();
    return std::move(plan_);
  }

 private:
  using Condition = plan::Condition;

  [[nodiscard]] bool failed() const { return values_.fault().has_value(); }
  Condition fail(std::string message, Span at) {
    values_.fail(std::move(message), at);
    return {};
  }

  Condition check(const ast::Condition& condition) {
    if (failed()) return {};
    return std::visit([this](const auto& node) { return check(node); }, condition.node);
  }

  Condition check(const ast::Not& node) { return {plan::Not{std::make_unique<Condition>(check(*node.of))}}; }
  Condition check(const ast::And& node) {
    plan::And both;
    for (const ast::Condition& term : node.all) both.all.push_back(check(term));
    return {std::move(both)};
  }
  Condition check(const ast::Or& node) {
    plan::Or either;
    for (const ast::Condition& term : node.any) either.any.push_back(check(term));
    return {std::move(either)};
  }

  /// A value alone: present, or not zero where it was computed.
  Condition check(const ast::Test& node) {
    const ast::Value& value = *node.value;
    if (const auto protocol = values_.protocol(value)) {
      if (protocol->always) return {plan::Always{}};
      if (protocol->never) return {plan::Not{std::make_unique<Condition>(Condition{plan::Always{}})}};
    }
    if (std::holds_alternative<ast::Call>(value.node)) {
      return fail("a function is no condition; compare what it yields, as count(vlan.id) > 1", value.at);
    }
    plan::Operand operand = values_.resolve(value, nullptr);
    if (failed()) return {};
    const bool computed =
        std::holds_alternative<ast::Binary>(value.node) || std::holds_alternative<ast::Negation>(value.node);
    if (!computed) return {plan::Present{std::move(operand)}};
    if (is_number(operand.kind)) {
      return {plan::NumberTest{std::move(operand), NumberSet::of(Relation::kNe, 0, true), Quantifier::kAny}};
    }
    if (!is_address(operand.kind)) return fail("bytes are no condition; compare them", value.at);
    const std::string zero(operand.kind == Kind::kIpv4 ? 4 : 16, '\0');
    return bytes_test(std::move(operand), Relation::kNe, Quantifier::kAny, {{{zero, std::nullopt}, std::nullopt}});
  }

  Condition check(const ast::Comparison& node) {
    plan::Operand left = values_.resolve(*node.left, nullptr);
    if (failed()) return {};
    if (left.kind == Kind::kLabel) return no_value(*node.left);
    if (node.relation == Relation::kMatches) return check_matches(node, std::move(left));
    if (node.relation == Relation::kContains && is_number_or_address(left)) return no_text(*node.left);
    const Expected expected = {left.kind, left.bits};
    plan::Operand right = values_.resolve(*node.right, &expected);
    if (failed()) return {};
    if (!comparable(left.kind, right.kind)) {
      return fail(
          "the left side is " + std::string(name_of(left.kind)) + ", this is " + std::string(name_of(right.kind)),
          node.right->at);
    }
    if (const auto* number = std::get_if<plan::Number>(&right.node)) {
      NumberSet set = NumberSet::of(node.relation, number->value, compares_signed(left.kind));
      return {plan::NumberTest{std::move(left), std::move(set), node.quantifier}};
    }
    if (auto* bytes = std::get_if<plan::Bytes>(&right.node)) {
      return bytes_test(std::move(left), node.relation, node.quantifier, {{std::move(*bytes), std::nullopt}});
    }
    if (is_number(left.kind)) {
      return {plan::NumberComparison{node.relation, node.quantifier, std::move(left), std::move(right)}};
    }
    return {plan::BytesComparison{node.relation, node.quantifier, std::move(left), std::move(right)}};
  }

  static bool is_number_or_address(const plan::Operand& operand) {
    return is_number(operand.kind) || is_address(operand.kind);
  }
  Condition no_text(const ast::Value& value) {
    return fail("contains and matches look into a text, and this is none; write string(...) around it", value.at);
  }

  Condition no_value(const ast::Value& value) {
    return fail("a label has no value to compare: alone it says that the segment has it", value.at);
  }

  Condition check_matches(const ast::Comparison& node, plan::Operand left) {
    if (is_number_or_address(left)) return no_text(*node.left);
    const auto* pattern = std::get_if<ast::String>(&node.right->node);
    if (pattern == nullptr) return fail("matches takes a pattern in double quotes", node.right->at);
    auto regex = Regex::compile(pattern->text);
    if (const auto* message = std::get_if<std::string>(&regex)) {
      return fail("the pattern is not valid: " + *message, node.right->at);
    }
    plan::BytesTest test{std::move(left),        Relation::kMatches, node.quantifier, {}, {},
                         std::get<Regex>(regex), plan_.memos++};
    return {std::move(test)};
  }

  Condition bytes_test(plan::Operand operand, Relation relation, Quantifier quantifier,
                       std::vector<plan::BytesMember> members) {
    std::vector<plan::BytesGroup> equals;
    if (relation == Relation::kEq) equals = grouped(members);
    return {plan::BytesTest{std::move(operand), relation, quantifier, std::move(equals), std::move(members),
                            std::nullopt, plan_.memos++}};
  }

  /// `not in` is the opposite of `in`, also where the field is absent, whatever
  /// stands before it: so it is in Wireshark.
  Condition check(const ast::Membership& node) {
    if (!node.negated) return check_members(node, node.quantifier);
    return {plan::Not{std::make_unique<Condition>(check_members(node, Quantifier::kAny))}};
  }

  Condition check_members(const ast::Membership& node, Quantifier quantifier) {
    const bool field =
        std::holds_alternative<ast::Word>(node.left->node) || std::holds_alternative<ast::Layer>(node.left->node);
    if (!field) return fail("only a field may be looked up in a set", node.left->at);
    plan::Operand left = values_.resolve(*node.left, nullptr);
    if (failed()) return {};
    if (left.kind == Kind::kLabel) return no_value(*node.left);
    const Expected expected = {left.kind, left.bits};
    Members members;
    for (const ast::Member& member : node.members) {
      add_member(member, *node.left, expected, left.several, members);
      if (failed()) return {};
    }
    if (!members.others.empty() && quantifier == Quantifier::kAll && left.several) {
      return fail("'all' with fields in the set needs a field that has one value", node.left->at);
    }
    plan::Or either;
    if (quantifier == Quantifier::kAll && left.several) {
      add_each(members, *node.left, either);
    } else if (!members.bytes.empty()) {
      either.any.push_back(bytes_test(std::move(left), Relation::kEq, quantifier, std::move(members.bytes)));
    } else if (members.numbers) {
      either.any.push_back({plan::NumberTest{std::move(left), NumberSet::of(std::move(*members.numbers)), quantifier}});
    }
    for (Condition& other : members.others) either.any.push_back(std::move(other));
    return {std::move(either)};
  }

  /// Constants of a set, and conditions for members that are fields.
  struct Members {
    std::optional<std::vector<NumberRange>> numbers;
    std::vector<plan::BytesMember> bytes;
    std::vector<Condition> others;
  };

  /// With 'all' the values must agree on one member, each of which is a test of its own, as in Wireshark.
  void add_each(Members& members, const ast::Value& field, plan::Or& out) {
    for (const NumberRange& range : members.numbers.value_or(std::vector<NumberRange>())) {
      out.any.push_back({plan::NumberTest{values_.resolve(field, nullptr), NumberSet::of({range}), Quantifier::kAll}});
    }
    for (plan::BytesMember& member : members.bytes) {
      std::vector<plan::BytesMember> one;
      one.push_back(std::move(member));
      out.any.push_back(bytes_test(values_.resolve(field, nullptr), Relation::kEq, Quantifier::kAll, std::move(one)));
    }
  }

  void add_member(const ast::Member& member, const ast::Value& field, const Expected& expected, bool several,
                  Members& out) {
    plan::Operand first = resolve_member(member.first, expected);
    std::optional<plan::Operand> last;
    if (member.last) last = resolve_member(*member.last, expected);
    if (failed()) return;
    const auto* low = std::get_if<plan::Number>(&first.node);
    const auto* high = last ? std::get_if<plan::Number>(&last->node) : low;
    if (low != nullptr && high != nullptr) {
      if (!out.numbers) out.numbers.emplace();
      const bool is_signed = compares_signed(expected.kind);
      if (!last) return out.numbers->push_back({low->value, low->value});
      const NumberSet range = NumberSet::of(Relation::kGreaterOrEqual, low->value, is_signed)
                                  .intersected(NumberSet::of(Relation::kLessOrEqual, high->value, is_signed));
      if (!range.is_complement()) out.numbers->insert(out.numbers->end(), range.ranges().begin(), range.ranges().end());
      return;
    }
    auto* low_bytes = std::get_if<plan::Bytes>(&first.node);
    auto* high_bytes = last ? std::get_if<plan::Bytes>(&last->node) : nullptr;
    if (low_bytes != nullptr && (!last || high_bytes != nullptr)) {
      out.bytes.push_back({std::move(*low_bytes), last ? std::optional(std::move(*high_bytes)) : std::nullopt});
      return;
    }
    if (last && several) {
      values_.fail("a range between fields needs a field that has one value", field.at);
      return;
    }
    out.others.push_back(field_member(member, field, expected));
  }

  plan::Operand resolve_member(const ast::Value& value, const Expected& expected) {
    plan::Operand operand = values_.resolve(value, &expected);
    if (!failed() && !comparable(expected.kind, operand.kind)) {
      values_.fail(
          "the field is " + std::string(name_of(expected.kind)) + ", this is " + std::string(name_of(operand.kind)),
          value.at);
    }
    return operand;
  }

  /// A member that is a field, or a range with one: as comparisons.
  Condition field_member(const ast::Member& member, const ast::Value& field, const Expected& expected) {
    const auto compare = [&](Relation relation, const ast::Value& value) {
      plan::Operand left = values_.resolve(field, nullptr);
      plan::Operand right = values_.resolve(value, &expected);
      if (const auto* number = std::get_if<plan::Number>(&right.node)) {
        return Condition{plan::NumberTest{
            std::move(left), NumberSet::of(relation, number->value, compares_signed(expected.kind)), Quantifier::kAny}};
      }
      if (auto* bytes = std::get_if<plan::Bytes>(&right.node)) {
        return bytes_test(std::move(left), relation, Quantifier::kAny, {{std::move(*bytes), std::nullopt}});
      }
      if (is_number(expected.kind)) {
        return Condition{plan::NumberComparison{relation, Quantifier::kAny, std::move(left), std::move(right)}};
      }
      return Condition{plan::BytesComparison{relation, Quantifier::kAny, std::move(left), std::move(right)}};
    };
    if (!member.last) return compare(Relation::kEq, member.first);
    plan::And both;
    both.all.push_back(compare(Relation::kGreaterOrEqual, member.first));
    both.all.push_back(compare(Relation::kLessOrEqual, *member.last));
    return {std::move(both)};
  }

  plan::Plan plan_;
  ValueChecker values_;
};

}  // namespace

std::variant<plan::Plan, Fault> check(const ast::Condition& condition) { return Checker().run(condition); }

}  // namespace pcapsule::filter
