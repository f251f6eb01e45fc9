// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "common/container/column_builder.h"
#include "common/container/connection_stage.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::container {

using ConnectionTable = fb::ConnectionChunkBuilder;
using Counter = Narrowed<std::uint32_t, std::uint64_t>;

inline constexpr std::uint64_t kGreatestNarrow = std::numeric_limits<std::uint32_t>::max();

/// Signed spans of time: all equal, u32 in the chunk's unit, or i64 in ns.
struct Spans {
  std::int64_t all = 0;
  VectorOffset<std::uint32_t> narrow;
  VectorOffset<std::int64_t> wide;
};

/// Turns columns of a stage into vectors.
struct ConnectionColumns {
  const ConnectionStage& stage;
  ColumnBuilder& out;
  std::int64_t unit_ns;

  template <class T>
  Plain<T> plain(const std::vector<T>& values) {
    return out.plain(std::span(values));
  }

  Counter counter(const std::vector<std::uint64_t>& values) {
    return out.narrowed<std::uint32_t, std::uint64_t>(std::span(values));
  }

  /// Distances from the least value; absent when all are equal.
  Offsets<std::uint64_t, std::uint64_t> offsets(const std::vector<std::uint64_t>& values) {
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const std::uint64_t base = *least;
    if (*greatest == base) return {base, 1, 0, 0};
    const auto from_base = [&](std::size_t i) { return values[i] - base; };
    if (*greatest - base <= kGreatestNarrow) {
      return {base, 1, out.vector<std::uint32_t>(values.size(), from_base), 0};
    }
    return {base, 1, 0, out.vector<std::uint64_t>(values.size(), from_base)};
  }

  Offsets<std::int64_t, std::uint64_t> times(const std::vector<std::int64_t>& values) {
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const std::int64_t base = *least;
    const auto distance = [&](std::int64_t to) {
      return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(base);
    };
    const auto unit = static_cast<std::uint64_t>(unit_ns);
    if (distance(*greatest) / unit <= kGreatestNarrow) {
      return {base, 1,
              out.vector<std::uint32_t>(values.size(), [&](std::size_t i) { return distance(values[i]) / unit; }), 0};
    }
    return {base, 1, 0, out.vector<std::uint64_t>(values.size(), [&](std::size_t i) { return distance(values[i]); })};
  }

  Spans spans(const std::vector<std::int64_t>& values) {
    if (all_equal(std::span(values))) return {values.front(), 0, 0};
    // Between stamps in whole units that are 2^63 ns apart or more, the distance wraps and is none of whole units.
    const bool fits = std::all_of(values.begin(), values.end(), [this](std::int64_t span) {
      return span >= 0 && span % unit_ns == 0 && static_cast<std::uint64_t>(span / unit_ns) <= kGreatestNarrow;
    });
    if (fits) {
      return {0, out.vector<std::uint32_t>(values.size(), [&](std::size_t i) { return values[i] / unit_ns; }), 0};
    }
    return {0, 0, out.vector(std::span(values))};
  }
};

template <class T>
void add_vector(ConnectionTable& table, void (ConnectionTable::*add)(VectorOffset<T>), VectorOffset<T> vector) {
  if (!vector.IsNull()) (table.*add)(vector);
}

inline void add_spans(ConnectionTable& table, const Spans& spans, void (ConnectionTable::*add_all)(std::int64_t),
                      void (ConnectionTable::*add)(VectorOffset<std::uint32_t>),
                      void (ConnectionTable::*add_wide)(VectorOffset<std::int64_t>)) {
  if (!spans.narrow.IsNull()) {
    (table.*add)(spans.narrow);
  } else if (!spans.wide.IsNull()) {
    (table.*add_wide)(spans.wide);
  } else {
    (table.*add_all)(spans.all);
  }
}

template <class Base>
void add_offsets(ConnectionTable& table, const Offsets<Base, std::uint64_t>& offsets,
                 void (ConnectionTable::*add_base)(Base), void (ConnectionTable::*add)(VectorOffset<std::uint32_t>),
                 void (ConnectionTable::*add_wide)(VectorOffset<std::uint64_t>)) {
  (table.*add_base)(offsets.base);
  add_vector(table, add, offsets.narrow);
  add_vector(table, add_wide, offsets.wide);
}

}  // namespace pcapsule::container
