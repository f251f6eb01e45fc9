// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "analyzer/analysis/relative_numbers.h"
#include "analyzer/analysis/window_scale.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/select/conversations.h"

namespace pcapsule::report {

struct ConversationOptions {
  TimeFormat time;
  std::optional<analysis::AssumedScale> assumed_scale;
  std::uint64_t lines = ~std::uint64_t{0};  ///< at most
  TimestampNs capture_start;
};

/// Prints conversations as they come: numbers by S18 to S20, windows by S23 to S26.
class ConversationPrinter final : public select::ConversationSink {
 public:
  ConversationPrinter(BufferedWriter& out, const ConversationOptions& options) : out_(out), options_(options) {}

  /// The columns that row() reads.
  [[nodiscard]] static read::ColumnSet columns(const TimeFormat& time);

  void begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases, TimestampNs start) override;
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) override;

  [[nodiscard]] std::uint64_t lines() const { return lines_; }

 private:
  void print(const read::SegmentChunk& chunk, std::size_t row, unsigned side, const analysis::RelativeNumbers& numbers);
  [[nodiscard]] LineTimes times_of(const read::SegmentChunk& chunk, std::size_t row) const;

  BufferedWriter& out_;
  ConversationOptions options_;
  read::Connection connection_;
  std::span<const analysis::Rebase> rebases_;
  analysis::RelativeTracker numbers_{analysis::Bases{}};
  analysis::WindowScale scale_;
  TimestampNs start_;
  std::optional<TimestampNs> line_before_;  ///< of this conversation; nullopt: no heading yet
  TimeText time_;
  std::uint64_t lines_ = 0;
};

}  // namespace pcapsule::report
