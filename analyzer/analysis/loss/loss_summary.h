// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/duplicates.h"
#include "analyzer/analysis/labels/label_replay.h"
#include "analyzer/analysis/loss/loss_replay.h"
#include "analyzer/analysis/loss/sample_set.h"
#include "analyzer/analysis/loss/stall.h"
#include "analyzer/read/connection.h"

namespace pcapsule::analysis {

/// Quantiles of what was measured of one side.
struct Quantiles {
  std::uint64_t count = 0;  ///< without any the rest means nothing
  std::int64_t least = 0;
  std::int64_t median = 0;
  std::int64_t p95 = 0;
  std::int64_t greatest = 0;
};

/// What one side of a connection sent, and what became of it.
struct SideLosses {
  std::uint64_t segments = 0;  ///< without copies at the tap
  std::uint64_t copies = 0;
  std::uint64_t payload_bytes = 0;  ///< as often as sent
  std::uint64_t new_bytes = 0;      ///< that came to the tap for the first time
  std::array<std::uint64_t, kLabels> labels{};
  std::array<std::uint64_t, kCauses> causes{};
  MissingBytes missing;
  Quantiles rtt_ns;                             ///< S38
  Quantiles flight_bytes;                       ///< at each segment with payload, this one included
  std::optional<std::uint64_t> throughput_bps;  ///< nullopt: its segments with payload have no duration
  std::optional<std::uint64_t> goodput_bps;
  SideStalls stalls;

  [[nodiscard]] std::uint64_t old_bytes() const { return payload_bytes - new_bytes; }
  [[nodiscard]] std::uint64_t label(Label label) const { return labels[static_cast<std::size_t>(label)]; }
  [[nodiscard]] std::uint64_t cause(Cause cause) const { return causes[static_cast<std::size_t>(cause)]; }
  /// Anything that an engineer looks for: a segment sent again, late or missing, or a stall.
  [[nodiscard]] bool has_finding() const;
};

/// A segment that has a label of loss, or a cause.
struct LossSegment {
  std::uint64_t row = 0;
  read::Moment at;
  unsigned side = 0;
  std::int64_t seq = 0;  ///< relative, as S19
  std::uint32_t payload = 0;
  LabelSet labels;
  std::optional<Cause> cause;
  CauseEvidence evidence;
};

/// What a connection's losses are measured of: columns, and whether copies at the tap count.
read::ColumnSet loss_summary_columns(bool keep_duplicates);

/// The losses of one connection, fed every row in file order. Memory: what
/// LabelReplay and LossReplay hold, eight bytes a sample up to SampleSet::kGreatestKept, and
/// with `lists` one LossSegment for each that it is asked for.
class ConnectionLosses {
 public:
  ConnectionLosses(const read::Connection& connection, const MptcpTimeline& mptcp, bool keep_duplicates, bool lists);

  /// `listed`: put it into segments() if it belongs there.
  void feed(const read::SegmentChunk& chunk, std::size_t row, bool listed);

  /// Call once, after the last row.
  std::array<SideLosses, 2> finish();

  /// After finish(): in file order.
  [[nodiscard]] const std::vector<LossSegment>& segments() const { return segments_; }

 private:
  /// What one side's numbers are made of.
  struct Side {
    SideLosses losses;
    SampleSet rtt;
    SampleSet flight;
    std::optional<TimestampNs> first_data;
    TimestampNs last_data;
  };

  void note(const LossRow& row, const SegmentLabels& labels, bool listed);
  void note_stall(const LossRow& row, std::uint16_t window, StallRow stall);
  void take_settled();
  void finish_side(unsigned k);

  bool keep_duplicates_;
  bool lists_;
  Duplicates duplicates_;
  LabelReplay labels_;
  LossReplay replay_;
  StallFinder stalls_;
  std::array<Side, 2> side_;
  std::vector<LossSegment> segments_;
};

}  // namespace pcapsule::analysis
