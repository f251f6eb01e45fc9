// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/filter/ast.h"
#include "analyzer/filter/plan.h"

namespace pcapsule::filter {

/// The type that a constant is read for: that of the value on the other side.
struct Expected {
  Kind kind = Kind::kUnsigned;
  unsigned bits = 64;
};

/// A protocol named alone. Else its presence is that of a field.
struct ProtocolName {
  bool always = false;
  bool never = false;  ///< a layer that no row has
};

/// Resolves values of an expression. The first fault is kept; what is resolved
/// after it is of no use.
class ValueChecker {
 public:
  /// `expected`: nullptr where a field has to give the type.
  plan::Operand resolve(const ast::Value& value, const Expected* expected);

  /// Is the value the name of a protocol whose presence is known beforehand?
  [[nodiscard]] std::optional<ProtocolName> protocol(const ast::Value& value) const;

  void fail(std::string message, Span at) {
    if (!fault_) fault_ = Fault{std::move(message), at};
  }
  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }
  [[nodiscard]] const std::vector<const fields::Field*>& fields() const { return fields_; }

 private:
  plan::Operand word(const std::string& text, Span at, const Expected* expected);
  plan::Operand field(const fields::Field& field);
  plan::Operand layer(const ast::Layer& layer, Span at);
  plan::Operand unquoted(const std::string& text, Span at, const Expected& expected);
  plan::Operand quoted(const std::string& text, Span at, const Expected* expected);
  plan::Operand character(unsigned char code, Span at, const Expected* expected);
  plan::Operand slice(const ast::Slice& slice, Span at, const Expected* expected);
  plan::Operand negation(const ast::Negation& negation, const Expected* expected);
  plan::Operand binary(const ast::Binary& binary, const Expected* expected);
  plan::Operand call(const ast::Call& call, Span at);
  plan::Operand extreme(const ast::Call& call, Span at);
  plan::Operand function_of_field(const ast::Call& call, Span at);
  /// Takes the value, or reports the message.
  template <class T>
  plan::Operand constant(const Expected& expected, std::variant<T, std::string> parsed, Span at);
  void unknown_name(std::string_view name, Span at);

  std::vector<const fields::Field*> fields_;
  std::optional<Fault> fault_;
};

}  // namespace pcapsule::filter
