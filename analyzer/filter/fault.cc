// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/fault.h"

#include <algorithm>

#include "common/text/escape.h"

namespace pcapsule::filter {

namespace {

constexpr std::uint32_t kShownBefore = 60;
constexpr std::uint32_t kShownAfter = 40;
constexpr const char* kCut = "...";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80; }

/// Places that the text takes on a terminal: characters, not bytes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

}  // namespace

Error to_error(std::string_view expression, const Fault& fault) {
  const auto size = static_cast<std::uint32_t>(expression.size());
  const std::uint32_t begin = std::min(fault.at.begin, size);
  const std::uint32_t end = std::clamp(fault.at.end, begin, size);
  std::uint32_t first = begin > kShownBefore ? begin - kShownBefore : 0;
  std::uint32_t last = size - end > kShownAfter ? end + kShownAfter : size;
  last = std::min(last, begin + 2 * (kShownBefore + kShownAfter));
  while (first < begin && continues_character(expression[first])) ++first;
  while (last < size && last > end && continues_character(expression[last])) --last;

  const auto shown = [&](std::uint32_t from, std::uint32_t to) {
    return text::escape_for_terminal(expression.substr(from, to - from));
  };
  const std::string before = (first > 0 ? kCut : "") + shown(first, begin);
  const std::uint32_t marked_end = std::min(end, last);
  const std::string marked = shown(begin, marked_end);
  const std::string after = shown(marked_end, last) + (last < size ? kCut : "");
  const std::string carets(std::max<std::size_t>(width(marked), 1), '^');
  return {
      ErrorCode::kUsage, "-Y: " + fault.message, {before + marked + after, std::string(width(before), ' ') + carets}};
}

}  // namespace pcapsule::filter
