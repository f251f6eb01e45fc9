// SPDX-License-Identifier: Apache-2.0
#include "analyzer/subset/kept_provenance.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "common/net/tcp_oddity.h"

namespace pcapsule::subset {

namespace {

using record::NamedCount;

// Outcomes of which every frame is a row.
constexpr std::string_view kSegment = "segment";
constexpr std::string_view kMalformed = "malformed_tcp";
constexpr std::string_view kQuoted = "quoted_tcp";
// And those that come last in a catalog.
constexpr std::string_view kNotChosen = "not_chosen";
constexpr std::string_view kFilteredOut = "filtered_out";

/// Sets the count of `name` and yields what it was; 0 where it is missing.
std::uint64_t exchange(std::vector<NamedCount>& counts, std::string_view name, std::uint64_t count) {
  const auto found = std::ranges::find(counts, name, &NamedCount::name);
  return found == counts.end() ? 0 : std::exchange(found->count, count);
}

}  // namespace

KeptProvenance::KeptProvenance(const record::Catalog& from, std::string selection) : provenance_(from) {
  provenance_.subset.push_back(std::move(selection));
  for (record::CaptureInfo& capture : provenance_.captures) capture.first_row = capture.rows = 0;
}

void KeptProvenance::count(const record::SegmentRow& row) {
  const bool quoted = (row.oddities & oddity::kQuoted) != 0;
  const bool malformed = !quoted && (row.oddities & oddity::kNoSegment) != 0;
  ++(quoted ? quoted_ : malformed ? malformed_ : segments_);

  std::vector<record::CaptureInfo>& captures = provenance_.captures;
  if (captures.empty()) return;
  while (capture_ + 1 < captures.size() && row.frame >= captures[capture_ + 1].first_frame) {
    ++capture_;
    captures[capture_].first_row = captures[capture_ - 1].first_row + captures[capture_ - 1].rows;
  }
  ++captures[capture_].rows;
}

Result<record::Provenance> KeptProvenance::finish() {
  std::vector<record::CaptureInfo>& captures = provenance_.captures;
  for (std::size_t i = capture_ + 1; i < captures.size(); ++i) {
    captures[i].first_row = captures[i - 1].first_row + captures[i - 1].rows;
  }

  std::vector<NamedCount>& outcomes = provenance_.outcomes;
  const std::uint64_t rows_before = exchange(outcomes, kSegment, segments_) +
                                    exchange(outcomes, kMalformed, malformed_) + exchange(outcomes, kQuoted, quoted_);
  const std::uint64_t rows = segments_ + malformed_ + quoted_;
  if (rows > rows_before) {
    return Error{ErrorCode::kCorrupt, "the catalog counts " + std::to_string(rows_before) +
                                          " frames with a TCP header, but there are at least " + std::to_string(rows)};
  }
  const std::uint64_t left_out = rows_before - rows + exchange(outcomes, kNotChosen, 0);
  std::erase_if(outcomes, [](const NamedCount& outcome) { return outcome.count == 0; });
  if (left_out > 0) {
    const auto place = std::ranges::find(outcomes, kFilteredOut, &NamedCount::name);
    outcomes.insert(place, {std::string(kNotChosen), left_out});
  }
  return std::move(provenance_);
}

}  // namespace pcapsule::subset
