// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "extractor/track/connection_tracker.h"
#include "extractor/write/column_builder.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::write {

using TableBuilder = fb::ConnectionChunkBuilder;

inline constexpr std::int64_t kMicrosecondNs = 1000;

/// Signed spans of time: all equal, u32 in the chunk's unit, or i64 in ns.
struct Spans {
  std::int64_t all = 0;
  VectorOffset<std::uint32_t> narrow;
  VectorOffset<std::int64_t> wide;
};

/// The connections of one chunk, and how to turn facts of them into columns.
class ConnectionColumns {
 public:
  ConnectionColumns(flatbuffers::FlatBufferBuilder& fbb, const track::ConnectionTracker& tracker,
                    std::span<const std::uint32_t> numbers)
      : columns_(fbb) {
    records_.reserve(numbers.size());
    for (const std::uint32_t number : numbers) records_.push_back(&tracker.record(number));
    const auto whole = [](TimestampNs time) { return time.value % kMicrosecondNs == 0; };
    const bool micro = std::all_of(records_.begin(), records_.end(), [&](const track::ConnectionRecord* r) {
      return whole(r->first_time) && whole(r->last_time) &&
             std::all_of(r->event_time.begin(), r->event_time.end(), whole);
    });
    unit_ns_ = micro ? kMicrosecondNs : 1;
  }

  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] const track::ConnectionRecord& operator[](std::size_t i) const { return *records_[i]; }
  [[nodiscard]] std::uint32_t unit_ns() const { return static_cast<std::uint32_t>(unit_ns_); }
  [[nodiscard]] ColumnBuilder& builder() { return columns_; }

  template <class T, class Get>
  std::vector<T> gather(Get&& get) const {
    std::vector<T> values(records_.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(get(*records_[i]));
    return values;
  }

  template <class T, class Get>
  Plain<T> plain(Get&& get) {
    const std::vector<T> values = gather<T>(get);
    return columns_.plain(std::span(values));
  }

  template <class Get>
  Narrowed<std::uint32_t, std::uint64_t> counter(Get&& get) {
    const std::vector<std::uint64_t> values = gather<std::uint64_t>(get);
    return columns_.narrowed<std::uint32_t, std::uint64_t>(std::span(values));
  }

  /// Distances from the least value; absent when all are equal.
  template <class Get>
  Offsets<std::uint64_t, std::uint64_t> offsets(Get&& get) {
    const std::vector<std::uint64_t> values = gather<std::uint64_t>(get);
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const std::uint64_t base = *least;
    if (*greatest == base) return {base, 1, 0, 0};
    const auto from_base = [&](std::size_t i) { return values[i] - base; };
    if (*greatest - base <= std::numeric_limits<std::uint32_t>::max())
      return {base, 1, columns_.vector<std::uint32_t>(values.size(), from_base), 0};
    return {base, 1, 0, columns_.vector<std::uint64_t>(values.size(), from_base)};
  }

  Offsets<std::int64_t, std::uint64_t> first_times() {
    const auto values = gather<std::int64_t>([](const track::ConnectionRecord& r) { return r.first_time.value; });
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const std::int64_t base = *least;
    const auto distance = [&](std::int64_t to) {
      return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(base);
    };
    const auto unit = static_cast<std::uint64_t>(unit_ns_);
    if (distance(*greatest) / unit <= std::numeric_limits<std::uint32_t>::max()) {
      return {base, 1,
              columns_.vector<std::uint32_t>(values.size(), [&](std::size_t i) { return distance(values[i]) / unit; }),
              0};
    }
    return {base, 1, 0,
            columns_.vector<std::uint64_t>(values.size(), [&](std::size_t i) { return distance(values[i]); })};
  }

  /// Spans since the connection's first time; 0 where `exists` says no.
  template <class Get, class Exists>
  Spans spans(Get&& time_of, Exists&& exists) {
    const auto values = gather<std::int64_t>([&](const track::ConnectionRecord& r) {
      return exists(r) ? (time_of(r) - r.first_time).value : std::int64_t{0};
    });
    if (all_equal(std::span(values))) return {values.front(), 0, 0};
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    if (*least >= 0 && *greatest / unit_ns_ <= std::int64_t{std::numeric_limits<std::uint32_t>::max()}) {
      return {0, columns_.vector<std::uint32_t>(values.size(), [&](std::size_t i) { return values[i] / unit_ns_; }), 0};
    }
    return {0, 0, columns_.vector(std::span(values))};
  }

 private:
  ColumnBuilder columns_;
  std::vector<const track::ConnectionRecord*> records_;
  std::int64_t unit_ns_ = 1;
};

template <class AddAll, class AddNarrow, class AddWide>
void add_spans(TableBuilder& table, const Spans& spans, AddAll add_all, AddNarrow add, AddWide add_wide) {
  if (!spans.narrow.IsNull()) {
    (table.*add)(spans.narrow);
  } else if (!spans.wide.IsNull()) {
    (table.*add_wide)(spans.wide);
  } else {
    (table.*add_all)(spans.all);
  }
}

template <class Base, class AddBase>
void add_offsets(TableBuilder& table, const Offsets<Base, std::uint64_t>& offsets, AddBase add_base,
                 void (TableBuilder::*add)(VectorOffset<std::uint32_t>),
                 void (TableBuilder::*add_wide)(VectorOffset<std::uint64_t>)) {
  (table.*add_base)(offsets.base);
  if (!offsets.narrow.IsNull()) (table.*add)(offsets.narrow);
  if (!offsets.wide.IsNull()) (table.*add_wide)(offsets.wide);
}

template <class T>
void add_sparse(TableBuilder& table, VectorOffset<T> vector, void (TableBuilder::*add)(VectorOffset<T>)) {
  if (!vector.IsNull()) (table.*add)(vector);
}

}  // namespace pcapsule::write
