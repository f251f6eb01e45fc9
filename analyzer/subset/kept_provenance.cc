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

/// By Outcome.
constexpr std::array<std::string_view, 3> kNames = {"segment", "malformed_tcp", "quoted_tcp"};
// Those that come last in a catalog.
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

KeptProvenance::Outcome KeptProvenance::outcome_of(std::uint8_t oddities) {
  if ((oddities & oddity::kQuoted) != 0) return kQuoted;
  return (oddities & oddity::kNoSegment) != 0 ? kMalformed : kSegment;
}

void KeptProvenance::note(std::uint64_t frame, std::uint8_t oddities, bool kept) {
  const Outcome outcome = outcome_of(oddities);
  if (frame == frame_) {
    outcome_ = std::min(outcome_, outcome);
    kept_ |= kept;
  } else {
    count_frame();
    frame_ = frame;
    outcome_ = outcome;
    kept_ = kept;
  }
  if (kept) count_row(frame);
}

void KeptProvenance::count_frame() {
  if (kept_) ++frames_[outcome_];
}

void KeptProvenance::count_row(std::uint64_t frame) {
  std::vector<record::CaptureInfo>& captures = provenance_.captures;
  if (captures.empty()) return;
  while (capture_ + 1 < captures.size() && frame >= captures[capture_ + 1].first_frame) {
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

  count_frame();
  std::vector<NamedCount>& outcomes = provenance_.outcomes;
  std::uint64_t before = 0;
  std::uint64_t frames = 0;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    before += exchange(outcomes, kNames[i], frames_[i]);
    frames += frames_[i];
  }
  if (frames > before) {
    return Error{ErrorCode::kCorrupt, "the catalog counts " + std::to_string(before) +
                                          " frames with a TCP header, but there are at least " +
                                          std::to_string(frames)};
  }
  const std::uint64_t left_out = before - frames + exchange(outcomes, kNotChosen, 0);
  std::erase_if(outcomes, [](const NamedCount& outcome) { return outcome.count == 0; });
  if (left_out > 0) {
    const auto place = std::ranges::find(outcomes, kFilteredOut, &NamedCount::name);
    outcomes.insert(place, {std::string(kNotChosen), left_out});
  }
  return std::move(provenance_);
}

}  // namespace pcapsule::subset
