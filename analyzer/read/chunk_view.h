// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>

#include "analyzer/read/column.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::read {

/// The columns of a segment chunk, for saying which ones a query touches: only
/// those are checked against their checksums and read from the disk.
enum class SegmentColumn : std::uint8_t {
  kFrame,
  kTime,
  kPrevious,
  kConnection,
  kMarks,
  kOddities,
  kTcpWord,
  kSeq,
  kAck,
  kWindow,
  kChecksum,
  kPayload,
  kOverhead,
  kCaptured,  ///< brings kOverhead, kPayload and kTcpWord: it may be computed from the wire length
  kTtl,
  kDscpEcn,
  kIpId,
  kVlan,
  kInterface,
  kEncapsulation,
  kTimestamps,
  kSack,
  kOptions,
  kCut,
  kRebase,
  kDirectory,
};
inline constexpr unsigned kSegmentColumns = 26;

/// A set of segment columns.
class ColumnSet {
 public:
  constexpr ColumnSet() = default;
  constexpr ColumnSet(std::initializer_list<SegmentColumn> columns) {
    for (const SegmentColumn column : columns) bits_ |= bit(column);
  }
  static constexpr ColumnSet all() {
    ColumnSet set;
    set.bits_ = (std::uint32_t{1} << kSegmentColumns) - 1;
    return set;
  }
  [[nodiscard]] constexpr bool has(SegmentColumn column) const { return (bits_ & bit(column)) != 0; }
  constexpr ColumnSet& operator|=(ColumnSet other) {
    bits_ |= other.bits_;
    return *this;
  }
  friend constexpr ColumnSet operator|(ColumnSet a, ColumnSet b) { return a |= b; }
  [[nodiscard]] constexpr ColumnSet without(ColumnSet other) const {
    ColumnSet set;
    set.bits_ = bits_ & ~other.bits_;
    return set;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr int count() const { return std::popcount(bits_); }

 private:
  static constexpr std::uint32_t bit(SegmentColumn column) { return std::uint32_t{1} << static_cast<unsigned>(column); }
  std::uint32_t bits_ = 0;
};

/// The entry of `row` in the ascending rows that lead a sparse fact; nullopt: the row does not have it.
inline std::optional<std::size_t> sparse_entry(std::span<const std::uint16_t> rows, std::size_t row) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), row);
  if (found == rows.end() || *found != row) return std::nullopt;
  return static_cast<std::size_t>(found - rows.begin());
}

/// Sparse: rows whose preceding frame is not the preceding row, with the wrapping_distance to it.
struct PreviousFrames {
  std::span<const std::uint16_t> row;
  std::span<const std::uint32_t> gap;  ///< in `unit_ns`; empty where `gap_wide` is used
  std::span<const std::int64_t> gap_wide_ns;
  std::uint64_t unit_ns = 1;
  [[nodiscard]] DurationNs operator[](std::size_t entry) const {
    return gap.empty() ? DurationNs{gap_wide_ns[entry]} : DurationNs{static_cast<std::int64_t>(gap[entry] * unit_ns)};
  }
};

struct SackBlocks {
  std::span<const std::uint16_t> row;
  std::span<const std::uint32_t> left;
  std::span<const std::uint32_t> right;
};

/// Sparse: option areas as captured.
struct OptionAreas {
  std::span<const std::uint16_t> row;
  std::span<const std::uint32_t> end;
  ByteView bytes;
  [[nodiscard]] ByteView operator[](std::size_t entry) const {
    const std::uint32_t begin = entry == 0 ? 0 : end[entry - 1];
    return bytes.subspan(begin, end[entry] - begin);
  }
};

struct CutHeaders {
  std::span<const std::uint16_t> row;
  std::span<const std::uint8_t> available;
};

struct Directory {
  std::span<const std::uint32_t> connection;  ///< ascending
  std::span<const std::uint32_t> rows;
  std::span<const std::uint32_t> previous;  ///< segment chunk + 1; 0: none
};

/// A verified view of one segment chunk: what schema/packet_record.fbs says of
/// SegmentChunk. Only the columns that were asked for may be read; it lives as
/// long as its RecordFile.
struct SegmentChunk {
  std::uint64_t first_row = 0;
  std::uint32_t rows = 0;
  FrameColumn frame;
  TimeColumn time;
  PreviousFrames previous;
  Column<std::uint32_t> connection;
  Column<std::uint8_t> marks;
  Column<std::uint8_t> oddities;
  Column<std::uint16_t> tcp_word;
  Column<std::uint32_t> seq;
  Column<std::uint32_t> ack;
  Column<std::uint16_t> window;
  Column<std::uint16_t> checksum;
  NarrowedColumn<std::uint16_t, std::uint32_t> payload;
  NarrowedColumn<std::uint8_t, std::uint32_t> overhead;
  std::uint32_t snaplen = 0;
  const std::uint32_t* captured = nullptr;
  Column<std::uint8_t> ttl;
  Column<std::uint8_t> dscp_ecn;
  Column<std::uint16_t> ip_id;
  Column<std::uint8_t> vlan_tags;
  std::array<Column<std::uint16_t>, 4> vlan;
  Column<std::uint32_t> interface;
  Column<std::uint16_t> encapsulation;
  Column<std::uint32_t> ts_value;
  Column<std::uint32_t> ts_echo;
  SackBlocks sack;
  OptionAreas options;
  CutHeaders cut;
  std::span<const std::uint16_t> rebase_row;
  Directory directory;

  /// Length of the frame on the wire. Needs kOverhead, kTcpWord and kPayload.
  [[nodiscard]] std::uint32_t wire_bytes(std::size_t row) const {
    return overhead[row] + (std::uint32_t{tcp_word[row]} >> 12) * 4 + payload[row];
  }
  /// Time since the frame before, of any kind. Needs kTime and kPrevious.
  [[nodiscard]] DurationNs since_frame_before(std::size_t row) const {
    return since_frame_before(row, sparse_entry(previous.row, row));
  }
  /// The same where the row's entry in `previous` is known.
  [[nodiscard]] DurationNs since_frame_before(std::size_t row, std::optional<std::size_t> entry) const {
    if (!entry) return row == 0 ? DurationNs{} : time[row] - time[row - 1];
    const TimestampNs own = time[row];
    return own - TimestampNs{wrapping_subtract(own.value, previous[*entry].value)};
  }
  /// The option area as captured; empty where the row has no options beyond those that
  /// the other columns tell. Needs kOptions.
  [[nodiscard]] ByteView option_area(std::size_t row) const {
    const auto entry = sparse_entry(options.row, row);
    return entry ? options[*entry] : ByteView();
  }
  /// Fewer than the 20 bytes of the TCP header without options are available. Needs kOddities and kCut.
  [[nodiscard]] bool fixed_header_cut(std::size_t row) const {
    constexpr std::uint8_t kFixedHeaderBytes = 20;
    if ((oddities[row] & oddity::kHeaderCut) == 0) return false;
    const auto entry = sparse_entry(cut.row, row);
    return entry && cut.available[*entry] < kFixedHeaderBytes;
  }
  /// Captured length of the frame. Needs kCaptured.
  [[nodiscard]] std::uint32_t captured_bytes(std::size_t row) const {
    if (captured != nullptr) return captured[row];
    const std::uint32_t wire = wire_bytes(row);
    return snaplen != 0 && snaplen < wire ? snaplen : wire;
  }
};

struct Events {
  std::span<const std::uint16_t> entry;
  std::span<const std::uint8_t> kind;
  std::span<const std::uint64_t> frame;
  std::span<const std::int64_t> time_ns;
};

struct Resets {
  std::span<const std::uint16_t> entry;
  std::span<const std::uint8_t> marks;
  std::span<const std::uint64_t> frame;
  std::span<const std::int64_t> time_ns;
  std::span<const std::uint16_t> tcp_word;
  std::span<const std::uint8_t> ttl;
  std::span<const std::uint32_t> seq;
  std::span<const std::uint32_t> ack;
  std::array<std::span<const std::uint32_t>, 2> sent_end;
  std::array<std::span<const std::uint32_t>, 2> acked;
  std::array<std::span<const std::uint16_t>, 2> window;
};

struct EventColumns {
  NarrowedColumn<std::uint32_t, std::uint64_t> frame;  ///< distance from first_frame
  SpanColumn time;                                     ///< distance from first_time
};

/// What both directions of a connection have; [0] is endpoint A, [1] is B.
struct DirectionColumns {
  Column<std::uint16_t> port;
  NarrowedColumn<std::uint32_t, std::uint64_t> segments;
  NarrowedColumn<std::uint32_t, std::uint64_t> payload_bytes;
  NarrowedColumn<std::uint32_t, std::uint64_t> wire_bytes;
  Column<std::uint32_t> base;
  Column<std::uint8_t> base_source;
  Column<std::uint8_t> offers;
  Column<std::uint16_t> mss;
  Column<std::uint8_t> shift;
  Column<std::uint8_t> ttl_least;
  Column<std::uint8_t> ttl_greatest;
  EventColumns fin;
  // Addresses: v4, or the halves.
  const std::uint32_t* v4 = nullptr;
  const std::uint64_t* high = nullptr;
  const std::uint64_t* low = nullptr;
};

/// A verified view of one connection chunk: what schema/packet_record.fbs says of ConnectionChunk.
struct ConnectionChunk {
  std::uint64_t first_entry = 0;
  std::uint32_t rows = 0;
  std::uint32_t number_base = 0;
  const std::uint32_t* number_offset = nullptr;  ///< nullptr: consecutive numbers
  std::array<DirectionColumns, 2> direction;
  Column<std::uint8_t> marks;
  Column<std::uint8_t> evidence;
  OffsetColumn first_row;
  NarrowedColumn<std::uint32_t, std::uint64_t> last_row;  ///< distance from first_row
  OffsetColumn first_frame;
  NarrowedColumn<std::uint32_t, std::uint64_t> last_frame;  ///< distance from first_frame
  TimeColumn first_time;
  SpanColumn last_time;  ///< distance from first_time
  Column<std::uint32_t> last_chunk;
  Column<std::uint32_t> other_rows;
  Column<std::uint16_t> seen;
  Column<std::uint16_t> syns;
  Column<std::uint16_t> syn_acks;
  Column<std::uint16_t> retries;
  Column<std::uint16_t> syn_payload;
  EventColumns syn_ack;
  EventColumns handshake_ack;
  EventColumns close_ack;
  Column<std::uint32_t> previous_connection;  ///< plus 1; 0: none
  Column<std::uint64_t> history;
  Column<std::uint8_t> completeness;
  Column<std::uint8_t> completeness_first_row;
  Column<std::uint16_t> encapsulation;  ///< plus 1; 0: not recorded
  Column<std::uint16_t> syn_copies;
  Column<std::uint16_t> syn_ack_copies;
  Events events;
  Resets resets;

  [[nodiscard]] std::uint32_t number(std::size_t entry) const {
    return number_base + (number_offset == nullptr ? static_cast<std::uint32_t>(entry) : number_offset[entry]);
  }
};

}  // namespace pcapsule::read
