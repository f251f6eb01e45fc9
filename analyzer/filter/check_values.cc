// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/check_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/filter/arithmetic.h"
#include "analyzer/filter/literal.h"

namespace pcapsule::filter {

namespace {

using plan::Operand;

/// The field whose presence is that of the protocol.
constexpr auto kProtocols = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"ip", "ip.src"}, {"ipv6", "ipv6.src"}, {"vlan", "vlan.id"}, {"tcp", "frame.number"}, {"frame", "frame.number"}});

std::optional<std::string_view> field_of_protocol(std::string_view name) {
  const auto* const found = std::ranges::find(kProtocols, name, &std::pair<std::string_view, std::string_view>::first);
  return found == kProtocols.end() ? std::nullopt : std::optional(found->second);
}

Operand make(Kind kind, unsigned bits, bool several, decltype(Operand::node) node) {
  return {kind, bits, several, std::move(node)};
}

plan::OperandPtr boxed(Operand operand) { return std::make_unique<Operand>(std::move(operand)); }

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

/// Each value of one such field is computed with each of the next.
constexpr unsigned kGreatestSeveral = 2;

/// How many fields with several values the values of the operand are combined from.
unsigned fields_of_several(const Operand& operand) {
  if (!operand.several) return 0;
  if (const auto* node = std::get_if<plan::Arithmetic>(&operand.node)) {
    return fields_of_several(*node->left) + fields_of_several(*node->right);
  }
  if (const auto* node = std::get_if<plan::Negation>(&operand.node)) return fields_of_several(*node->of);
  if (const auto* node = std::get_if<plan::Magnitude>(&operand.node)) return fields_of_several(*node->of);
  if (const auto* node = std::get_if<plan::Length>(&operand.node)) return fields_of_several(*node->of);
  if (const auto* node = std::get_if<plan::Sliced>(&operand.node)) return fields_of_several(*node->of);
  return 1;
}

bool can_compute(Kind kind, ast::Arithmetic op) {
  if (op == ast::Arithmetic::kBitAnd) return is_integer(kind) || is_address(kind) || kind == Kind::kBytes;
  if (op == ast::Arithmetic::kAdd || op == ast::Arithmetic::kSubtract)
    return is_integer(kind) || kind == Kind::kDuration;
  return is_integer(kind);
}

}  // namespace

Operand ValueChecker::resolve(const ast::Value& value, const Expected* expected) {
  if (fault_) return {};
  if (const auto* word = std::get_if<ast::Word>(&value.node)) return this->word(word->text, value.at, expected);
  if (const auto* text = std::get_if<ast::String>(&value.node)) return quoted(text->text, value.at, expected);
  if (const auto* letter = std::get_if<ast::Character>(&value.node)) return character(letter->code, value.at, expected);
  if (const auto* part = std::get_if<ast::Slice>(&value.node)) return slice(*part, value.at, expected);
  if (const auto* layers = std::get_if<ast::Layer>(&value.node)) return layer(*layers, value.at);
  if (const auto* pair = std::get_if<ast::Binary>(&value.node)) return binary(*pair, expected);
  if (const auto* negative = std::get_if<ast::Negation>(&value.node)) return negation(*negative, expected);
  return call(std::get<ast::Call>(value.node), value.at);
}

std::optional<ProtocolName> ValueChecker::protocol(const ast::Value& value) const {
  std::string_view name;
  bool other_layer = false;
  if (const auto* word = std::get_if<ast::Word>(&value.node)) name = word->text;
  if (const auto* layer = std::get_if<ast::Layer>(&value.node)) {
    name = layer->field;
    const auto ranges = parse_ranges(layer->ranges);
    if (!ranges) return std::nullopt;
    other_layer = std::ranges::none_of(*ranges, [](const PlaceRange& range) {
      return range.first == -1 ||
             (range.first >= 0 && range.first <= 1 && (!range.length || range.first + *range.length > 1));
    });
  }
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name != "tcp" && name != "frame") return std::nullopt;
  return ProtocolName{!other_layer, other_layer};
}

void ValueChecker::unknown_name(std::string_view name, Span at) {
  if (const auto reason = reason_not_recorded(name)) {
    return fail(in_quotes(name) + " is not in a record file: " + std::string(*reason), at);
  }
  const std::size_t minus = name.find('-');
  if (minus != name.npos && fields::find_field(name.substr(0, minus)) != nullptr) {
    return fail("there is no field " + in_quotes(name) + "; write blanks around a minus", at);
  }
  fail("there is no field " + in_quotes(name) + "; did you mean " + in_quotes(fields::nearest_field(name)) + "?", at);
}

Operand ValueChecker::word(const std::string& text, Span at, const Expected* expected) {
  const std::string name = text.starts_with('.') ? text.substr(1) : text;
  if (const fields::Field* found = fields::find_field(name)) return field(*found);
  if (const auto presence = field_of_protocol(name)) {
    if (expected != nullptr && expected->kind == Kind::kText) return unquoted(text, at, *expected);
    if (expected == nullptr && name != "tcp" && name != "frame") return field(*fields::find_field(*presence));
    fail("the bytes of " + in_quotes(name) + " are not in a record file; alone it says that the protocol is there", at);
    return {};
  }
  if (expected != nullptr) return unquoted(text, at, *expected);
  const bool constant =
      name.find_first_not_of("0123456789") == name.npos || parse_ip_address(name.substr(0, name.find('/')));
  if (constant) {
    fail("here stands a field, and " + in_quotes(name) +
             " is none; the field goes to the left, the constant to the right",
         at);
  } else {
    unknown_name(name, at);
  }
  return {};
}

Operand ValueChecker::field(const fields::Field& found) {
  const auto known = std::ranges::find(fields_, &found);
  const auto place = static_cast<std::size_t>(known - fields_.begin());
  if (known == fields_.end()) fields_.push_back(&found);
  const FieldType type = type_of(found);
  return make(type.kind, type.bits, type.several, plan::FieldValues{place, {}});
}

Operand ValueChecker::layer(const ast::Layer& layer, Span at) {
  const auto ranges = parse_ranges(layer.ranges);
  if (!ranges) {
    fail("layers are written #1, #[1-2], #[1:2], #[-1]", at);
    return {};
  }
  Operand operand = word(layer.field, at, nullptr);
  if (auto* values = std::get_if<plan::FieldValues>(&operand.node)) values->layers = *ranges;
  return operand;
}

template <class T>
Operand ValueChecker::constant(const Expected& expected, std::variant<T, std::string> parsed, Span at) {
  if (auto* message = std::get_if<std::string>(&parsed)) {
    fail(std::move(*message), at);
    return {};
  }
  if constexpr (std::is_same_v<T, std::int64_t>) {
    return make(expected.kind, expected.bits, false, plan::Number{std::get<T>(parsed)});
  } else {
    return make(expected.kind, expected.bits, false, std::move(std::get<T>(parsed)));
  }
}

Operand ValueChecker::unquoted(const std::string& text, Span at, const Expected& expected) {
  switch (expected.kind) {
    case Kind::kUnsigned:
    case Kind::kSigned:
    case Kind::kBoolean: {
      const bool name = text.find('.') != text.npos && text.find_first_not_of("0123456789.") != text.npos;
      if (name) return unknown_name(text, at), Operand{};
      return constant(expected, parse_integer(text, expected.kind, expected.bits), at);
    }
    case Kind::kTime:
      return constant(expected, parse_time(text), at);
    case Kind::kDuration:
      return constant(expected, parse_seconds(text), at);
    case Kind::kIpv4:
    case Kind::kIpv6:
      return constant(expected, parse_address(text, expected.kind), at);
    case Kind::kBytes:
      return constant(expected, parse_bytes(text), at);
    case Kind::kLabel:
      fail("a label has no value to compare: alone it says that the segment has it", at);
      return {};
    case Kind::kText:
      break;
  }
  return make(Kind::kText, expected.bits, false, plan::Bytes{text, std::nullopt});
}

Operand ValueChecker::quoted(const std::string& text, Span at, const Expected* expected) {
  if (expected == nullptr) {
    fail("here stands a field, not a text", at);
    return {};
  }
  if (expected->kind == Kind::kText || expected->kind == Kind::kBytes) {
    return make(expected->kind, expected->bits, false, plan::Bytes{text, std::nullopt});
  }
  if (expected->kind == Kind::kTime) return constant(*expected, parse_time(text), at);
  const bool word = expected->kind == Kind::kBoolean && (text == "Set" || text == "Not set");
  if (word) return constant(*expected, parse_integer(text, expected->kind, 1), at);
  fail("the field is " + std::string(name_of(expected->kind)) + ", this is a text; write it without quotes", at);
  return {};
}

Operand ValueChecker::character(unsigned char code, Span at, const Expected* expected) {
  if (expected != nullptr) {
    if (expected->kind == Kind::kText || expected->kind == Kind::kBytes) {
      return make(expected->kind, expected->bits, false,
                  plan::Bytes{std::string(1, static_cast<char>(code)), std::nullopt});
    }
    if (is_integer(expected->kind)) return make(expected->kind, expected->bits, false, plan::Number{code});
    if (expected->kind == Kind::kBoolean) return make(expected->kind, 1, false, plan::Number{code != 0 ? 1 : 0});
  }
  fail("a character does not belong here", at);
  return {};
}

Operand ValueChecker::slice(const ast::Slice& slice, Span at, const Expected* expected) {
  Operand of = resolve(*slice.of, expected);
  if (fault_) return {};
  auto ranges = parse_ranges(slice.ranges);
  if (!ranges) {
    fail("a slice is written [0:2] (first byte and length), [0-1], [:2], [2:], [-1], or several with commas", at);
    return {};
  }
  if (is_number(of.kind)) {
    fail("only addresses and texts can be sliced; this is " + std::string(name_of(of.kind)), slice.of->at);
    return {};
  }
  const bool several = of.several;
  return make(Kind::kBytes, 64, several, plan::Sliced{std::move(*ranges), boxed(std::move(of))});
}

Operand ValueChecker::negation(const ast::Negation& negation, const Expected* expected) {
  Operand of = resolve(*negation.of, expected);
  if (fault_) return {};
  if (!is_integer(of.kind) && of.kind != Kind::kDuration) {
    fail("a minus does not go before " + std::string(name_of(of.kind)), negation.of->at);
    return {};
  }
  if (auto* number = std::get_if<plan::Number>(&of.node)) {
    number->value = -number->value;  // constants are not negative before
    return of;
  }
  const Kind kind = of.kind == Kind::kUnsigned ? Kind::kSigned : of.kind;
  const unsigned bits = of.bits;
  const bool several = of.several;
  return make(kind, bits, several, plan::Negation{boxed(std::move(of))});
}

Operand ValueChecker::binary(const ast::Binary& binary, const Expected* expected) {
  Operand left = resolve(*binary.left, expected);
  if (fault_) return {};
  if (!can_compute(left.kind, binary.op)) {
    fail("there is no such arithmetic with " + std::string(name_of(left.kind)), binary.left->at);
    return {};
  }
  const Expected same = {left.kind, left.bits};
  Operand right = resolve(*binary.right, &same);
  if (fault_) return {};
  const bool fits = left.kind == right.kind || (is_integer(left.kind) && is_integer(right.kind));
  if (!fits) {
    fail("the left side is " + std::string(name_of(left.kind)) + ", this is " + std::string(name_of(right.kind)),
         binary.right->at);
    return {};
  }
  if (fields_of_several(left) + fields_of_several(right) > kGreatestSeveral) {
    fail("a computation takes at most two fields that have several values in a segment; this is one more",
         binary.right->at);
    return {};
  }
  const Kind kind = left.kind;
  const unsigned bits = std::max(left.bits, right.bits);
  const bool several = left.several || right.several;
  const auto* a = std::get_if<plan::Number>(&left.node);
  const auto* b = std::get_if<plan::Number>(&right.node);
  if (a != nullptr && b != nullptr) {
    if (const auto value = compute(binary.op, a->value, b->value, kind, bits))
      return make(kind, bits, false, plan::Number{*value});
  }
  return make(kind, bits, several, plan::Arithmetic{binary.op, boxed(std::move(left)), boxed(std::move(right))});
}

Operand ValueChecker::call(const ast::Call& call, Span at) {
  const std::string& name = call.function;
  if (name == "max" || name == "min") return extreme(call, at);
  constexpr auto kOfOne = std::to_array<std::string_view>({"abs", "len", "count", "string", "upper", "lower"});
  if (std::ranges::find(kOfOne, name) == kOfOne.end()) {
    fail("there is no function " + in_quotes(name) + "; there are max min abs len count string upper lower", at);
    return {};
  }
  if (call.arguments.size() != 1) {
    fail(name + "() takes one argument", at);
    return {};
  }
  if (name != "abs") return function_of_field(call, at);
  Operand of = resolve(call.arguments.front(), nullptr);
  if (fault_) return {};
  if (!is_integer(of.kind) && of.kind != Kind::kDuration) {
    fail("abs() takes a number", call.arguments.front().at);
    return {};
  }
  const Kind kind = of.kind;
  const unsigned bits = of.bits;
  const bool several = of.several;
  return make(kind, bits, several, plan::Magnitude{boxed(std::move(of))});
}

Operand ValueChecker::extreme(const ast::Call& call, Span at) {
  if (call.arguments.empty()) {
    fail(call.function + "() takes at least one argument", at);
    return {};
  }
  plan::Extreme extreme{call.function == "max", {}};
  extreme.of.push_back(resolve(call.arguments.front(), nullptr));
  if (fault_) return {};
  const Kind kind = extreme.of.front().kind;
  const Expected same = {kind, extreme.of.front().bits};
  unsigned bits = same.bits;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    Operand more = resolve(call.arguments[i], &same);
    if (fault_) return {};
    if (more.kind != kind) {
      fail("the arguments of " + call.function + "() must be of one type", call.arguments[i].at);
      return {};
    }
    bits = std::max(bits, more.bits);
    extreme.of.push_back(std::move(more));
  }
  return make(kind, bits, false, std::move(extreme));
}

Operand ValueChecker::function_of_field(const ast::Call& call, Span at) {
  const ast::Value& argument = call.arguments.front();
  const auto* word = std::get_if<ast::Word>(&argument.node);
  if (word == nullptr && !std::holds_alternative<ast::Layer>(argument.node)) {
    fail(call.function + "() takes a field", argument.at);
    return {};
  }
  Operand of;
  if (const auto presence =
          word != nullptr && call.function == "count" ? field_of_protocol(word->text) : std::nullopt) {
    of = field(*fields::find_field(*presence));
  } else {
    of = resolve(argument, nullptr);
  }
  if (fault_) return {};
  const Kind kind = of.kind;
  const bool several = of.several;
  if (call.function == "count") return make(Kind::kUnsigned, 32, false, plan::Count{boxed(std::move(of))});
  if (call.function == "len" && (is_integer(kind) || kind == Kind::kLabel || !is_number(kind))) {
    return make(Kind::kUnsigned, 32, several, plan::Length{boxed(std::move(of))});
  }
  if (call.function == "string" && (is_integer(kind) || is_address(kind))) {
    return make(Kind::kText, 64, several, plan::AsText{boxed(std::move(of))});
  }
  if ((call.function == "upper" || call.function == "lower") && kind == Kind::kText) {
    return make(Kind::kText, 64, several, plan::ChangedCase{call.function == "upper", boxed(std::move(of))});
  }
  fail(call.function + "() does not take " + std::string(name_of(kind)), at);
  return {};
}

}  // namespace pcapsule::filter
