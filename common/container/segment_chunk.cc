// SPDX-License-Identifier: Apache-2.0
#include "common/container/segment_chunk.h"

#include <algorithm>

#include "common/container/column_builder.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::container {

namespace {

using TableBuilder = fb::SegmentChunkBuilder;

constexpr std::uint32_t kMicrosecond = 1000;

std::uint64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// Times as narrow offsets from the least: in microseconds where every one is a
/// whole number of them, as in microsecond captures.
class TimeOffsets {
 public:
  TimeOffsets(ColumnBuilder& columns, std::span<const std::int64_t> times)
      : columns_(columns), times_(times), range_(range_of(times)) {}

  Offsets<std::int64_t, std::uint64_t> build() {
    constexpr std::uint64_t kNarrow = 0xffff'ffff;
    const std::uint64_t span = distance(range_.least, range_.greatest);
    if (span <= kNarrow) return build_short();
    if (span / kMicrosecond <= kNarrow && all_microseconds()) return build_microseconds();
    return {range_.least, 1, 0,
            columns_.vector<std::uint64_t>(times_.size(), [this](std::size_t i) { return offset(i); })};
  }

 private:
  [[nodiscard]] std::uint64_t offset(std::size_t i) const { return distance(range_.least, times_[i]); }

  [[nodiscard]] bool all_microseconds() const {
    for (std::size_t i = 0; i < times_.size(); ++i) {
      if (offset(i) % kMicrosecond != 0) return false;
    }
    return true;
  }

  Offsets<std::int64_t, std::uint64_t> build_microseconds() {
    return {range_.least, kMicrosecond,
            columns_.vector<std::uint32_t>(times_.size(), [this](std::size_t i) { return offset(i) / kMicrosecond; }),
            0};
  }

  /// All within 4.29 s: every unit is narrow, so microseconds are tried in the pass that writes them.
  Offsets<std::int64_t, std::uint64_t> build_short() {
    const auto made = columns_.blank<std::uint32_t>(times_.size());
    std::uint32_t rest = 0;
    for (std::size_t i = 0; i < times_.size(); ++i) {
      const auto ns = static_cast<std::uint32_t>(offset(i));
      made.elements[i] = ns / kMicrosecond;
      rest |= ns - made.elements[i] * kMicrosecond;
    }
    if (rest == 0) return {range_.least, kMicrosecond, made.vector, 0};
    for (std::size_t i = 0; i < times_.size(); ++i) made.elements[i] = static_cast<std::uint32_t>(offset(i));
    return {range_.least, 1, made.vector, 0};
  }

  ColumnBuilder& columns_;
  std::span<const std::int64_t> times_;
  Range<std::int64_t> range_;
};

/// Absent when the frames are consecutive. A frame with several TCP headers has a row for each.
VectorOffset<std::uint32_t> build_frames(ColumnBuilder& columns, std::span<const std::uint64_t> frames) {
  const std::uint64_t first = frames.front();
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) difference |= (frames[i] - first) ^ i;
  if (difference == 0) return 0;
  return columns.vector<std::uint32_t>(frames.size(), [=](std::size_t i) { return frames[i] - first; });
}

struct Captured {
  std::uint32_t snaplen = 0;
  VectorOffset<std::uint32_t> vector;
};

/// Absent when every captured length is min(wire length, one snaplen).
Captured build_captured(ColumnBuilder& columns, std::span<const std::uint32_t> captured,
                        std::span<const std::uint32_t> wire) {
  std::uint32_t snaplen = 0;
  for (std::size_t i = 0; i < captured.size(); ++i) {
    snaplen = std::max(snaplen, captured[i] < wire[i] ? captured[i] : 0);
  }
  const std::uint32_t limit = snaplen == 0 ? ~std::uint32_t{0} : snaplen;
  std::uint32_t difference = 0;
  for (std::size_t i = 0; i < captured.size(); ++i) difference |= captured[i] ^ std::min(wire[i], limit);
  if (difference != 0) return {0, columns.vector(captured)};
  return {snaplen, 0};
}

struct Gaps {
  VectorOffset<std::uint32_t> narrow;
  VectorOffset<std::int64_t> wide;
};

Gaps build_gaps(ColumnBuilder& columns, std::span<const std::int64_t> gaps, std::uint32_t unit) {
  const bool fits = std::all_of(gaps.begin(), gaps.end(), [unit](std::int64_t gap) {
    return gap >= 0 && gap % unit == 0 && gap / unit <= 0xffff'ffffLL;
  });
  if (fits) return {columns.vector<std::uint32_t>(gaps.size(), [=](std::size_t i) { return gaps[i] / unit; }), 0};
  return {0, columns.vector(gaps)};
}

/// Gives columns of a stage to a ColumnBuilder.
struct Columns {
  const SegmentStage& stage;
  ColumnBuilder& out;

  template <class T>
  std::span<const T> rows(const StagedRows<T>& column) const {
    return std::span<const T>(column).first(stage.rows());
  }
  template <class T>
  Plain<T> plain(const StagedRows<T>& column) {
    return out.plain(rows(column));
  }
  template <class T>
  Plain<T> plain(const SteadyColumn<T>& column) {
    if (!column.varies()) return {column.first(), 0};
    return {T{}, out.vector(column.rows(stage.rows()))};
  }
  template <class T>
  VectorOffset<T> sparse(const std::vector<T>& column) {
    return out.vector(std::span<const T>(column));
  }
};

template <class T>
void add_vector(TableBuilder& table, void (TableBuilder::*add)(VectorOffset<T>), VectorOffset<T> vector) {
  if (!vector.IsNull()) (table.*add)(vector);
}

// Each of the following builds the vectors of some columns, and adds them to the table later: FlatBuffers
// builds no vector inside an open table. The order of both is that of the schema.

/// Frames and times.
class FrameVectors {
 public:
  explicit FrameVectors(Columns& columns)
      : frame_base_(columns.stage.dense().frame[0]),
        frame_offset_(build_frames(columns.out, columns.rows(columns.stage.dense().frame))),
        time_(TimeOffsets(columns.out, columns.rows(columns.stage.dense().time)).build()),
        previous_row_(columns.sparse(columns.stage.sparse().previous_row)),
        previous_gap_(build_gaps(columns.out, columns.stage.sparse().previous_gap, time_.unit)) {}

  void add_to(TableBuilder& table) const {
    table.add_frame_base(frame_base_);
    add_vector(table, &TableBuilder::add_frame_offset, frame_offset_);
    table.add_time_base_ns(time_.base);
    table.add_time_unit_ns(time_.unit);
    add_vector(table, &TableBuilder::add_time_offset, time_.narrow);
    add_vector(table, &TableBuilder::add_time_offset_wide, time_.wide);
    add_vector(table, &TableBuilder::add_previous_row, previous_row_);
    add_vector(table, &TableBuilder::add_previous_gap, previous_gap_.narrow);
    add_vector(table, &TableBuilder::add_previous_gap_wide, previous_gap_.wide);
  }

 private:
  std::uint64_t frame_base_;
  VectorOffset<std::uint32_t> frame_offset_;
  Offsets<std::int64_t, std::uint64_t> time_;
  VectorOffset<std::uint16_t> previous_row_;
  Gaps previous_gap_;
};

/// The TCP header, and the lengths of the frame.
class TcpVectors {
 public:
  explicit TcpVectors(Columns& columns) {
    const DenseColumns& c = columns.stage.dense();
    connection_ = columns.plain(c.connection);
    marks_ = columns.plain(c.marks);
    oddities_ = columns.plain(c.oddities);
    tcp_word_ = columns.plain(c.tcp_word);
    seq_ = columns.plain(c.seq);
    ack_ = columns.plain(c.ack);
    window_ = columns.plain(c.window);
    checksum_ = columns.plain(c.checksum);
    payload_ = columns.out.narrowed<std::uint16_t, std::uint32_t>(columns.rows(c.payload));
    overhead_ = columns.out.narrowed<std::uint8_t, std::uint32_t>(columns.rows(c.overhead));
    captured_ = build_captured(columns.out, columns.rows(c.captured), columns.rows(c.wire));
  }

  void add_to(TableBuilder& table) const {
    add_column(table, connection_, &TableBuilder::add_connection_all, &TableBuilder::add_connection);
    add_column(table, marks_, &TableBuilder::add_marks_all, &TableBuilder::add_marks);
    add_column(table, oddities_, &TableBuilder::add_oddities_all, &TableBuilder::add_oddities);
    add_column(table, tcp_word_, &TableBuilder::add_tcp_word_all, &TableBuilder::add_tcp_word);
    add_column(table, seq_, &TableBuilder::add_seq_all, &TableBuilder::add_seq);
    add_column(table, ack_, &TableBuilder::add_ack_all, &TableBuilder::add_ack);
    add_column(table, window_, &TableBuilder::add_window_all, &TableBuilder::add_window);
    add_column(table, checksum_, &TableBuilder::add_checksum_all, &TableBuilder::add_checksum);
    add_column(table, payload_, &TableBuilder::add_payload_all, &TableBuilder::add_payload,
               &TableBuilder::add_payload_wide);
    add_column(table, overhead_, &TableBuilder::add_overhead_all, &TableBuilder::add_overhead,
               &TableBuilder::add_overhead_wide);
    table.add_snaplen(captured_.snaplen);
    add_vector(table, &TableBuilder::add_captured, captured_.vector);
  }

 private:
  Plain<std::uint32_t> connection_, seq_, ack_;
  Plain<std::uint16_t> tcp_word_, window_, checksum_;
  Plain<std::uint8_t> marks_, oddities_;
  Narrowed<std::uint16_t, std::uint32_t> payload_;
  Narrowed<std::uint8_t, std::uint32_t> overhead_;
  Captured captured_;
};

/// What surrounds the TCP header: IP, VLAN tags, interface, header stack.
class CarrierVectors {
 public:
  explicit CarrierVectors(Columns& columns) {
    const DenseColumns& c = columns.stage.dense();
    ttl_ = columns.plain(c.ttl);
    dscp_ecn_ = columns.plain(c.dscp_ecn);
    ip_id_ = columns.plain(c.ip_id);
    vlan_tags_ = columns.plain(c.vlan_tags);
    for (std::size_t tag = 0; tag < vlan_.size(); ++tag) vlan_[tag] = columns.plain(c.vlan[tag]);
    interface_ = columns.plain(c.interface);
    encapsulation_ = columns.plain(c.encapsulation);
  }

  void add_to(TableBuilder& table) const {
    add_column(table, ttl_, &TableBuilder::add_ttl_all, &TableBuilder::add_ttl);
    add_column(table, dscp_ecn_, &TableBuilder::add_dscp_ecn_all, &TableBuilder::add_dscp_ecn);
    add_column(table, ip_id_, &TableBuilder::add_ip_id_all, &TableBuilder::add_ip_id);
    add_column(table, vlan_tags_, &TableBuilder::add_vlan_tags_all, &TableBuilder::add_vlan_tags);
    add_column(table, vlan_[0], &TableBuilder::add_vlan_1_all, &TableBuilder::add_vlan_1);
    add_column(table, vlan_[1], &TableBuilder::add_vlan_2_all, &TableBuilder::add_vlan_2);
    add_column(table, vlan_[2], &TableBuilder::add_vlan_3_all, &TableBuilder::add_vlan_3);
    add_column(table, vlan_[3], &TableBuilder::add_vlan_4_all, &TableBuilder::add_vlan_4);
    add_column(table, interface_, &TableBuilder::add_interface_all, &TableBuilder::add_interface);
    add_column(table, encapsulation_, &TableBuilder::add_encapsulation_all, &TableBuilder::add_encapsulation);
  }

 private:
  Plain<std::uint8_t> ttl_, dscp_ecn_, vlan_tags_;
  Plain<std::uint16_t> ip_id_, encapsulation_;
  std::array<Plain<std::uint16_t>, record::kRecordedVlans> vlan_;
  Plain<std::uint32_t> interface_;
};

/// TCP options, and the sparse facts about the header.
class OptionVectors {
 public:
  explicit OptionVectors(Columns& columns) {
    const SparseColumns& s = columns.stage.sparse();
    ts_value_ = columns.plain(columns.stage.dense().ts_value);
    ts_echo_ = columns.plain(columns.stage.dense().ts_echo);
    sack_row_ = columns.sparse(s.sack_row);
    sack_left_ = columns.sparse(s.sack_left);
    sack_right_ = columns.sparse(s.sack_right);
    options_row_ = columns.sparse(s.options_row);
    options_end_ = columns.sparse(s.options_end);
    options_bytes_ = columns.sparse(s.options_bytes);
    cut_row_ = columns.sparse(s.cut_row);
    cut_available_ = columns.sparse(s.cut_available);
    rebase_row_ = columns.sparse(s.rebase_row);
  }

  void add_to(TableBuilder& table) const {
    add_column(table, ts_value_, &TableBuilder::add_ts_value_all, &TableBuilder::add_ts_value);
    add_column(table, ts_echo_, &TableBuilder::add_ts_echo_all, &TableBuilder::add_ts_echo);
    add_vector(table, &TableBuilder::add_sack_row, sack_row_);
    add_vector(table, &TableBuilder::add_sack_left, sack_left_);
    add_vector(table, &TableBuilder::add_sack_right, sack_right_);
    add_vector(table, &TableBuilder::add_options_row, options_row_);
    add_vector(table, &TableBuilder::add_options_end, options_end_);
    add_vector(table, &TableBuilder::add_options_bytes, options_bytes_);
    add_vector(table, &TableBuilder::add_cut_row, cut_row_);
    add_vector(table, &TableBuilder::add_cut_available, cut_available_);
    add_vector(table, &TableBuilder::add_rebase_row, rebase_row_);
  }

 private:
  Plain<std::uint32_t> ts_value_, ts_echo_;
  VectorOffset<std::uint16_t> sack_row_, options_row_, cut_row_, rebase_row_;
  VectorOffset<std::uint32_t> sack_left_, sack_right_, options_end_;
  VectorOffset<std::uint8_t> options_bytes_, cut_available_;
};

class DirectoryVectors {
 public:
  explicit DirectoryVectors(Columns& columns) {
    const std::vector<DirectoryEntry> entries = columns.stage.directory();
    const auto of = [&](std::uint32_t DirectoryEntry::*member) {
      return columns.out.vector<std::uint32_t>(entries.size(), [&](std::size_t i) { return entries[i].*member; });
    };
    connection_ = of(&DirectoryEntry::connection);
    rows_ = of(&DirectoryEntry::rows);
    previous_ = of(&DirectoryEntry::previous);
  }

  void add_to(TableBuilder& table) const {
    table.add_directory_connection(connection_);
    table.add_directory_rows(rows_);
    table.add_directory_previous(previous_);
  }

 private:
  VectorOffset<std::uint32_t> connection_, rows_, previous_;
};

}  // namespace

BuiltChunk build_segment_chunk(flatbuffers::FlatBufferBuilder& fbb, const SegmentStage& stage,
                               std::uint64_t first_row) {
  fbb.Clear();
  ColumnBuilder builder(fbb);
  Columns columns{stage, builder};
  const FrameVectors frames(columns);
  const TcpVectors tcp(columns);
  const CarrierVectors carrier(columns);
  const OptionVectors options(columns);
  const DirectoryVectors directory(columns);

  TableBuilder table(fbb);
  table.add_first_row(first_row);
  table.add_rows(stage.rows());
  frames.add_to(table);
  tcp.add_to(table);
  carrier.add_to(table);
  options.add_to(table);
  directory.add_to(table);
  fbb.FinishSizePrefixed(table.Finish(), format::kSegmentChunkIdentifier);

  BuiltChunk chunk;
  chunk.summary = stage.summarise(first_row);
  chunk.bytes = {fbb.GetBufferPointer(), fbb.GetSize()};
  chunk.regions = regions_of(chunk.bytes, builder.vector_ends());
  return chunk;
}

}  // namespace pcapsule::container
