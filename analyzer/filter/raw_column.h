// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analyzer/filter/number_set.h"
#include "analyzer/read/chunk_view.h"

namespace pcapsule::filter {

/// A field that is a column of the chunk as it lies in the file, so that a test may
/// run over the mapped bytes: `(element & mask)`, or with `is_flag` whether that is not 0.
struct RawColumn {
  enum class Width : std::uint8_t { kConstant, k8, k16, k32 };
  Width width = Width::kConstant;
  const void* data = nullptr;
  std::uint32_t constant = 0;
  std::uint32_t mask = ~std::uint32_t{0};
  bool is_flag = false;
};

/// nullopt: the field is computed, or some rows of this chunk do not have it.
std::optional<RawColumn> raw_column(std::string_view field, const read::SegmentChunk& chunk);

/// For the rows from `first` on, one byte each of `out`: is the value in the set?
void test_raw(const RawColumn& column, std::size_t first, const NumberSet& set, std::span<std::uint8_t> out);

/// The same for values at hand.
void test_values(std::span<const std::uint64_t> values, const NumberSet& set, std::uint8_t* out);

}  // namespace pcapsule::filter
