// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/ranges.h"

#include <charconv>

namespace pcapsule::filter {

namespace {

/// A decimal number at the beginning of `text`, which it consumes.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

std::optional<PlaceRange> parse_range(std::string_view text) {
  const auto first = take_number(text);
  PlaceRange range{first.value_or(0), 1};
  if (text.empty()) return first ? std::optional(range) : std::nullopt;
  const char between = text.front();
  text.remove_prefix(1);
  if (between == ':' && text.empty() && first) return range.length.reset(), range;
  const auto second = take_number(text);
  if (!second || !text.empty()) return std::nullopt;
  if (between == ':') {
    range.length = *second;
  } else if (between == '-' && first && *first >= 0 && *second > *first) {
    range.length = *second - *first + 1;
  } else {
    return std::nullopt;
  }
  return *range.length > 0 ? std::optional(range) : std::nullopt;
}

}  // namespace

std::optional<std::vector<PlaceRange>> parse_ranges(std::string_view text) {
  std::vector<PlaceRange> ranges;
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto range = parse_range(text.substr(0, comma));
    if (!range || ranges.size() == kGreatestRanges) return std::nullopt;
    ranges.push_back(*range);
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace pcapsule::filter
