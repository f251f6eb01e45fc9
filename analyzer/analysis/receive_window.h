// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/analysis/window_dips.h"
#include "analyzer/analysis/window_scale.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

/// What the receive windows of one connection tell (S23 to S30): fed row by row in
/// file order, so that a plot, a table and a search see the same numbers.
namespace pcapsule::analysis {

/// What the analysis needs of a row.
struct WindowRow {
  read::Moment at;
  unsigned side = 0;  ///< the sender: it advertises the window
  TcpWord word;
  std::uint16_t field = 0;  ///< as sent
  std::uint8_t oddities = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload = 0;

  [[nodiscard]] bool is_segment() const { return (oddities & oddity::kNoSegment) == 0; }
  [[nodiscard]] bool length_known() const { return (oddities & oddity::kLengthUnknown) == 0; }
};

/// The columns that window_row() reads.
read::ColumnSet window_columns();
WindowRow window_row(const read::SegmentChunk& chunk, std::size_t row);

/// A point of the series that plots and trends are made of.
struct WindowSample {
  read::Moment at;
  unsigned side = 0;
  std::uint32_t bytes = 0;  ///< scaled
};

/// Do windows of that scale enter any number? Where only one side's option was
/// captured they do not (S25, S25b).
constexpr bool is_certain(ScaleState state) {
  return state == ScaleState::kBoth || state == ScaleState::kNone || state == ScaleState::kAssumed;
}

/// The sample that a row is (S30); nullopt: it has SYN or RST, is no segment, or the scale is not certain.
std::optional<WindowSample> window_sample(const WindowScale& scale, const WindowRow& row);

/// S28: the raw field says so, whatever the scale.
bool is_zero_window(const WindowRow& row);

/// S29.
struct WindowStall {
  read::Moment begin;  ///< the first segment with window 0
  read::Moment end;  ///< the first later one of that side with a window; of an open stall the connection's last segment
  bool open = false;
  std::uint32_t probes = 0;

  /// nullopt: the stamps go backwards.
  [[nodiscard]] std::optional<DurationNs> duration() const;
};

struct StallTotals {
  std::optional<DurationNs> total;       ///< nullopt: a stall has no duration
  const WindowStall* longest = nullptr;  ///< of those with a duration, the first; nullptr: none
  std::uint64_t probes = 0;
  std::uint64_t open = 0;
};
StallTotals totals_of(std::span<const WindowStall> stalls);

/// The windows that one side advertised, and how they limited the other.
struct SideWindow {
  std::uint64_t samples = 0;
  std::uint32_t least = 0;  ///< bytes; these three mean nothing without samples
  std::uint32_t median = 0;
  std::uint32_t greatest = 0;
  std::vector<WindowStall> stalls;
  std::vector<WindowDip> dips;
  // nullopt in these three: the scale is not certain.
  std::optional<std::uint64_t> full;      ///< segments of the other side that ended at the right edge
  std::optional<std::uint64_t> exceeded;  ///< segments of the other side that went beyond
  std::optional<DurationNs> limited;      ///< time held at that edge; nullopt too where stamps go backwards
};

struct ConnectionWindow {
  std::array<SideWindow, 2> side;
  DurationNs duration;  ///< from the first segment to the last in file order

  /// Part of the duration in which that side's window was the limit, 0 … 1; nullopt: not known.
  [[nodiscard]] std::optional<double> limited_share(unsigned of) const;
};

/// The analysis of one connection. Four bytes a sample, and its stalls and dips.
class ReceiveWindow {
 public:
  ReceiveWindow(const WindowScale& scale, const DipRule& rule);

  void feed(const WindowRow& row);

  /// Call once, after the last row.
  ConnectionWindow finish();

 private:
  /// One side as receiver: its window is the other's limit.
  struct Receiver {
    bool stalled = false;                   ///< the last stall is not over
    std::optional<std::uint32_t> acked;     ///< the greatest acknowledgment
    std::optional<std::uint32_t> edge;      ///< acked and window: the first byte that must not be sent
    std::optional<TimestampNs> limited_at;  ///< the sender has stood at `limit` since
    std::uint32_t limit = 0;
    std::int64_t limited_ns = 0;
    bool clock_broken = false;
    std::vector<std::uint32_t> windows;
  };

  void follow_syn(const WindowRow& row);
  void follow_window(const WindowRow& row);
  void follow_edge(const WindowRow& row, bool zero);
  void follow_data(const WindowRow& row);
  [[nodiscard]] bool is_probe(const WindowRow& row) const;
  void begin_limit(Receiver& receiver, TimestampNs time);
  void end_limit(Receiver& receiver, TimestampNs time);

  WindowScale scale_;
  bool certain_;
  std::array<DipFinder, 2> dips_;
  std::array<Receiver, 2> receiver_;
  std::array<std::optional<std::uint32_t>, 2> next_;  ///< sequence number after the last byte sent
  std::optional<read::Moment> first_;
  read::Moment last_;
  ConnectionWindow result_;
};

}  // namespace pcapsule::analysis
