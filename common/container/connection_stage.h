// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/format/record_layout.h"
#include "common/record/chunk_info.h"
#include "common/record/connection.h"

namespace pcapsule::container {

/// An event by its distance from the first frame and the first time of the
/// connection; 0 where there was none.
struct StagedEvent {
  std::vector<std::uint64_t> frame;
  std::vector<std::int64_t> time;

  void append(const record::Moment& first, const std::optional<record::Moment>& event);
};

/// What both sides of a connection have.
struct StagedSide {
  std::vector<std::uint64_t> address_high, address_low;
  std::vector<std::uint64_t> segments, payload, wire;
  std::vector<std::uint32_t> base;
  std::vector<std::uint16_t> port, mss;
  std::vector<std::uint8_t> base_source, offers, shift, ttl_least, ttl_greatest;
  StagedEvent fin;

  void append(const record::Side& side, const record::Moment& first);
};

/// Repeated and late handshake segments.
struct StagedEventList {
  std::vector<std::uint16_t> entry;
  std::vector<std::uint8_t> kind;
  std::vector<std::uint64_t> frame;
  std::vector<std::int64_t> time;

  void append(std::uint16_t at, const record::Connection& connection);
};

/// The kept RSTs.
struct StagedReset {
  std::uint16_t entry;
  record::ResetEvent event;
};

/// Connections of a chunk: fewer than a chunk may have, since a question about one connection has to check every
/// column of its chunk, which is then a megabyte and not seven.
inline constexpr std::size_t kConnectionsOfChunk = 8192;
static_assert(kConnectionsOfChunk <= format::kMaxChunkRows);

/// Connections of the chunk under construction, one array a fact: as SegmentStage
/// is for rows. Memory: about 260 bytes a connection, of a chunk's connections.
struct ConnectionStage {
  [[nodiscard]] std::size_t size() const { return number.size(); }
  [[nodiscard]] bool full() const { return size() == kConnectionsOfChunk; }

  /// REQUIRES: !full(); numbers ascend.
  void append(const record::Connection& connection);

  /// Of all staged connections. REQUIRES: size() > 0.
  [[nodiscard]] record::ChunkSummary summarise(std::uint64_t first_entry) const;

  // Distances are from the first row, frame and time of the connection.
  std::vector<std::uint32_t> number, last_chunk, other_rows, previous_plus_one;
  std::vector<std::uint64_t> first_row, last_row_distance, first_frame, last_frame_distance, history;
  std::vector<std::int64_t> first_time, last_time_distance;
  std::vector<std::uint16_t> seen, syns, syn_acks, retries, syn_payload, encapsulation_plus_one;
  std::vector<std::uint16_t> syn_copies, syn_ack_copies;
  std::vector<std::uint8_t> marks, evidence, completeness, completeness_first_row;
  std::array<StagedSide, 2> side;
  StagedEvent syn_ack, handshake_ack, close_ack;
  StagedEventList events;
  std::vector<StagedReset> resets;
  bool all_v4 = true;
  bool whole_microseconds = true;  ///< every time
};

}  // namespace pcapsule::container
