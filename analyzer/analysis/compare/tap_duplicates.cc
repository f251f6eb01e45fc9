// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/tap_duplicates.h"

#include <algorithm>

#include "analyzer/analysis/compare/segment_key.h"

namespace pcapsule::analysis::compare {

namespace {

constexpr std::int64_t kWithinNs = 1'000'000;

/// Is `copy` the same segment as `first`, seen again?
bool is_copy(const Segment& first, const Segment& copy) {
  if (first.flags != copy.flags) return false;
  if (copy.time_ns - first.time_ns > kWithinNs || first.time_ns - copy.time_ns > kWithinNs) return false;
  return first.ip_id != 0 || first.checksum == copy.checksum;
}

void remove_rows(TapRows& rows, const std::vector<std::uint8_t>& removed) {
  std::vector<std::uint32_t> moved(rows.segments.size());
  std::uint32_t kept = 0;
  for (std::size_t row = 0; row < rows.segments.size(); ++row) {
    moved[row] = kept;
    if (removed[row] == 0) rows.segments[kept++] = rows.segments[row];
  }
  rows.segments.resize(kept);
  std::erase_if(rows.sacks, [&](const SackRange& sack) { return removed[sack.row] != 0; });
  for (SackRange& sack : rows.sacks) sack.row = moved[sack.row];
}

}  // namespace

Duplicates drop_duplicates(TapRows& rows) {
  Duplicates found;
  const KeyUse everything = {true, true, true};
  KeyIndex index;
  index.build(rows.segments, {everything, everything}, {});
  std::vector<std::uint8_t> removed(rows.segments.size());
  for (std::uint32_t place = 0; place < index.places(); ++place) {
    std::uint32_t last = index.first_row(place);
    if (last == kNoRow || index.rows(place) < 2) continue;
    for (std::uint32_t row = index.next_row(last); row != kNoRow; row = index.next_row(row)) {
      if (is_copy(rows.segments[last], rows.segments[row])) {
        removed[row] = 1;
        const std::size_t direction = rows.segments[row].side;
        const std::uint64_t frame = rows.segments[row].frame;
        ++found.count[direction];
        std::uint64_t& first = found.first_frame[direction];
        first = first == 0 ? frame : std::min(first, frame);
      }
      last = row;
    }
  }
  if (found.count[0] + found.count[1] > 0) remove_rows(rows, removed);
  return found;
}

}  // namespace pcapsule::analysis::compare
