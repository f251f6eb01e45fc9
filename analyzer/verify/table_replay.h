// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/read/catalog.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/verify/fault_list.h"
#include "extractor/decode/segment.h"
#include "extractor/track/connection_tracker.h"

namespace pcapsule::verify {

/// Tracks the rows of a record file as the extractor tracked the headers of the capture, and holds every fact of the
/// connection table against what comes of it: the numbers, sides and rebases of the rows on the way, all else at the
/// end. So the rules (S11 to S18, S27, S32, S40 to S42) are told once, in extractor/track. Memory: what the extractor
/// needs, some 300 bytes a connection.
class TableReplay {
 public:
  /// The references outlive the replay.
  TableReplay(const read::Catalog& catalog, const read::ConnectionTable& table, FaultList& faults);

  /// The next chunk in file order, with all its columns.
  void feed(const read::ChunkInfo& info, const read::SegmentChunk& chunk);

  /// Rows are missing or contradict themselves, which was told: from here nothing is known of the connections.
  void stop() { running_ = false; }

  /// After the last chunk.
  void finish();

 private:
  bool make_batch(const read::SegmentChunk& chunk);
  void track_part();
  void check_rows(const read::ChunkInfo& info, const read::SegmentChunk& chunk);
  void check_previous(const read::Connection& connection);

  const read::ConnectionTable& table_;
  FaultList& faults_;
  /// A part of the connections, with the numbers of the whole, cannot show why they have these: the replay takes them
  /// from the rows. Nor does it show all servers, from which roles may have been guessed (S15).
  bool whole_;
  bool running_ = true;
  track::ConnectionTracker tracker_;
  // Of the chunk at hand.
  decode::SegmentBatch batch_;
  std::vector<track::TrackedRow> claimed_;  ///< what the rows say: with the number that the tracker should give
  std::vector<track::TrackedRow> found_;
};

}  // namespace pcapsule::verify
