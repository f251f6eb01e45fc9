// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/raw_column.h"

#include <algorithm>
#include <limits>

#include "analyzer/filter/flag_fields.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::filter {

namespace {

using Width = RawColumn::Width;

constexpr Width width_of(std::size_t bytes) { return bytes == 1 ? Width::k8 : (bytes == 2 ? Width::k16 : Width::k32); }

template <class T>
RawColumn raw(const read::Column<T>& column, std::uint32_t mask = ~std::uint32_t{0}, bool is_flag = false) {
  return {column.is_constant() ? Width::kConstant : width_of(sizeof(T)), column.data, column.all, mask, is_flag};
}

template <class Narrow, class Wide>
RawColumn raw(const read::NarrowedColumn<Narrow, Wide>& column) {
  if (column.narrow != nullptr) return {width_of(sizeof(Narrow)), column.narrow, 0};
  return {column.wide == nullptr ? Width::kConstant : width_of(sizeof(Wide)), column.wide,
          static_cast<std::uint32_t>(column.all)};
}

/// Does no row of the chunk have one of these oddities?
bool none_has(const read::SegmentChunk& chunk, std::uint8_t oddities) {
  return chunk.oddities.is_constant() && (chunk.oddities.all & oddities) == 0;
}

/// Ranges of a set above this number are looked up by search.
constexpr std::size_t kFewRanges = 8;

/// One loop a range over elements of one type; `T` is as wide as the element, so
/// that the compiler makes it one compare of a vector.
template <class T, class Element>
void test_ranges(const Element* data, T mask, const NumberSet& set, std::span<std::uint8_t> out) {
  constexpr auto kGreatest = static_cast<std::int64_t>(std::numeric_limits<T>::max());
  const std::uint8_t outside = set.is_complement() ? 1 : 0;
  std::ranges::fill(out, outside);
  bool first = true;
  for (const NumberRange& range : set.ranges()) {
    if (range.last < 0 || range.first > kGreatest) continue;
    const auto low = static_cast<T>(std::max<std::int64_t>(range.first, 0));
    const auto width = static_cast<T>(static_cast<T>(std::min(range.last, kGreatest)) - low);
    const std::size_t count = out.size();
    std::uint8_t* const found = out.data();
    if (first) {
      for (std::size_t i = 0; i < count; ++i) {
        found[i] = static_cast<std::uint8_t>((static_cast<T>((data[i] & mask) - low) <= width ? 1 : 0) ^ outside);
      }
      first = false;
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        found[i] = static_cast<std::uint8_t>(found[i] ^ (static_cast<T>((data[i] & mask) - low) <= width ? 1 : 0));
      }
    }
  }
}

template <class T>
void test_elements(const RawColumn& column, std::size_t first, const NumberSet& set, std::span<std::uint8_t> out) {
  const T* const data = static_cast<const T*>(column.data) + first;
  const auto mask = static_cast<T>(column.mask);
  if (column.is_flag) {
    const std::uint8_t clear = set.has(0) ? 1 : 0;
    const auto differs = static_cast<std::uint8_t>(clear ^ (set.has(1) ? 1 : 0));
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(clear ^ ((data[i] & mask) != 0 ? differs : 0));
    }
  } else if (set.ranges().size() <= kFewRanges) {
    test_ranges<T>(data, mask, set, out);
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = set.has(static_cast<std::int64_t>(static_cast<T>(data[i] & mask))) ? 1 : 0;
    }
  }
}

}  // namespace

std::optional<RawColumn> raw_column(std::string_view field, const read::SegmentChunk& chunk) {
  if (field == "tcp.stream") return raw(chunk.connection);
  if (field == "tcp.seq_raw") return raw(chunk.seq);
  if (field == "tcp.len" && none_has(chunk, oddity::kLengthUnknown)) return raw(chunk.payload);
  if (!none_has(chunk, oddity::kBadDataOffset)) return std::nullopt;
  if (field == "tcp.ack_raw") return raw(chunk.ack);
  if (field == "tcp.window_size_value") return raw(chunk.window);
  if (field == "tcp.flags") return raw(chunk.tcp_word, tcp_flag::kAll);
  const auto flag = bit_of_flag_field(field);
  return flag ? std::optional(raw(chunk.tcp_word, *flag, true)) : std::nullopt;
}

void test_raw(const RawColumn& column, std::size_t first, const NumberSet& set, std::span<std::uint8_t> out) {
  switch (column.width) {
    case Width::kConstant: {
      const std::uint32_t value = column.constant & column.mask;
      std::ranges::fill(out, set.has(column.is_flag ? std::int64_t{value != 0} : std::int64_t{value}) ? 1 : 0);
      return;
    }
    case Width::k8:
      return test_elements<std::uint8_t>(column, first, set, out);
    case Width::k16:
      return test_elements<std::uint16_t>(column, first, set, out);
    case Width::k32:
      return test_elements<std::uint32_t>(column, first, set, out);
  }
}

void test_values(std::span<const std::uint64_t> values, const NumberSet& set, std::uint8_t* out) {
  if (set.ranges().size() > kFewRanges) {
    for (std::size_t i = 0; i < values.size(); ++i) out[i] = set.has(static_cast<std::int64_t>(values[i])) ? 1 : 0;
    return;
  }
  const std::uint8_t outside = set.is_complement() ? 1 : 0;
  std::fill_n(out, values.size(), outside);
  for (const NumberRange& range : set.ranges()) {
    const auto low = static_cast<std::uint64_t>(range.first);
    const std::uint64_t width = static_cast<std::uint64_t>(range.last) - low;
    for (std::size_t i = 0; i < values.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(out[i] ^ (values[i] - low <= width ? 1 : 0));
    }
  }
}

}  // namespace pcapsule::filter
