// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/segment_chunk.h"

#include <algorithm>

#include "extractor/write/column_builder.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::write {

namespace {

using decode::Segment;
using decode::TcpOptions;
using TableBuilder = fb::SegmentChunkBuilder;

constexpr std::uint32_t kMicrosecond = 1000;

std::uint64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// Times as narrow offsets from the least: in microseconds where every one is a
/// whole number of them, as in microsecond captures.
Offsets<std::int64_t, std::uint64_t> build_times(ColumnBuilder& columns, std::span<const std::int64_t> times) {
  const auto [least, greatest] = std::minmax_element(times.begin(), times.end());
  const std::int64_t base = *least;
  const bool micro = std::all_of(times.begin(), times.end(),
                                 [base](std::int64_t time) { return distance(base, time) % kMicrosecond == 0; });
  const std::uint32_t unit = micro ? kMicrosecond : 1;
  if (distance(base, *greatest) / unit <= 0xffff'ffffULL) {
    return {base, unit,
            columns.vector<std::uint32_t>(times.size(), [=](std::size_t i) { return distance(base, times[i]) / unit; }),
            0};
  }
  return {base, 1, 0,
          columns.vector<std::uint64_t>(times.size(), [=](std::size_t i) { return distance(base, times[i]); })};
}

/// Absent when the frames are consecutive.
VectorOffset<std::uint32_t> build_frames(ColumnBuilder& columns, std::span<const std::uint64_t> frames) {
  if (frames.back() - frames.front() + 1 == frames.size()) return 0;
  return columns.vector<std::uint32_t>(frames.size(), [frames](std::size_t i) { return frames[i] - frames.front(); });
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
    if (captured[i] < wire[i]) snaplen = std::max(snaplen, captured[i]);
  }
  for (std::size_t i = 0; i < captured.size(); ++i) {
    const std::uint32_t expected = snaplen == 0 ? wire[i] : std::min(wire[i], snaplen);
    if (captured[i] != expected) return {0, columns.vector(captured)};
  }
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

}  // namespace

SegmentStage::SegmentStage() {
  constexpr std::size_t rows = format::kMaxChunkRows;
  frame_.resize(rows);
  time_.resize(rows);
  for (auto* column :
       {&connection_, &seq_, &ack_, &payload_, &overhead_, &wire_, &captured_, &interface_, &ts_value_, &ts_echo_}) {
    column->resize(rows);
  }
  for (auto* column : {&tcp_word_, &window_, &checksum_, &ip_id_, &encapsulation_}) column->resize(rows);
  for (auto& column : vlan_) column.resize(rows);
  for (auto* column : {&marks_, &oddities_, &ttl_, &dscp_ecn_, &vlan_tags_}) column->resize(rows);
}

void SegmentStage::append(const Segment& segment, const TcpOptions* options, const track::TrackedRow& tracked,
                          std::uint16_t encapsulation, std::uint32_t chunk, track::RowLink& link) {
  const std::uint32_t row = rows_;
  // The first row of a chunk always says when the frame before it was captured.
  if (row == 0 || frame_[row - 1] + 1 != segment.frame_number) {
    previous_row_.push_back(static_cast<std::uint16_t>(row));
    previous_gap_.push_back((segment.time - segment.previous_time).value);
  }
  frame_[row] = segment.frame_number;
  time_[row] = segment.time.value;
  connection_[row] = tracked.connection;
  seq_[row] = segment.seq;
  ack_[row] = segment.ack;
  payload_[row] = segment.payload_bytes;
  overhead_[row] = segment.wire_bytes - segment.word.header_bytes() - segment.payload_bytes;
  wire_[row] = segment.wire_bytes;
  captured_[row] = segment.captured_bytes;
  interface_[row] = segment.interface;
  ts_value_[row] = segment.has_timestamps ? segment.ts_value : 0;
  ts_echo_[row] = segment.has_timestamps ? segment.ts_echo : 0;
  tcp_word_[row] = segment.word.value;
  window_[row] = segment.window;
  checksum_[row] = segment.checksum;
  ip_id_[row] = segment.ip_id;
  encapsulation_[row] = encapsulation;
  for (std::size_t i = 0; i < vlan_.size(); ++i) vlan_[i][row] = segment.vlan[i];
  namespace mark = format::mark;
  marks_[row] = static_cast<std::uint8_t>((tracked.side == track::kB ? mark::kSentByB : 0) |
                                          (segment.has_timestamps ? mark::kHasTimestamps : 0));
  oddities_[row] = segment.oddities;
  ttl_[row] = segment.ttl;
  dscp_ecn_[row] = segment.dscp_ecn;
  vlan_tags_[row] = segment.vlan_tags;
  append_sparse(segment, options, tracked.rebased);
  append_directory(tracked.connection, chunk, link);
  ++rows_;
}

void SegmentStage::append_sparse(const Segment& segment, const TcpOptions* options, bool rebased) {
  const auto row = static_cast<std::uint16_t>(rows_);
  namespace mark = format::mark;
  if (options != nullptr) {
    for (std::size_t i = 0; i < options->sack_count; ++i) {
      sack_row_.push_back(row);
      sack_left_.push_back(options->sack[i].left);
      sack_right_.push_back(options->sack[i].right);
    }
    if (options->sack_count > 0) marks_[row] |= mark::kHasSack;
    if (options->has_dss) marks_[row] |= mark::kHasDss;
    if (!options->ordinary && options->raw_bytes > 0) {
      marks_[row] |= mark::kHasOptionBytes;
      options_row_.push_back(row);
      options_bytes_.insert(options_bytes_.end(), options->raw.begin(), options->raw.begin() + options->raw_bytes);
      options_end_.push_back(static_cast<std::uint32_t>(options_bytes_.size()));
    }
  }
  if ((segment.oddities & oddity::kHeaderCut) != 0) {
    cut_row_.push_back(row);
    cut_available_.push_back(segment.header_available);
  }
  if (rebased) rebase_row_.push_back(row);
}

void SegmentStage::append_directory(std::uint32_t connection, std::uint32_t chunk, track::RowLink& link) {
  const auto row = static_cast<std::uint16_t>(rows_);
  if (link.last_chunk != chunk) {
    if (link.first_chunk == track::kNone) {
      link.first_chunk = chunk;
      link.first_in_chunk = row;
    }
    link.directory_slot = static_cast<std::uint16_t>(directory_.size());
    directory_.push_back({connection, 0, link.last_chunk == track::kNone ? 0 : link.last_chunk + 1});
    link.last_chunk = chunk;
  }
  link.last_in_chunk = row;
  ++directory_[link.directory_slot].rows;
}

ChunkSummary SegmentStage::summarise(std::uint64_t first_row) const {
  const std::size_t rows = rows_;
  const auto least_greatest = [rows](const auto& column) {
    const auto pair = std::minmax_element(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(rows));
    return std::pair(*pair.first, *pair.second);
  };
  ChunkSummary summary;
  summary.first = first_row;
  summary.rows = rows_;
  std::tie(summary.time_least_ns, summary.time_greatest_ns) = least_greatest(time_);
  std::tie(summary.connection_least, summary.connection_greatest) = least_greatest(connection_);
  summary.frame_first = frame_[0];
  summary.frame_last = frame_[rows - 1];
  std::uint16_t any = 0;
  std::uint16_t all = tcp_flag::kAll;
  std::uint8_t odd = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    any |= tcp_word_[i];
    all &= tcp_word_[i];
    odd |= oddities_[i];
  }
  summary.flags_any = any & tcp_flag::kAll;
  summary.flags_all = all;
  summary.oddities_any = odd;
  summary.payload_greatest = least_greatest(payload_).second;
  summary.window_least = least_greatest(window_).first;
  summary.wire_greatest = least_greatest(wire_).second;
  summary.rebases = static_cast<std::uint32_t>(rebase_row_.size());
  return summary;
}

BuiltChunk SegmentStage::build(flatbuffers::FlatBufferBuilder& fbb, std::uint64_t first_row) {
  fbb.Clear();
  ColumnBuilder columns(fbb);
  const auto rows = [this](const auto& column) { return std::span(column).first(rows_); };
  const auto plain = [&](const auto& column) { return columns.plain(rows(column)); };
  const auto sparse = [&](const auto& column) { return columns.vector(std::span(column)); };

  // All vectors first: FlatBuffers builds no vector inside an open table.
  const auto frame_offset = build_frames(columns, rows(frame_));
  const auto time = build_times(columns, rows(time_));
  const auto previous_row = sparse(previous_row_);
  const auto previous_gap = build_gaps(columns, std::span(std::as_const(previous_gap_)), time.unit);
  const auto connection = plain(std::as_const(connection_));
  const auto marks = plain(std::as_const(marks_));
  const auto oddities = plain(std::as_const(oddities_));
  const auto tcp_word = plain(std::as_const(tcp_word_));
  const auto seq = plain(std::as_const(seq_));
  const auto ack = plain(std::as_const(ack_));
  const auto window = plain(std::as_const(window_));
  const auto checksum = plain(std::as_const(checksum_));
  const auto payload = columns.narrowed<std::uint16_t, std::uint32_t>(rows(std::as_const(payload_)));
  const auto overhead = columns.narrowed<std::uint8_t, std::uint32_t>(rows(std::as_const(overhead_)));
  const auto captured = build_captured(columns, rows(std::as_const(captured_)), rows(std::as_const(wire_)));
  const auto ttl = plain(std::as_const(ttl_));
  const auto dscp_ecn = plain(std::as_const(dscp_ecn_));
  const auto ip_id = plain(std::as_const(ip_id_));
  const auto vlan_tags = plain(std::as_const(vlan_tags_));
  const auto vlan_1 = plain(std::as_const(vlan_[0]));
  const auto vlan_2 = plain(std::as_const(vlan_[1]));
  const auto vlan_3 = plain(std::as_const(vlan_[2]));
  const auto vlan_4 = plain(std::as_const(vlan_[3]));
  const auto interface = plain(std::as_const(interface_));
  const auto encapsulation = plain(std::as_const(encapsulation_));
  const auto ts_value = plain(std::as_const(ts_value_));
  const auto ts_echo = plain(std::as_const(ts_echo_));
  const auto sack_row = sparse(std::as_const(sack_row_));
  const auto sack_left = sparse(std::as_const(sack_left_));
  const auto sack_right = sparse(std::as_const(sack_right_));
  const auto options_row = sparse(std::as_const(options_row_));
  const auto options_end = sparse(std::as_const(options_end_));
  const auto options_bytes = sparse(std::as_const(options_bytes_));
  const auto cut_row = sparse(std::as_const(cut_row_));
  const auto cut_available = sparse(std::as_const(cut_available_));
  const auto rebase_row = sparse(std::as_const(rebase_row_));

  std::sort(directory_.begin(), directory_.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.connection < b.connection; });
  const auto entry = [this](auto member) { return [this, member](std::size_t i) { return directory_[i].*member; }; };
  const std::size_t entries = directory_.size();
  const auto directory_connection = columns.vector<std::uint32_t>(entries, entry(&DirectoryEntry::connection));
  const auto directory_rows = columns.vector<std::uint32_t>(entries, entry(&DirectoryEntry::rows));
  const auto directory_previous = columns.vector<std::uint32_t>(entries, entry(&DirectoryEntry::previous));

  TableBuilder table(fbb);
  table.add_first_row(first_row);
  table.add_rows(rows_);
  table.add_frame_base(frame_[0]);
  if (!frame_offset.IsNull()) table.add_frame_offset(frame_offset);
  table.add_time_base_ns(time.base);
  table.add_time_unit_ns(time.unit);
  if (!time.narrow.IsNull()) table.add_time_offset(time.narrow);
  if (!time.wide.IsNull()) table.add_time_offset_wide(time.wide);
  table.add_previous_row(previous_row);
  if (!previous_gap.narrow.IsNull()) table.add_previous_gap(previous_gap.narrow);
  if (!previous_gap.wide.IsNull()) table.add_previous_gap_wide(previous_gap.wide);
  add_column(table, connection, &TableBuilder::add_connection_all, &TableBuilder::add_connection);
  add_column(table, marks, &TableBuilder::add_marks_all, &TableBuilder::add_marks);
  add_column(table, oddities, &TableBuilder::add_oddities_all, &TableBuilder::add_oddities);
  add_column(table, tcp_word, &TableBuilder::add_tcp_word_all, &TableBuilder::add_tcp_word);
  add_column(table, seq, &TableBuilder::add_seq_all, &TableBuilder::add_seq);
  add_column(table, ack, &TableBuilder::add_ack_all, &TableBuilder::add_ack);
  add_column(table, window, &TableBuilder::add_window_all, &TableBuilder::add_window);
  add_column(table, checksum, &TableBuilder::add_checksum_all, &TableBuilder::add_checksum);
  add_column(table, payload, &TableBuilder::add_payload_all, &TableBuilder::add_payload,
             &TableBuilder::add_payload_wide);
  add_column(table, overhead, &TableBuilder::add_overhead_all, &TableBuilder::add_overhead,
             &TableBuilder::add_overhead_wide);
  table.add_snaplen(captured.snaplen);
  if (!captured.vector.IsNull()) table.add_captured(captured.vector);
  add_column(table, ttl, &TableBuilder::add_ttl_all, &TableBuilder::add_ttl);
  add_column(table, dscp_ecn, &TableBuilder::add_dscp_ecn_all, &TableBuilder::add_dscp_ecn);
  add_column(table, ip_id, &TableBuilder::add_ip_id_all, &TableBuilder::add_ip_id);
  add_column(table, vlan_tags, &TableBuilder::add_vlan_tags_all, &TableBuilder::add_vlan_tags);
  add_column(table, vlan_1, &TableBuilder::add_vlan_1_all, &TableBuilder::add_vlan_1);
  add_column(table, vlan_2, &TableBuilder::add_vlan_2_all, &TableBuilder::add_vlan_2);
  add_column(table, vlan_3, &TableBuilder::add_vlan_3_all, &TableBuilder::add_vlan_3);
  add_column(table, vlan_4, &TableBuilder::add_vlan_4_all, &TableBuilder::add_vlan_4);
  add_column(table, interface, &TableBuilder::add_interface_all, &TableBuilder::add_interface);
  add_column(table, encapsulation, &TableBuilder::add_encapsulation_all, &TableBuilder::add_encapsulation);
  add_column(table, ts_value, &TableBuilder::add_ts_value_all, &TableBuilder::add_ts_value);
  add_column(table, ts_echo, &TableBuilder::add_ts_echo_all, &TableBuilder::add_ts_echo);
  const auto add_sparse = [&table](auto add, auto vector) {
    if (!vector.IsNull()) (table.*add)(vector);
  };
  add_sparse(&TableBuilder::add_sack_row, sack_row);
  add_sparse(&TableBuilder::add_sack_left, sack_left);
  add_sparse(&TableBuilder::add_sack_right, sack_right);
  add_sparse(&TableBuilder::add_options_row, options_row);
  add_sparse(&TableBuilder::add_options_end, options_end);
  add_sparse(&TableBuilder::add_options_bytes, options_bytes);
  add_sparse(&TableBuilder::add_cut_row, cut_row);
  add_sparse(&TableBuilder::add_cut_available, cut_available);
  add_sparse(&TableBuilder::add_rebase_row, rebase_row);
  add_sparse(&TableBuilder::add_directory_connection, directory_connection);
  add_sparse(&TableBuilder::add_directory_rows, directory_rows);
  add_sparse(&TableBuilder::add_directory_previous, directory_previous);
  fbb.FinishSizePrefixed(table.Finish(), format::kSegmentChunkIdentifier);

  BuiltChunk chunk;
  chunk.summary = summarise(first_row);
  chunk.bytes = {fbb.GetBufferPointer(), fbb.GetSize()};
  chunk.regions = regions_of(chunk.bytes, columns.vector_ends());
  return chunk;
}

void SegmentStage::clear() {
  rows_ = 0;
  for (auto* column : {&previous_row_, &sack_row_, &options_row_, &cut_row_, &rebase_row_}) column->clear();
  previous_gap_.clear();
  for (auto* column : {&sack_left_, &sack_right_, &options_end_}) column->clear();
  for (auto* column : {&options_bytes_, &cut_available_}) column->clear();
  directory_.clear();
}

}  // namespace pcapsule::write
