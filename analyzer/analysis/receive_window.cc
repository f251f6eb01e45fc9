// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/receive_window.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "analyzer/analysis/quantile.h"
#include "common/format/record_layout.h"

namespace pcapsule::analysis {

using C = read::SegmentColumn;

namespace {

/// a - b in the arithmetic of sequence numbers.
constexpr std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

/// Adds a span of time to a sum, unless that leaves 64 bits: stamps may be anything.
bool add_overflows(std::int64_t& sum, std::int64_t span) {
  if (span > std::numeric_limits<std::int64_t>::max() - sum) return true;  // neither is negative
  sum += span;
  return false;
}

}  // namespace

read::ColumnSet window_columns() {
  return {C::kFrame, C::kTime, C::kMarks, C::kOddities, C::kTcpWord, C::kSeq, C::kAck, C::kWindow, C::kPayload};
}

WindowRow window_row(const read::SegmentChunk& chunk, std::size_t row) {
  const unsigned side = (chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0;
  return {{chunk.frame[row], chunk.time[row]},
          side,
          TcpWord{chunk.tcp_word[row]},
          chunk.window[row],
          chunk.oddities[row],
          chunk.seq[row],
          chunk.ack[row],
          chunk.payload[row]};
}

std::optional<WindowSample> window_sample(const WindowScale& scale, const WindowRow& row) {
  if (!row.is_segment() || !is_certain(scale.state) || row.word.has(tcp_flag::kSyn | tcp_flag::kRst)) {
    return std::nullopt;
  }
  const auto bytes = scale.bytes(row.side, row.word, row.field);
  if (!bytes) return std::nullopt;
  return WindowSample{row.at, row.side, *bytes};
}

bool is_zero_window(const WindowRow& row) {
  return row.is_segment() && row.field == 0 && !row.word.has(tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst);
}

std::optional<DurationNs> WindowStall::duration() const {
  const DurationNs span = end.time - begin.time;
  if (span.value < 0) return std::nullopt;
  return span;
}

StallTotals totals_of(std::span<const WindowStall> stalls) {
  StallTotals totals;
  totals.total = DurationNs{0};
  for (const WindowStall& stall : stalls) {
    totals.probes += stall.probes;
    totals.open += stall.open ? 1 : 0;
    const auto duration = stall.duration();
    if (!duration || !totals.total || add_overflows(totals.total->value, duration->value)) totals.total.reset();
    if (!duration) continue;
    if (totals.longest == nullptr || *duration > *totals.longest->duration()) totals.longest = &stall;
  }
  return totals;
}

std::optional<double> ConnectionWindow::limited_share(unsigned of) const {
  const auto limited = side[of].limited;
  if (!limited || duration.value <= 0 || *limited > duration) return std::nullopt;
  return static_cast<double>(limited->value) / static_cast<double>(duration.value);
}

ReceiveWindow::ReceiveWindow(const WindowScale& scale, const DipRule& rule)
    : scale_(scale), certain_(is_certain(scale.state)), dips_{DipFinder(rule), DipFinder(rule)} {
  if (!certain_) return;
  for (SideWindow& side : result_.side) {
    side.full = 0;
    side.exceeded = 0;
  }
}

void ReceiveWindow::feed(const WindowRow& row) {
  if (!row.is_segment()) return;
  if (!first_) first_ = row.at;
  last_ = row.at;
  if (row.word.has(tcp_flag::kRst)) return;  // its window and its text say nothing (S22, S28)
  if (row.word.has(tcp_flag::kSyn)) follow_syn(row);
  follow_window(row);
  if (!row.word.has(tcp_flag::kSyn)) follow_data(row);
}

/// What the other side acknowledged before a SYN is of other numbers.
void ReceiveWindow::follow_syn(const WindowRow& row) {
  next_[row.side] = row.seq + 1 + (row.length_known() ? row.payload : 0);
  Receiver& other = receiver_[row.side ^ 1U];
  end_limit(other, row.at.time);
  other.acked.reset();
  other.edge.reset();
}

void ReceiveWindow::follow_window(const WindowRow& row) {
  Receiver& receiver = receiver_[row.side];
  SideWindow& side = result_.side[row.side];
  const bool zero = is_zero_window(row);
  if (zero && !receiver.stalled) {
    side.stalls.push_back({row.at, {}, false, 0});
    receiver.stalled = true;
  } else if (receiver.stalled && row.field > 0 && !row.word.has(tcp_flag::kSyn)) {
    side.stalls.back().end = row.at;
    receiver.stalled = false;
  }
  if (const auto sample = window_sample(scale_, row)) {
    receiver.windows.push_back(sample->bytes);
    if (const auto dip = dips_[row.side].feed(row.at, sample->bytes)) side.dips.push_back(*dip);
  }
  if (row.word.has(tcp_flag::kAck)) follow_edge(row, zero);
}

void ReceiveWindow::follow_edge(const WindowRow& row, bool zero) {
  Receiver& receiver = receiver_[row.side];
  if (receiver.acked && distance(row.ack, *receiver.acked) < 0) return;  // an old segment: its window is no news
  receiver.acked = row.ack;
  auto& next = next_[row.side ^ 1U];
  if (!next || distance(row.ack, *next) > 0) next = row.ack;  // what was sent is not in the capture
  if (!certain_) return;
  const auto bytes = scale_.bytes(row.side, row.word, row.field);
  receiver.edge = bytes ? std::optional(row.ack + *bytes) : std::nullopt;
  if (!receiver.edge) return;
  if (receiver.limited_at && distance(*receiver.edge, receiver.limit) > 0) end_limit(receiver, row.at.time);
  if (zero) begin_limit(receiver, row.at.time);
}

/// One byte at the next number (RFC 9293 section 3.8.6.1), or what looks like a keep-alive, as Linux does.
bool ReceiveWindow::is_probe(const WindowRow& row) const {
  const auto& next = next_[row.side];
  if (!receiver_[row.side ^ 1U].stalled || !next || row.word.has(tcp_flag::kFin)) return false;
  return (row.payload == 1 && row.seq == *next) || (row.payload <= 1 && row.seq == *next - 1);
}

void ReceiveWindow::follow_data(const WindowRow& row) {
  if (!row.length_known()) return;
  Receiver& receiver = receiver_[row.side ^ 1U];
  SideWindow& limiting = result_.side[row.side ^ 1U];
  const std::uint32_t end = row.seq + row.payload;
  if (is_probe(row)) {
    ++limiting.stalls.back().probes;
  } else if (row.payload > 0 && receiver.edge && end == *receiver.edge) {
    ++*limiting.full;
    begin_limit(receiver, row.at.time);
  } else if (row.payload > 0 && receiver.edge && distance(end, *receiver.edge) > 0) {
    ++*limiting.exceeded;
    end_limit(receiver, row.at.time);  // whoever goes on is not held up
  }
  auto& next = next_[row.side];
  const std::uint32_t after = end + (row.word.has(tcp_flag::kFin) ? 1 : 0);
  if (!next || distance(after, *next) > 0) next = after;
}

/// REQUIRES: receiver.edge.
void ReceiveWindow::begin_limit(Receiver& receiver, TimestampNs time) {
  if (receiver.limited_at) return;
  receiver.limited_at = time;
  receiver.limit = *receiver.edge;
}

void ReceiveWindow::end_limit(Receiver& receiver, TimestampNs time) {
  if (!receiver.limited_at) return;
  const std::int64_t span = (time - *receiver.limited_at).value;
  receiver.clock_broken |= span < 0 || add_overflows(receiver.limited_ns, span);
  receiver.limited_at.reset();
}

ConnectionWindow ReceiveWindow::finish() {
  if (first_) result_.duration = last_.time - first_->time;
  for (unsigned k = 0; k < 2; ++k) {
    Receiver& receiver = receiver_[k];
    SideWindow& side = result_.side[k];
    if (receiver.stalled) {
      side.stalls.back().end = last_;
      side.stalls.back().open = true;
    }
    end_limit(receiver, last_.time);
    if (certain_ && !receiver.clock_broken) side.limited = DurationNs{receiver.limited_ns};
    side.samples = receiver.windows.size();
    if (receiver.windows.empty()) continue;
    const auto [least, greatest] = std::ranges::minmax(receiver.windows);
    side.least = least;
    side.greatest = greatest;
    side.median = quantile(std::span<std::uint32_t>(receiver.windows), 1, 2);
  }
  return std::move(result_);
}

}  // namespace pcapsule::analysis
