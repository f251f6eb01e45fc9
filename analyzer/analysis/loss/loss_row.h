// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection.h"
#include "common/net/sack_block.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

/// What the search for causes needs of a row.
struct LossRow {
  std::uint64_t row = 0;  ///< of the file
  read::Moment at;
  unsigned side = 0;  ///< the sender
  TcpWord word;
  std::uint8_t oddities = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload = 0;
  std::uint32_t ts_value = 0;
  std::uint32_t ts_echo = 0;
  std::uint16_t ip_id = 0;
  bool has_timestamps = false;
  std::uint8_t sack_count = 0;
  std::array<SackBlock, 4> sack{};

  [[nodiscard]] bool is_segment() const { return (oddities & oddity::kNoSegment) == 0; }
  [[nodiscard]] bool length_known() const { return (oddities & oddity::kLengthUnknown) == 0; }
  [[nodiscard]] std::span<const SackBlock> blocks() const { return std::span(sack).first(sack_count); }
};

/// The columns that loss_row() reads.
read::ColumnSet loss_columns();
LossRow loss_row(const read::SegmentChunk& chunk, std::size_t row);

}  // namespace pcapsule::analysis
