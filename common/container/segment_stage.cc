// SPDX-License-Identifier: Apache-2.0
#include "common/container/segment_stage.h"

#include <algorithm>
#include <span>

#include "common/container/column_scan.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::container {

void SparseColumns::clear() {
  for (auto* column : {&previous_row, &sack_row, &options_row, &cut_row, &rebase_row}) column->clear();
  previous_gap.clear();
  for (auto* column : {&sack_left, &sack_right, &options_end}) column->clear();
  for (auto* column : {&options_bytes, &cut_available}) column->clear();
}

// Not set to 0: a small capture then touches only the pages that it fills.
SegmentStage::SegmentStage() : dense_(std::make_unique_for_overwrite<DenseColumns>()) {}

void SegmentStage::append(const record::SegmentRow& row, std::uint32_t chunk, record::RowLink& link) {
  DenseColumns& out = *dense_;
  const std::uint32_t i = rows_;
  // The first row of a chunk always says when the frame before it was captured.
  if (i == 0 || out.frame[i - 1] + 1 != row.frame) {
    sparse_.previous_row.push_back(static_cast<std::uint16_t>(i));
    sparse_.previous_gap.push_back(row.since_frame_before.value);
  }
  out.frame[i] = row.frame;
  out.time[i] = row.time.value;
  out.connection[i] = row.connection;
  out.seq[i] = row.seq;
  out.ack[i] = row.ack;
  out.payload[i] = row.payload_bytes;
  out.overhead[i] = row.wire_bytes - row.tcp_word.header_bytes() - row.payload_bytes;
  out.wire[i] = row.wire_bytes;
  out.captured[i] = row.captured_bytes;
  out.interface.set(i, row.interface);
  out.ts_value[i] = row.ts_value;
  out.ts_echo[i] = row.ts_echo;
  out.tcp_word[i] = row.tcp_word.value;
  out.window[i] = row.window;
  out.checksum[i] = row.checksum;
  out.ip_id[i] = row.ip_id;
  out.encapsulation.set(i, row.encapsulation);
  for (std::size_t tag = 0; tag < out.vlan.size(); ++tag) out.vlan[tag].set(i, row.vlan[tag]);
  out.marks[i] = static_cast<std::uint8_t>(
      (row.marks & (format::mark::kSentByB | format::mark::kHasTimestamps | format::mark::kHasDss)) |
      (row.sack.empty() ? 0 : format::mark::kHasSack) | (row.option_bytes.empty() ? 0 : format::mark::kHasOptionBytes));
  out.oddities.set(i, row.oddities);
  out.ttl.set(i, row.ttl);
  out.dscp_ecn.set(i, row.dscp_ecn);
  out.vlan_tags.set(i, row.vlan_tags);
  const bool is_sparse = !row.sack.empty() || !row.option_bytes.empty() || row.rebased;
  if (is_sparse || (row.oddities & oddity::kHeaderCut) != 0) append_sparse(row);
  if (link.last_chunk != chunk) enter_directory(row, chunk, link);
  link.last_in_chunk = static_cast<std::uint16_t>(i);
  ++directory_[link.directory_slot].rows;
  ++rows_;
}

void SegmentStage::append_sparse(const record::SegmentRow& row) {
  const auto i = static_cast<std::uint16_t>(rows_);
  for (const SackBlock& block : row.sack) {
    sparse_.sack_row.push_back(i);
    sparse_.sack_left.push_back(block.left);
    sparse_.sack_right.push_back(block.right);
  }
  if (!row.option_bytes.empty()) {
    sparse_.options_row.push_back(i);
    sparse_.options_bytes.insert(sparse_.options_bytes.end(), row.option_bytes.begin(), row.option_bytes.end());
    sparse_.options_end.push_back(static_cast<std::uint32_t>(sparse_.options_bytes.size()));
  }
  if ((row.oddities & oddity::kHeaderCut) != 0) {
    sparse_.cut_row.push_back(i);
    sparse_.cut_available.push_back(row.header_available);
  }
  if (row.rebased) sparse_.rebase_row.push_back(i);
}

void SegmentStage::enter_directory(const record::SegmentRow& row, std::uint32_t chunk, record::RowLink& link) {
  if (!link.has_rows()) {
    link.first_chunk = chunk;
    link.first_in_chunk = static_cast<std::uint16_t>(rows_);
    link.encapsulation = row.encapsulation;
  }
  link.directory_slot = static_cast<std::uint16_t>(directory_.size());
  directory_.push_back({row.connection, 0, link.last_chunk == record::RowLink::kNone ? 0 : link.last_chunk + 1});
  link.last_chunk = chunk;
}

record::ChunkSummary SegmentStage::summarise(std::uint64_t first_row) const {
  const std::size_t rows = rows_;
  const DenseColumns& c = *dense_;
  const auto range = [rows]<class T>(const StagedRows<T>& column) {
    return range_of(std::span<const T>(column).first(rows));
  };
  record::ChunkSummary summary;
  summary.first = first_row;
  summary.rows = rows_;
  const auto [time_least, time_greatest] = range(c.time);
  summary.time_least.value = time_least;
  summary.time_greatest.value = time_greatest;
  const auto [connection_least, connection_greatest] = range(c.connection);
  summary.connection_least = connection_least;
  summary.connection_greatest = connection_greatest;
  summary.frame_first = c.frame[0];
  summary.frame_last = c.frame[rows - 1];
  std::uint16_t any = 0;
  std::uint16_t all = tcp_flag::kAll;
  for (std::size_t i = 0; i < rows; ++i) {
    any |= c.tcp_word[i];
    all &= c.tcp_word[i];
  }
  std::uint8_t odd = c.oddities.first();
  if (c.oddities.varies()) {
    for (const std::uint8_t oddities : c.oddities.rows(rows)) odd |= oddities;
  }
  summary.flags_any = any & tcp_flag::kAll;
  summary.flags_all = all;
  summary.oddities_any = odd;
  summary.payload_greatest = range(c.payload).greatest;
  summary.window_least = range(c.window).least;
  summary.wire_greatest = range(c.wire).greatest;
  summary.rebases = static_cast<std::uint32_t>(sparse_.rebase_row.size());
  return summary;
}

std::vector<DirectoryEntry> SegmentStage::directory() const {
  std::vector<DirectoryEntry> sorted = directory_;
  std::sort(sorted.begin(), sorted.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.connection < b.connection; });
  return sorted;
}

void SegmentStage::clear() {
  rows_ = 0;
  sparse_.clear();
  directory_.clear();
}

}  // namespace pcapsule::container
