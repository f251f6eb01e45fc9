// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/stall.h"

#include "common/base/overflow.h"

namespace pcapsule::analysis {

namespace {

/// Stops at the greatest duration.
void add_to(DurationNs& sum, DurationNs span) { sum.value = saturating_add(sum.value, span.value); }

}  // namespace

std::string_view to_text(StallCause cause) {
  constexpr std::array<std::string_view, 3> kNames = {"zero window", "timeout", "silence"};
  return kNames[static_cast<std::size_t>(cause)];
}

void StallFinder::feed(const StallRow& row) {
  if (last_) note_gap(row);
  last_ = row.at;
  const unsigned sender = row.side ^ 1U;
  auto& zero = zero_since_[sender];
  if (row.zero_window && !zero) zero = row.at;
  if (row.opens_window && zero) {
    add(sender, {StallCause::kZeroWindow, *zero, row.at});
    zero.reset();
  }
}

void StallFinder::note_gap(const StallRow& row) {
  const bool long_enough = row.at.time - last_->time >= kLeastStall;
  const bool timeout = long_enough && row.sent_again && !zero_since_[row.side];
  for (const unsigned k : {0U, 1U}) {
    if (!(timeout && k == row.side)) {
      // What the other side sends, or the side itself soon after, ends a row of timeouts.
      const bool goes_on = k == row.side && row.sent_again && !long_enough;
      if (!goes_on) close_timeouts(k);
    }
  }
  if (!long_enough || zero_since_[0] || zero_since_[1]) return;
  if (timeout) {
    auto& stall = timeouts_[row.side];
    if (!stall) stall = SenderStall{StallCause::kTimeout, *last_, {}};
    stall->end = row.at;
  } else if (row.outstanding[0] || row.outstanding[1]) {
    note_silence(row);
  } else {
    SideStalls& side = sides_[row.side];
    ++side.idle_count;
    add_to(side.idle, row.at.time - last_->time);
  }
}

/// Whoever waits for an ACK may have to wait for a round trip.
void StallFinder::note_silence(const StallRow& row) {
  const unsigned sender = row.outstanding[row.side ^ 1U] ? row.side ^ 1U : row.side;
  const auto& rtt = row.least_rtt[sender];
  const DurationNs least = rtt ? DurationNs{saturating_multiply(rtt->value, 2)} : kLeastSilence;
  if (row.at.time - last_->time >= least) add(sender, {StallCause::kSilence, *last_, row.at});
}

void StallFinder::close_timeouts(unsigned sender) {
  auto& stall = timeouts_[sender];
  if (!stall) return;
  add(sender, *stall);
  stall.reset();
}

void StallFinder::add(unsigned sender, const SenderStall& stall) {
  if (stall.duration().value < 0) return;
  SideStalls& side = sides_[sender];
  ++side.count;
  add_to(side.total, stall.duration());
  if (!side.longest || side.longest->duration() < stall.duration()) side.longest = stall;
}

void StallFinder::finish() {
  for (const unsigned k : {0U, 1U}) {
    close_timeouts(k);
    if (zero_since_[k] && last_) add(k, {StallCause::kZeroWindow, *zero_since_[k], *last_});
    zero_since_[k].reset();
  }
}

}  // namespace pcapsule::analysis
