// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "extractor/decode/segment.h"
#include "extractor/track/connection_record.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/write/chunk.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::write {

/// Rows of the segment chunk under construction, one array a fact. Width and
/// absence of a column are known only when the chunk is full, so it is staged
/// here and narrowed into the FlatBuffer at the end.
class SegmentStage {
 public:
  SegmentStage();

  [[nodiscard]] std::uint32_t rows() const { return rows_; }
  [[nodiscard]] bool full() const { return rows_ == format::kMaxChunkRows; }

  /// A chunk holds frame numbers that lie within 2^32 of its first: false when
  /// `frame_number` needs another chunk.
  [[nodiscard]] bool takes(std::uint64_t frame_number) const {
    return !full() && (rows_ == 0 || frame_number - frame_[0] <= 0xffff'ffffULL);
  }

  /// `chunk` is this chunk's number among the segment chunks; `link` belongs to the row's connection.
  /// REQUIRES: takes(segment.frame_number).
  void append(const decode::Segment& segment, const decode::TcpOptions* options, const track::TrackedRow& tracked,
              std::uint16_t encapsulation, std::uint32_t chunk, track::RowLink& link);

  /// The chunk of all staged rows. REQUIRES: rows() > 0.
  BuiltChunk build(flatbuffers::FlatBufferBuilder& fbb, std::uint64_t first_row);

  void clear();

 private:
  struct DirectoryEntry {
    std::uint32_t connection;
    std::uint32_t rows;
    std::uint32_t previous;
  };

  void append_sparse(const decode::Segment& segment, const decode::TcpOptions* options, bool rebased);
  void append_directory(std::uint32_t connection, std::uint32_t chunk, track::RowLink& link);
  [[nodiscard]] ChunkSummary summarise(std::uint64_t first_row) const;

  std::uint32_t rows_ = 0;
  std::vector<std::uint64_t> frame_;
  std::vector<std::int64_t> time_;
  std::vector<std::uint32_t> connection_, seq_, ack_, payload_, overhead_, wire_, captured_, interface_, ts_value_,
      ts_echo_;
  std::vector<std::uint16_t> tcp_word_, window_, checksum_, ip_id_, encapsulation_;
  std::array<std::vector<std::uint16_t>, decode::kMaxVlanTags> vlan_;
  std::vector<std::uint8_t> marks_, oddities_, ttl_, dscp_ecn_, vlan_tags_;

  // Sparse facts.
  std::vector<std::uint16_t> previous_row_, sack_row_, options_row_, cut_row_, rebase_row_;
  std::vector<std::int64_t> previous_gap_;
  std::vector<std::uint32_t> sack_left_, sack_right_, options_end_;
  std::vector<std::uint8_t> options_bytes_, cut_available_;

  std::vector<DirectoryEntry> directory_;
};

}  // namespace pcapsule::write
