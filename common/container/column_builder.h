// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "common/container/column_scan.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::container {

template <class T>
using VectorOffset = flatbuffers::Offset<flatbuffers::Vector<T>>;

/// A column that is absent (all rows have the value `all`) or a vector.
template <class T>
struct Plain {
  T all{};
  VectorOffset<T> vector;
};

/// A column that is absent, or a vector of one of two widths. All is in the type of the wide one.
template <class Narrow, class Wide>
struct Narrowed {
  Wide all{};
  VectorOffset<Narrow> narrow;
  VectorOffset<Wide> wide;
};

/// Unsigned distances from `base`; absent: all are 0, or consecutive where the column says so.
template <class Base, class Wide>
struct Offsets {
  Base base{};
  std::uint32_t unit = 1;
  VectorOffset<std::uint32_t> narrow;
  VectorOffset<Wide> wide;
};

/// Puts columns into a FlatBuffer in the narrowest of their legal forms, and
/// remembers where each vector stands: vectors are the regions that have a checksum.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(flatbuffers::FlatBufferBuilder& fbb) : fbb_(fbb) {}

  /// A vector whose elements are still to be set.
  template <class T>
  struct Blank {
    VectorOffset<T> vector;
    std::span<T> elements;  ///< valid until the next vector is made
  };

  /// REQUIRES: count > 0.
  template <class T>
  Blank<T> blank(std::size_t count) {
    fbb_.ForceVectorAlignment(count, sizeof(T), 8);
    T* data = nullptr;
    const auto start = fbb_.CreateUninitializedVector(count, sizeof(T), reinterpret_cast<std::uint8_t**>(&data));
    ends_.push_back(start);
    return {start, {data, count}};
  }

  /// A vector of `count` elements, `fill(i)` each; absent when there are none.
  template <class T, class Fill>
  VectorOffset<T> vector(std::size_t count, Fill&& fill) {
    if (count == 0) return 0;
    const Blank<T> made = blank<T>(count);
    for (std::size_t i = 0; i < count; ++i) made.elements[i] = static_cast<T>(fill(i));
    return made.vector;
  }

  template <class T>
  VectorOffset<T> vector(std::span<const T> values) {
    return vector<T>(values.size(), [values](std::size_t i) { return values[i]; });
  }

  template <class T>
  Plain<T> plain(std::span<const T> values) {
    if (values.empty()) return {};
    if (all_equal(values)) return {values.front(), 0};
    return {T{}, vector(values)};
  }

  template <class Narrow, class Wide>
  Narrowed<Narrow, Wide> narrowed(std::span<const Wide> values) {
    if (values.empty()) return {};
    if (all_equal(values)) return {values.front(), 0, 0};
    const Range<Wide> range = range_of(values);
    if (range.least >= 0 && range.greatest <= Wide{std::numeric_limits<Narrow>::max()}) {
      return {Wide{}, vector<Narrow>(values.size(), [values](std::size_t i) { return values[i]; }), 0};
    }
    return {Wide{}, 0, vector(values)};
  }

  /// Offsets from end of the buffer at which the vectors built so far start.
  [[nodiscard]] const std::vector<std::uint32_t>& vector_ends() const { return ends_; }

 private:
  flatbuffers::FlatBufferBuilder& fbb_;
  std::vector<std::uint32_t> ends_;
};

/// Adds a column to the table under construction. The member functions are those
/// that flatc generates: `add_x_all`, `add_x`, `add_x_wide`.
template <class Table, class T>
void add_column(Table& table, const Plain<T>& column, void (Table::*add_all)(T), void (Table::*add)(VectorOffset<T>)) {
  if (column.vector.IsNull()) {
    (table.*add_all)(column.all);
  } else {
    (table.*add)(column.vector);
  }
}

template <class Table, class Narrow, class Wide>
void add_column(Table& table, const Narrowed<Narrow, Wide>& column, void (Table::*add_all)(Wide),
                void (Table::*add)(VectorOffset<Narrow>), void (Table::*add_wide)(VectorOffset<Wide>)) {
  if (!column.narrow.IsNull()) {
    (table.*add)(column.narrow);
  } else if (!column.wide.IsNull()) {
    (table.*add_wide)(column.wide);
  } else {
    (table.*add_all)(column.all);
  }
}

}  // namespace pcapsule::container
