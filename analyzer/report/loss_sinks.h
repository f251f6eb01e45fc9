// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/loss/loss_summary.h"
#include "analyzer/report/loss_table.h"
#include "analyzer/select/conversations.h"

/// From the rows of conversations to lines about losses.
namespace pcapsule::report {

/// Sums over all sides that were looked at.
struct LossSums {
  std::uint64_t connections = 0;
  std::uint64_t sides_with_findings = 0;
  std::uint64_t segments = 0;
  std::uint64_t copies = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t new_bytes = 0;
  std::array<std::uint64_t, analysis::kCauses> causes{};
  analysis::MissingBytes missing;
  std::uint64_t stalls = 0;

  void add(const analysis::SideLosses& losses);
  [[nodiscard]] std::vector<Total> totals() const;
};

/// Measures whole connections, and shows their sides or single segments.
class LossSink final : public select::ConversationSink {
 public:
  /// `listed`: of kSegments, which rows are shown. All references outlive the sink.
  LossSink(LossView view, bool all, bool keep_duplicates, const analysis::MptcpTimeline& mptcp,
           const select::Selection& listed, LossTable& table, LossSums& sums)
      : view_(view),
        all_(all),
        keep_duplicates_(keep_duplicates),
        mptcp_(mptcp),
        listed_(listed),
        table_(table),
        sums_(sums) {}

  void begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases, TimestampNs start) override;
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) override;
  /// Call after the last row.
  void close();
  /// Of kSummary: what hurts most first. Call after close().
  void put_sides();

  /// Sides with a finding, or segments shown.
  [[nodiscard]] std::uint64_t findings() const { return findings_; }

 private:
  struct Found {
    LossSide of;
    unsigned side;
    analysis::SideLosses losses;
  };

  [[nodiscard]] LossSide side(unsigned k) const;
  void put_segments();

  LossView view_;
  bool all_;
  bool keep_duplicates_;
  const analysis::MptcpTimeline& mptcp_;
  const select::Selection& listed_;
  LossTable& table_;
  LossSums& sums_;
  read::Connection connection_;
  TimestampNs start_;
  std::optional<analysis::ConnectionLosses> losses_;
  std::vector<Found> found_;
  std::uint64_t findings_ = 0;
};

}  // namespace pcapsule::report
