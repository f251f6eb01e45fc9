// SPDX-License-Identifier: Apache-2.0
// Selections as they stand on the command line.
#include <algorithm>
#include <charconv>
#include <string>

#include "analyzer/select/selection.h"
#include "common/text/time_text.h"

namespace pcapsule::select {

namespace {

/// The decimal number at the beginning of `text`, which it consumes.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

std::optional<StreamRange> take_range(std::string_view& text) {
  const auto first = take_number(text);
  if (!first) return std::nullopt;
  if (!text.starts_with('-')) return StreamRange{*first, *first};
  text.remove_prefix(1);
  const auto last = take_number(text);
  if (!last || *last < *first) return std::nullopt;
  return StreamRange{*first, *last};
}

/// A number with a unit, or seconds.
std::optional<DurationNs> parse_span(std::string_view text) {
  if (const auto span = text::parse_duration(text)) return span;
  return text::parse_duration(std::string(text) + "s");
}

/// Ascending, disjoint, and joined where one ends next to another.
std::vector<StreamRange> normalized(std::vector<StreamRange> ranges) {
  std::ranges::sort(ranges, {}, &StreamRange::first);
  std::vector<StreamRange> joined;
  for (const StreamRange& range : ranges) {
    if (!joined.empty() && range.first <= std::uint64_t{joined.back().last} + 1) {
      joined.back().last = std::max(joined.back().last, range.last);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

std::string streams_text(const std::vector<StreamRange>& ranges) {
  std::string text;
  for (const StreamRange& range : normalized(ranges)) {
    text += (text.empty() ? "" : ",") + std::to_string(range.first);
    if (range.last != range.first) text += "-" + std::to_string(range.last);
  }
  return text;
}

std::string bound_text(const TimeBound& bound) {
  std::string text;
  if (bound.clock == TimeBound::Clock::kEpoch) {
    text::append_iso8601_utc(text, {bound.ns});
    return text;
  }
  if (bound.clock == TimeBound::Clock::kConnection) text += '+';
  text::append_seconds(text, {bound.ns}, 9);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string to_text(const SelectionSpec& spec) {
  std::string text;
  const auto put = [&text](const char* option, const std::string& value) {
    text += (text.empty() ? "" : " ") + std::string(option) + " " + value;
  };
  if (spec.filter) put("-Y", spec.filter->text());
  if (!spec.streams.empty()) put("-s", streams_text(spec.streams));
  if (spec.client) put("--client", pcapsule::to_text(*spec.client));
  if (spec.server) put("--server", pcapsule::to_text(*spec.server));
  if (spec.after) put("--after", bound_text(*spec.after));
  if (spec.before) put("--before", bound_text(*spec.before));
  return text.empty() ? "all" : text;
}

Result<std::vector<StreamRange>> parse_streams(std::string_view text) {
  std::vector<StreamRange> ranges;
  std::string_view rest = text;
  for (;;) {
    const auto range = take_range(rest);
    if (!range || (!rest.empty() && rest.front() != ',')) break;
    ranges.push_back(*range);
    if (rest.empty()) return ranges;
    rest.remove_prefix(1);
  }
  return Error{ErrorCode::kUsage,
               "-s " + std::string(text) + ": not a list of tcp.stream numbers; write 7 or 3,5-9 (ranges upwards)"};
}

Result<TimeBound> parse_time_bound(std::string_view text) {
  if (const auto span = parse_span(text)) {
    return TimeBound{text.starts_with('+') ? TimeBound::Clock::kConnection : TimeBound::Clock::kCapture, span->value};
  }
  if (const auto time = text::parse_iso8601(text)) return TimeBound{TimeBound::Clock::kEpoch, time->value};
  return Error{ErrorCode::kUsage,
               std::string(text) +
                   ": not a time; write seconds since the first frame (21.1), +21.1 for seconds since the "
                   "connection's first segment, or 2018-09-26T21:21:02.88 (add Z for UTC)"};
}

}  // namespace pcapsule::select
