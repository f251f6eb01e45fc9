// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/analysis/duplicates.h"
#include "analyzer/analysis/labels/mptcp_timeline.h"
#include "analyzer/analysis/receive_window.h"
#include "analyzer/analysis/relative_numbers.h"
#include "analyzer/analysis/rtt.h"
#include "analyzer/analysis/throughput.h"
#include "analyzer/plot/points.h"
#include "analyzer/select/conversations.h"

/// From the rows of conversations to the points of pictures. Everything is computed from a connection's start; only
/// what selected rows say becomes a point.
namespace pcapsule::plot {

struct SeriesOptions {
  std::optional<analysis::AssumedScale> assumed_scale;
  std::optional<bool> client;        ///< only that side; of kWindowAck and kTimeSequence: which one
  std::optional<DurationNs> bucket;  ///< of kThroughput; nullopt: about kUsualBuckets
  bool keep_duplicates = false;      ///< copies at the tap count as segments (S40)
};

/// The columns that the series of a kind read.
read::ColumnSet series_columns(Kind kind, const SeriesOptions& options);

/// What all kinds do with the rows: segments only.
class ConnectionSeries : public select::ConversationSink {
 public:
  ConnectionSeries(const SeriesOptions& options, PointSink& points) : options_(options), points_(points) {}

  void begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases, TimestampNs start) final;
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) final;
  /// Call after the last row.
  void close();

  /// Connections whose windows have no number because their scale is not certain.
  [[nodiscard]] std::uint64_t unknown_scales() const { return unknown_scales_; }
  /// Connections of which nothing is shown because their buckets are too many.
  [[nodiscard]] const std::vector<std::uint32_t>& too_long() const { return too_long_; }

 protected:
  /// A segment, and its relative numbers.
  struct Segment {
    const analysis::WindowRow& row;
    analysis::RelativeNumbers numbers;
    bool selected = false;
  };

  virtual void begin_connection() = 0;
  /// Every row before it is told apart, also one that is no segment, or a copy at the tap.
  virtual void see(const read::SegmentChunk& /*chunk*/, std::size_t /*row*/) {}
  virtual void segment(const Segment& segment) = 0;
  virtual void end_connection() {}

  [[nodiscard]] const SeriesOptions& options() const { return options_; }
  [[nodiscard]] const read::Connection& connection() const { return connection_; }
  [[nodiscard]] const analysis::WindowScale& scale() const { return scale_; }
  [[nodiscard]] TimestampNs start() const { return start_; }
  [[nodiscard]] bool is_client(unsigned side) const { return side == connection_.client; }
  [[nodiscard]] bool wants(unsigned side) const { return !options_.client || *options_.client == is_client(side); }
  /// The side whose data, or whose windows, a picture of one side is about: the one asked for, else the
  /// one that sent (`sender`), or received, more payload.
  [[nodiscard]] unsigned chosen_side(bool sender) const;
  /// A point of `side`'s series of the pair that begins with `client`.
  void put(SeriesId client, unsigned side, const read::Moment& at, double value) {
    put(of_side(client, is_client(side)), at, value, value);
  }
  void put(SeriesId series, const read::Moment& at, double value, double value_end);
  void put(SeriesId series, const Point& point) { wants_more_ = points_.put(series, point) && wants_more_; }
  void hold(SeriesId series, std::int64_t x_ns) { points_.hold(series, x_ns); }
  /// The last value of the side's series of the pair that begins with `client` holds to the end of what is shown.
  void hold_to_end(SeriesId client, unsigned side) {
    if (shown_first_) hold(of_side(client, is_client(side)), (shown_last_ - start_).value);
  }
  /// Does the moment lie within what is shown?
  [[nodiscard]] bool is_shown(TimestampNs time) const {
    return shown_first_ && time >= *shown_first_ && time <= shown_last_;
  }
  void note_unknown_scale() { unknown_ = true; }
  void note_too_long() { too_long_.push_back(connection_.number); }

 private:
  SeriesOptions options_;
  PointSink& points_;
  read::Connection connection_;
  std::span<const analysis::Rebase> rebases_;
  analysis::Duplicates duplicates_;
  analysis::RelativeTracker numbers_{analysis::Bases()};
  analysis::WindowScale scale_;
  TimestampNs start_;
  std::optional<TimestampNs> shown_first_;  ///< the least and the greatest stamp of selected segments
  TimestampNs shown_last_;
  bool open_ = false;
  bool unknown_ = false;
  bool wants_more_ = true;
  std::uint64_t unknown_scales_ = 0;
  std::vector<std::uint32_t> too_long_;
};

/// The series of a kind that is_of_one_connection(). `mptcp`, of the whole file for kTimeSequence, outlives them.
std::unique_ptr<ConnectionSeries> make_connection_series(Kind kind, const SeriesOptions& options,
                                                         const analysis::MptcpTimeline& mptcp, PointSink& points);

}  // namespace pcapsule::plot
