// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/fields/field.h"
#include "analyzer/filter/ast.h"
#include "analyzer/filter/number_set.h"
#include "analyzer/filter/ranges.h"
#include "analyzer/filter/regex.h"
#include "analyzer/filter/typing.h"

/// An expression that was checked: names are fields, constants have the type of
/// the field that they are compared with, and every condition is one that a loop
/// over a strip of rows can evaluate.
namespace pcapsule::filter::plan {

struct Operand;
using OperandPtr = std::unique_ptr<Operand>;

/// The values of a field. `place`: among Plan::fields.
struct FieldValues {
  std::size_t place = 0;
  std::vector<PlaceRange> layers;  ///< from 1; empty: all
};
struct Number {
  std::int64_t value = 0;
};
/// An address in network order, a text, or bytes. `prefix_bits`: of a network; what
/// is behind them is not compared.
struct Bytes {
  std::string value;
  std::optional<unsigned> prefix_bits;
};
struct Arithmetic {
  ast::Arithmetic op = ast::Arithmetic::kAdd;
  OperandPtr left;
  OperandPtr right;
};
struct Negation {
  OperandPtr of;
};
struct Magnitude {
  OperandPtr of;
};
/// max() or min() over all values of all arguments that the row has.
struct Extreme {
  bool greatest = true;
  std::vector<Operand> of;
};
/// How many values; absent where there is none.
struct Count {
  OperandPtr of;
};
/// Bytes of a text.
struct Length {
  OperandPtr of;
};
/// A number or address as it is printed.
struct AsText {
  OperandPtr of;
};
struct ChangedCase {
  bool upper = true;
  OperandPtr of;
};
struct Sliced {
  std::vector<PlaceRange> ranges;
  OperandPtr of;
};

struct Operand {
  Kind kind = Kind::kUnsigned;
  unsigned bits = 64;    ///< of numbers
  bool several = false;  ///< a row may have more than one value
  std::variant<FieldValues, Number, Bytes, Arithmetic, Negation, Magnitude, Extreme, Count, Length, AsText, ChangedCase,
               Sliced>
      node;
};

struct Condition;

struct Always {};
/// The row has a value of the operand.
struct Present {
  Operand operand;
};
/// A value of the operand is in the set, or all are.
struct NumberTest {
  Operand operand;
  NumberSet set;
  ast::Quantifier quantifier = ast::Quantifier::kAny;
};
struct NumberComparison {
  ast::Relation relation = ast::Relation::kEq;
  ast::Quantifier quantifier = ast::Quantifier::kAny;
  Operand left;
  Operand right;
};
/// A constant that bytes are compared with, or a range of two.
struct BytesMember {
  Bytes first;
  std::optional<Bytes> last;
};
/// Constants that a value may be equal to, to be searched: of one prefix length, without what is behind it.
struct BytesGroup {
  std::optional<unsigned> prefix_bits;
  std::vector<std::string> values;  ///< ascending
};
/// A value of the operand relates to one of the constants, or all values do. `memo`:
/// where the evaluator keeps what it found for a value.
struct BytesTest {
  Operand operand;
  ast::Relation relation = ast::Relation::kEq;
  ast::Quantifier quantifier = ast::Quantifier::kAny;
  std::vector<BytesGroup> equals;  ///< with `==`
  std::vector<BytesMember> members;
  std::optional<Regex> regex;
  std::size_t memo = 0;
};
struct BytesComparison {
  ast::Relation relation = ast::Relation::kEq;
  ast::Quantifier quantifier = ast::Quantifier::kAny;
  Operand left;
  Operand right;
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
  std::variant<Always, Present, NumberTest, NumberComparison, BytesTest, BytesComparison, Not, And, Or> node;
};

struct Plan {
  Condition condition;
  std::vector<const fields::Field*> fields;  ///< each once
  std::size_t memos = 0;
};

}  // namespace pcapsule::filter::plan
