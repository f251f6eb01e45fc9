// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/connection_series.h"

#include <algorithm>

#include "analyzer/analysis/labels/label_replay.h"
#include "analyzer/analysis/time_buckets.h"
#include "common/base/overflow.h"

namespace pcapsule::plot {

using analysis::WindowRow;
using C = read::SegmentColumn;

namespace {

constexpr std::int64_t kUsualBuckets = 240;
/// In less a single segment would be a throughput that no link has.
constexpr DurationNs kLeastBucket{1'000'000};

/// Receive windows (S23 to S30): where certain, as numbers; dips and zero windows marked.
class WindowSeries final : public ConnectionSeries {
 public:
  using ConnectionSeries::ConnectionSeries;

 private:
  void begin_connection() override { window_.emplace(scale(), analysis::DipRule()); }

  void segment(const Segment& s) override {
    window_->feed(s.row);
    if (!s.selected || !wants(s.row.side)) return;
    if (!s.row.word.has(tcp_flag::kSyn | tcp_flag::kRst) && !analysis::is_certain(scale().state)) note_unknown_scale();
    if (const auto sample = analysis::window_sample(scale(), s.row)) {
      put(SeriesId::kClientWindow, sample->side, sample->at, sample->bytes);
    }
    if (analysis::is_zero_window(s.row)) put(SeriesId::kZeroWindow, s.row.at, 0, 0);
  }

  void end_connection() override {
    const analysis::ConnectionWindow window = window_->finish();
    for (const unsigned side : {0U, 1U}) {
      if (!wants(side)) continue;
      hold_to_end(SeriesId::kClientWindow, side);
      for (const analysis::WindowDip& dip : window.side[side].dips) {
        if (is_shown(dip.lowest.time)) put(SeriesId::kDip, dip.lowest, dip.lowest_bytes, dip.lowest_bytes);
      }
    }
  }

  std::optional<analysis::ReceiveWindow> window_;
};

/// One side's window, and what it acknowledged.
class WindowAckSeries final : public ConnectionSeries {
 public:
  using ConnectionSeries::ConnectionSeries;

 private:
  void begin_connection() override { side_ = chosen_side(false); }

  void segment(const Segment& s) override {
    if (!s.selected || s.row.side != side_ || s.row.word.has(tcp_flag::kRst)) return;
    if (s.numbers.ack) put(SeriesId::kClientAck, side_, s.row.at, static_cast<double>(*s.numbers.ack));
    if (!s.row.word.has(tcp_flag::kSyn) && !analysis::is_certain(scale().state)) note_unknown_scale();
    if (const auto sample = analysis::window_sample(scale(), s.row)) {
      put(SeriesId::kClientWindow, side_, sample->at, sample->bytes);
    }
    if (analysis::is_zero_window(s.row)) put(SeriesId::kZeroWindow, s.row.at, 0, 0);
  }

  void end_connection() override {
    hold_to_end(SeriesId::kClientAck, side_);
    hold_to_end(SeriesId::kClientWindow, side_);
  }

  unsigned side_ = 0;
};

/// What one side sent, what the other acknowledged, and up to where it allowed to send; what Wireshark
/// calls a retransmission is marked.
class TimeSequenceSeries final : public ConnectionSeries {
 public:
  TimeSequenceSeries(const SeriesOptions& options, const analysis::MptcpTimeline& mptcp, PointSink& points)
      : ConnectionSeries(options, points), mptcp_(mptcp) {}

 private:
  void begin_connection() override {
    side_ = chosen_side(true);
    replay_.emplace(connection(), mptcp_);
  }

  void see(const read::SegmentChunk& chunk, std::size_t row) override {
    labels_ = replay_->feed(analysis::label_row(chunk, row));
  }

  void segment(const Segment& s) override {
    if (!s.selected || s.row.word.has(tcp_flag::kRst)) return;
    if (s.row.side == side_) return put_data(s);
    if (!s.numbers.ack) return;
    if (!s.row.word.has(tcp_flag::kSyn) && !analysis::is_certain(scale().state)) note_unknown_scale();
    const auto ack = static_cast<double>(*s.numbers.ack);
    put(SeriesId::kClientAck, s.row.side, s.row.at, ack);
    if (const auto sample = analysis::window_sample(scale(), s.row)) {
      put(SeriesId::kClientEdge, s.row.side, s.row.at, ack + sample->bytes);
    }
  }

  void end_connection() override {
    hold_to_end(SeriesId::kClientAck, side_ ^ 1U);
    hold_to_end(SeriesId::kClientEdge, side_ ^ 1U);
  }

  void put_data(const Segment& s) {
    if (s.row.payload == 0 || !s.row.length_known() || !s.numbers.seq) return;
    // A SYN stands before the data that it carries (S21).
    const double begin = static_cast<double>(*s.numbers.seq) + (s.row.word.has(tcp_flag::kSyn) ? 1 : 0);
    put(of_side(SeriesId::kClientData, is_client(side_)), s.row.at, begin, begin + s.row.payload);
    if (labels_.has(analysis::Label::kRetransmission)) put(SeriesId::kRetransmission, s.row.at, begin, begin);
  }

  const analysis::MptcpTimeline& mptcp_;
  unsigned side_ = 0;
  std::optional<analysis::LabelReplay> replay_;
  analysis::SegmentLabels labels_;  ///< of the row
};

/// Payload by stretches of time, and the part of it that was new.
class ThroughputSeries final : public ConnectionSeries {
 public:
  using ConnectionSeries::ConnectionSeries;

 private:
  void begin_connection() override {
    const DurationNs duration = connection().last.time - connection().first.time;
    const auto& asked = options().bucket;
    throughput_.emplace(start(), asked ? analysis::BucketWidth{*asked, std::nullopt}
                                       : analysis::default_width(duration, kUsualBuckets, kLeastBucket));
  }

  void segment(const Segment& s) override {
    // What was sent before the stretch that is shown is not new in it.
    const bool has_data = s.row.payload > 0 && s.row.length_known() && s.numbers.seq && !s.row.word.has(tcp_flag::kRst);
    const std::int64_t seq = s.numbers.seq.value_or(0) + (s.row.word.has(tcp_flag::kSyn) ? 1 : 0);
    const analysis::SentRange sent = {s.row.at, s.row.side, seq, has_data ? s.row.payload : 0};
    if (s.selected) allowance_.add_segment();
    s.selected ? throughput_->add(sent) : throughput_->know(sent);
  }

  void end_connection() override {
    for (const unsigned side : {0U, 1U}) {
      if (!wants(side)) continue;
      const auto buckets = allowance_.take(throughput_->count()) ? throughput_->buckets(side) : std::nullopt;
      if (!buckets) return note_too_long();
      for (const analysis::ThroughputBucket& bucket : *buckets) {
        put_rate(SeriesId::kClientThroughput, side, bucket, bucket.bytes);
        put_rate(SeriesId::kClientGoodput, side, bucket, bucket.new_bytes);
      }
      if (buckets->empty()) continue;
      for (const SeriesId client : {SeriesId::kClientThroughput, SeriesId::kClientGoodput}) {
        hold(of_side(client, is_client(side)), saturating_add(buckets->back().start.value, throughput_->width().value));
      }
    }
  }

  void put_rate(SeriesId client, unsigned side, const analysis::ThroughputBucket& bucket, std::uint64_t bytes) {
    const double bits_per_s = static_cast<double>(bytes) * 8 * static_cast<double>(kNsPerSecond) /
                              static_cast<double>(throughput_->width().value);
    put(of_side(client, is_client(side)), point_at(bucket.start.value, bits_per_s, bucket.first_frame));
  }

  analysis::BucketAllowance allowance_;
  std::optional<analysis::Throughput> throughput_;
};

class RttSeries final : public ConnectionSeries {
 public:
  using ConnectionSeries::ConnectionSeries;

 private:
  void begin_connection() override { sampler_ = {}; }

  void segment(const Segment& s) override {
    const WindowRow& row = s.row;
    const auto sample = sampler_.feed({row.at, row.side, row.word, row.oddities, row.seq, row.ack, row.payload});
    if (!sample || !s.selected || !wants(sample->side)) return;
    put(SeriesId::kClientRtt, sample->side, sample->at, static_cast<double>(sample->rtt.value));
  }

  analysis::RttSampler sampler_;
};

}  // namespace

read::ColumnSet series_columns(Kind kind, const SeriesOptions& options) {
  read::ColumnSet columns = analysis::window_columns();
  if (!options.keep_duplicates) columns |= analysis::copy_columns();
  if (kind == Kind::kTimeSequence) columns |= analysis::label_columns();
  return columns;
}

void ConnectionSeries::begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases,
                             TimestampNs start) {
  close();
  connection_ = connection;
  rebases_ = rebases;
  duplicates_ = {};
  numbers_ = analysis::RelativeTracker(analysis::first_bases(connection));
  scale_ = analysis::window_scale(connection, options_.assumed_scale);
  start_ = start;
  open_ = true;
  unknown_ = false;
  shown_first_.reset();
  points_.connection(connection.number);
  begin_connection();
}

bool ConnectionSeries::row(const read::SegmentChunk& chunk, std::size_t row, bool selected) {
  see(chunk, row);
  const WindowRow of = analysis::window_row(chunk, row);
  while (!rebases_.empty() && rebases_.front().row <= chunk.first_row + row) {
    numbers_.rebase(rebases_.front().side, rebases_.front().base);
    rebases_ = rebases_.subspan(1);
  }
  const auto numbers = numbers_.feed({of.side, of.word, of.seq, of.ack, of.oddities});
  if (!of.is_segment()) return wants_more_;
  if (!options_.keep_duplicates && duplicates_.feed(analysis::copy_row(chunk, row))) return wants_more_;
  if (selected) {
    shown_last_ = shown_first_ ? std::max(shown_last_, of.at.time) : of.at.time;
    shown_first_ = shown_first_ ? std::min(*shown_first_, of.at.time) : of.at.time;
  }
  segment({of, numbers, selected});
  return wants_more_;
}

void ConnectionSeries::close() {
  if (!open_) return;
  open_ = false;
  end_connection();
  if (unknown_) ++unknown_scales_;
}

unsigned ConnectionSeries::chosen_side(bool sender) const {
  const unsigned client = connection_.client;
  if (options_.client) return *options_.client ? client : client ^ 1U;
  const bool client_sent_more = connection_.client_side().payload_bytes > connection_.server_side().payload_bytes;
  return client_sent_more == sender ? client : client ^ 1U;
}

void ConnectionSeries::put(SeriesId series, const read::Moment& at, double value, double value_end) {
  put(series, Point{(at.time - start_).value, value, value_end, at.frame});
}

std::unique_ptr<ConnectionSeries> make_connection_series(Kind kind, const SeriesOptions& options,
                                                         const analysis::MptcpTimeline& mptcp, PointSink& points) {
  switch (kind) {
    case Kind::kWindowAck:
      return std::make_unique<WindowAckSeries>(options, points);
    case Kind::kTimeSequence:
      return std::make_unique<TimeSequenceSeries>(options, mptcp, points);
    case Kind::kThroughput:
      return std::make_unique<ThroughputSeries>(options, points);
    case Kind::kRtt:
      return std::make_unique<RttSeries>(options, points);
    case Kind::kWindow:
    case Kind::kHandshakes:
    case Kind::kHandshakeDistribution:
      break;
  }
  return std::make_unique<WindowSeries>(options, points);
}

}  // namespace pcapsule::plot
