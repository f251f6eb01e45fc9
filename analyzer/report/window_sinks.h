// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/duplicates.h"
#include "analyzer/analysis/labels/label_replay.h"
#include "analyzer/analysis/window_summary.h"
#include "analyzer/report/window_table.h"
#include "analyzer/select/conversations.h"

/// From the rows of conversations to lines about receive windows.
namespace pcapsule::report {

struct WindowOptions {
  analysis::DipRule dips;
  std::optional<analysis::AssumedScale> assumed_scale;
  std::optional<bool> client;        ///< only that side
  std::optional<DurationNs> bucket;  ///< nullopt: about 60 a connection
  std::uint64_t below = 0;           ///< bytes
  bool keep_duplicates = false;      ///< copies at the tap count as segments (S40)
  bool findings_count = false;       ///< they decide the exit status

  /// The columns of a view; `labels`: that counts Wireshark's labels.
  [[nodiscard]] read::ColumnSet columns(bool labels) const;
};

/// What every view does with the rows: segments only, and the scale of their connection.
class WindowSink : public select::ConversationSink {
 public:
  explicit WindowSink(const WindowOptions& options) : options_(options) {}

  void begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases, TimestampNs start) final;
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) final;
  /// Call after the last row.
  void close();

  /// Connections with windows whose scale is not certain.
  [[nodiscard]] std::uint64_t unknown_scales() const { return unknown_scales_; }
  /// Lines, or what of them counts as a finding.
  [[nodiscard]] std::uint64_t findings() const { return findings_; }

 protected:
  [[nodiscard]] const WindowOptions& options() const { return options_; }
  [[nodiscard]] const read::Connection& connection() const { return connection_; }
  [[nodiscard]] const analysis::WindowScale& scale() const { return scale_; }
  [[nodiscard]] WindowSide side(unsigned k) const;
  /// The sides that are asked for, the client's first.
  [[nodiscard]] std::vector<unsigned> sides() const;
  [[nodiscard]] bool wants(unsigned k) const {
    return !options_.client || *options_.client == (k == connection_.client);
  }
  void count_finding() { ++findings_; }
  /// Is there still none? One decides the exit status, even where no line is wanted (-c 0).
  [[nodiscard]] bool seeks_finding() const { return options_.findings_count && findings_ == 0; }

  virtual void begin_connection() = 0;
  /// Every row but copies at the tap, quoted and malformed headers included, before segment().
  virtual void any_row(const read::SegmentChunk& /*chunk*/, std::size_t /*row*/) {}
  /// False: no more.
  virtual bool segment(const analysis::WindowRow& row, bool selected) = 0;
  virtual void end_connection() = 0;
  [[nodiscard]] virtual bool wants_more() const = 0;

  [[nodiscard]] TimestampNs start() const { return start_; }

 private:
  WindowOptions options_;
  read::Connection connection_;
  analysis::WindowScale scale_;
  TimestampNs start_;
  analysis::Duplicates duplicates_;
  bool open_ = false;
  bool unknown_ = false;
  std::uint64_t unknown_scales_ = 0;
  std::uint64_t findings_ = 0;
};

/// Sums over all sides that were looked at.
struct WindowSums {
  std::uint64_t connections = 0;
  std::uint64_t stalled = 0;
  std::uint64_t full = 0;
  std::uint64_t dipped = 0;
  std::uint64_t unknown = 0;

  [[nodiscard]] std::vector<Total> totals() const;
};

/// Collects the numbers of every side that stalled, or of every side. A finding is a side that stalled.
class WindowSummaries final : public WindowSink {
 public:
  /// `mptcp`, of the whole file, outlives the sink.
  WindowSummaries(const WindowOptions& options, bool all, const analysis::MptcpTimeline& mptcp, WindowSums& sums)
      : WindowSink(options), all_(all), mptcp_(mptcp), sums_(sums) {}

  /// Ordered by what stalled longest. Call after close().
  void put(WindowTable& table, const read::ConnectionTable& connections);

 private:
  void begin_connection() override;
  bool segment(const analysis::WindowRow& row, bool selected) override;
  void end_connection() override;
  void any_row(const read::SegmentChunk& chunk, std::size_t row) override;
  [[nodiscard]] bool wants_more() const override { return true; }

  bool all_;
  const analysis::MptcpTimeline& mptcp_;
  WindowSums& sums_;
  std::optional<analysis::LabelReplay> labels_;
  std::array<std::uint64_t, 2> labelled_full_{};    ///< by whose window it is
  std::array<std::uint64_t, 2> labelled_probes_{};  ///< likewise
  std::optional<analysis::ReceiveWindow> window_;
  std::vector<analysis::WindowSummary> found_;
};

/// Every stall, or every dip, as they come.
class WindowEvents final : public WindowSink {
 public:
  WindowEvents(const WindowOptions& options, WindowView view, WindowTable& table)
      : WindowSink(options), view_(view), table_(table) {}

 private:
  void begin_connection() override;
  bool segment(const analysis::WindowRow& row, bool selected) override;
  void end_connection() override;
  [[nodiscard]] bool wants_more() const override { return table_.wants_more(); }
  bool put_stalls(unsigned k, const analysis::ConnectionWindow& window);
  bool put_dips(unsigned k, const analysis::ConnectionWindow& window);

  WindowView view_;
  WindowTable& table_;
  std::optional<analysis::ReceiveWindow> window_;
};

/// The trend of every connection whose scale is certain, the client's buckets before the server's. Finds nothing.
class WindowTrends final : public WindowSink {
 public:
  WindowTrends(const WindowOptions& options, WindowTable& table) : WindowSink(options), table_(table) {}

  /// The connections left out because their buckets are too many.
  [[nodiscard]] const std::vector<std::uint32_t>& too_long() const { return too_long_; }

 private:
  void begin_connection() override;
  bool segment(const analysis::WindowRow& row, bool selected) override;
  void end_connection() override;
  [[nodiscard]] bool wants_more() const override { return table_.wants_more(); }

  WindowTable& table_;
  std::optional<analysis::WindowTrend> trend_;
  analysis::BucketAllowance allowance_;
  std::vector<std::uint32_t> too_long_;
};

/// Every selected segment with a window below a number. Of unknown scale only 0 is.
class WindowsBelow final : public WindowSink {
 public:
  WindowsBelow(const WindowOptions& options, WindowTable& table) : WindowSink(options), table_(table) {}

 private:
  void begin_connection() override {}
  bool segment(const analysis::WindowRow& row, bool selected) override;
  void end_connection() override {}
  [[nodiscard]] bool wants_more() const override { return table_.wants_more(); }

  WindowTable& table_;
};

}  // namespace pcapsule::report
