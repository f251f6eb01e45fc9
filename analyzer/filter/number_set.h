// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/filter/ast.h"

namespace pcapsule::filter {

/// Numbers from `first` to `last`, both included.
struct NumberRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// A set of 64-bit numbers, as disjoint ranges in ascending order, or all others.
/// Every comparison with a constant is one: `x < 5` is the range up to 4.
class NumberSet {
 public:
  NumberSet() = default;

  /// The numbers x for which `x relation constant` holds as Wireshark compares:
  /// between an unsigned number and a negative one there is no order.
  /// REQUIRES: an ordering relation.
  static NumberSet of(ast::Relation relation, std::int64_t constant, bool is_signed);
  static NumberSet of(std::vector<NumberRange> ranges);

  void add(const NumberSet& other);
  [[nodiscard]] NumberSet intersected(const NumberSet& other) const;

  [[nodiscard]] bool has(std::int64_t value) const {
    const auto found = std::ranges::lower_bound(ranges_, value, {}, &NumberRange::last);
    return (found != ranges_.end() && found->first <= value) != complement_;
  }

  /// Those in the set, or with is_complement() those outside.
  [[nodiscard]] std::span<const NumberRange> ranges() const { return ranges_; }
  [[nodiscard]] bool is_complement() const { return complement_; }

  /// Has the set a number between the two? Has it all of them?
  [[nodiscard]] bool meets(NumberRange other) const;
  [[nodiscard]] bool covers(NumberRange other) const;

 private:
  [[nodiscard]] std::vector<NumberRange> plain() const;
  void normalize();

  std::vector<NumberRange> ranges_;
  bool complement_ = false;
};

}  // namespace pcapsule::filter
