// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/time.h"

/// Columns of a chunk as the readers see them: spans into the mapped file, with
/// the forms of the format (absent, narrow, wide) behind one operator[]. A column
/// lives as long as its RecordFile.
namespace pcapsule::read {

/// All rows have one value, or there is a vector.
template <class T>
struct Column {
  const T* data = nullptr;
  T all{};
  T operator[](std::size_t row) const { return data == nullptr ? all : data[row]; }
  [[nodiscard]] bool is_constant() const { return data == nullptr; }
};

/// One value, a narrow vector, or a wide one.
template <class Narrow, class Wide>
struct NarrowedColumn {
  const Narrow* narrow = nullptr;
  const Wide* wide = nullptr;
  Wide all{};
  Wide operator[](std::size_t row) const {
    if (narrow != nullptr) return narrow[row];
    return wide == nullptr ? all : wide[row];
  }
};

/// base + offset, or base for all rows.
struct OffsetColumn {
  std::uint64_t base = 0;
  const std::uint32_t* narrow = nullptr;
  const std::uint64_t* wide = nullptr;
  std::uint64_t operator[](std::size_t row) const {
    if (narrow != nullptr) return base + narrow[row];
    return wide == nullptr ? base : base + wide[row];
  }
};

/// Frame numbers: consecutive from the base where there is no vector.
struct FrameColumn {
  std::uint64_t base = 0;
  const std::uint32_t* offset = nullptr;
  std::uint64_t operator[](std::size_t row) const { return base + (offset == nullptr ? row : offset[row]); }
};

/// Times since the epoch: offsets in units from the chunk's least, wide ones in ns.
struct TimeColumn {
  std::int64_t base_ns = 0;
  std::uint64_t unit_ns = 1;
  const std::uint32_t* narrow = nullptr;
  const std::uint64_t* wide = nullptr;
  TimestampNs operator[](std::size_t row) const {
    const std::uint64_t offset = narrow != nullptr ? narrow[row] * unit_ns : (wide == nullptr ? 0 : wide[row]);
    return at_distance(TimestampNs{base_ns}, DurationNs{static_cast<std::int64_t>(offset)});
  }
};

/// Distances to another time, modulo 2^64: one value in ns, narrow in units, or wide in ns.
struct SpanColumn {
  std::int64_t all_ns = 0;
  std::uint64_t unit_ns = 1;
  const std::uint32_t* narrow = nullptr;
  const std::int64_t* wide = nullptr;
  DurationNs operator[](std::size_t row) const {
    if (narrow != nullptr) return {static_cast<std::int64_t>(narrow[row] * unit_ns)};
    return {wide == nullptr ? all_ns : wide[row]};
  }
};

}  // namespace pcapsule::read
