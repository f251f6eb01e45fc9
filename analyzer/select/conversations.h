// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/analysis/chunk_connections.h"
#include "analyzer/analysis/number_index.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/selection.h"

namespace pcapsule::select {

/// Receives the rows of a record file connection by connection.
class ConversationSink {
 public:
  virtual ~ConversationSink() = default;
  /// The rows that follow are those of `connection`. `start`: stamp of its first segment.
  virtual void begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases,
                     TimestampNs start) = 0;
  /// Every row of the connection up to the last that is selected, in file order;
  /// the others are there for what is computed from the start. False: no more.
  virtual bool row(const read::SegmentChunk& chunk, std::size_t row, bool selected) = 0;
};

/// Goes through the selected connections by ascending number. Memory stays
/// bounded: rows are gathered for batches of connections; a connection too large
/// for a batch is streamed along its chunks.
class Conversations {
 public:
  Conversations(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection,
                read::ColumnSet columns);

  void visit(ConversationSink& sink);

  /// What was left out.
  [[nodiscard]] const DamageList& damage() const { return damage_; }

 private:
  struct Batch;

  [[nodiscard]] Batch next_batch(std::uint64_t& entry, std::uint64_t end);
  bool visit_batch(const Batch& batch, ConversationSink& sink);
  bool visit_streamed(const Batch& batch, ConversationSink& sink);
  void begin(const read::Connection& connection, TimestampNs start, ConversationSink& sink) const;
  [[nodiscard]] std::vector<std::uint32_t> chunks_of_batch(const Batch& batch);
  void check_rows(std::uint32_t chunk, const read::Directory& directory, const analysis::NumberIndex& index,
                  std::uint64_t found);
  void note_surplus(std::uint32_t chunk, std::uint32_t connection);
  void note_missing(const Batch& batch, std::span<const std::uint64_t> found);
  /// nullptr: the chunk is damaged, which is noted.
  const read::SegmentChunk* load(std::uint32_t chunk);

  read::RecordFile& file_;
  const read::ConnectionTable& table_;
  const Selection& selection_;
  read::ColumnSet columns_;
  DamageList damage_;  ///< before what notes damage as it is made
  std::vector<analysis::Rebase> rebases_;
  std::uint64_t batch_rows_;
  read::SegmentChunk loaded_;
  bool is_pruned_ = false;           ///< of the batch: the selection left out chunks
  std::uint64_t damage_before_ = 0;  ///< of the batch: damage_.times() when it began
};

}  // namespace pcapsule::select
