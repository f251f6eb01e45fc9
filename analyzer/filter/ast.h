// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/filter/fault.h"

/// An expression as it was written: plain variants, not yet tied to fields or types.
namespace pcapsule::filter::ast {

struct Value;
using ValuePtr = std::unique_ptr<Value>;

/// A field or an unquoted constant: which of them, its place decides.
struct Word {
  std::string text;
};
struct String {
  std::string text;
};
struct Character {
  unsigned char code = 0;
};
/// Ranges of a slice or of layers as written between the brackets.
struct Slice {
  ValuePtr of;
  std::string ranges;
};
struct Layer {
  std::string field;
  std::string ranges;
};
enum class Arithmetic : std::uint8_t { kBitAnd, kAdd, kSubtract, kMultiply, kDivide, kModulo };
struct Binary {
  Arithmetic op = Arithmetic::kAdd;
  ValuePtr left;
  ValuePtr right;
};
struct Negation {
  ValuePtr of;
};
struct Call {
  std::string function;
  std::vector<Value> arguments;
};

struct Value {
  Span at;
  std::variant<Word, String, Character, Slice, Layer, Binary, Negation, Call> node;
};

enum class Relation : std::uint8_t { kEq, kNe, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kContains, kMatches };

/// For which of several values must a relation hold?
enum class Quantifier : std::uint8_t { kAny, kAll };

struct Condition;

struct Comparison {
  Relation relation = Relation::kEq;
  Quantifier quantifier = Quantifier::kAny;
  ValuePtr left;
  ValuePtr right;
};
/// One member of a set: a value, or a range with both ends included.
struct Member {
  Value first;
  ValuePtr last;  ///< nullptr: no range
};
struct Membership {
  Quantifier quantifier = Quantifier::kAny;
  bool negated = false;
  ValuePtr left;
  std::vector<Member> members;
};
/// A value alone: present, or not zero where it was computed.
struct Test {
  ValuePtr value;
};
struct Not {
  std::unique_ptr<Condition> of;
};
struct And {
  std::vector<Condition> all;
};
struct Or {
  std::vector<Condition> any;
};

struct Condition {
  Span at;
  std::variant<Comparison, Membership, Test, Not, And, Or> node;
};

}  // namespace pcapsule::filter::ast
