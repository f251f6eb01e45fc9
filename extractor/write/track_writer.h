// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "common/base/result.h"
#include "common/container/record_writer.h"
#include "common/format/record_layout.h"
#include "common/hash/seeded.h"
#include "extractor/decode/segment.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/write/encapsulations.h"

namespace pcapsule::write {

/// Records what was decoded and tracked: turns it into rows and connections, and
/// gives those to the writer of record files.
class TrackWriter {
 public:
  /// `seed`: of this run, unknown to who made the capture.
  TrackWriter(container::ByteSink& sink, hash::HashSeed seed) : file_(sink), encapsulations_(seed) {}

  Result<void> start() { return file_.start(); }

  /// `carrier` and `options`: those of the segment; no options: nullptr. `link` is the RowLink of the row's connection.
  Result<void> append(const decode::Segment& segment, const decode::Carrier& carrier, const decode::TcpOptions* options,
                      const track::TrackedRow& tracked, record::RowLink& link);

  /// Writes what is left; the encapsulations of `provenance` are filled in.
  /// REQUIRES: tracker.decide_roles() was called.
  Result<void> finish(const track::ConnectionTracker& tracker, record::Provenance& provenance);

  [[nodiscard]] const container::RecordWriter& file() const { return file_; }

 private:
  container::RecordWriter file_;
  Encapsulations encapsulations_;
};

inline Result<void> TrackWriter::append(const decode::Segment& segment, const decode::Carrier& carrier,
                                        const decode::TcpOptions* options, const track::TrackedRow& tracked,
                                        record::RowLink& link) {
  record::SegmentRow row;
  row.frame = segment.frame_number;
  row.time = segment.time;
  row.since_frame_before = wrapping_distance(segment.time, segment.previous_time);
  row.connection = tracked.connection;
  row.seq = segment.seq;
  row.ack = segment.ack;
  row.payload_bytes = segment.payload_bytes;
  row.wire_bytes = segment.wire_bytes;
  row.captured_bytes = segment.captured_bytes;
  row.interface = carrier.interface;
  row.ts_value = segment.has_timestamps ? segment.ts_value : 0;
  row.ts_echo = segment.has_timestamps ? segment.ts_echo : 0;
  row.tcp_word = segment.word;
  row.window = segment.window;
  row.checksum = segment.checksum;
  row.ip_id = segment.ip_id;
  row.encapsulation = encapsulations_.index_of(carrier.layers);
  row.vlan = carrier.vlan;
  row.marks = static_cast<std::uint8_t>((tracked.side == track::kB ? format::mark::kSentByB : 0) |
                                        (segment.has_timestamps ? format::mark::kHasTimestamps : 0));
  row.oddities = segment.oddities;
  row.ttl = segment.ttl;
  row.dscp_ecn = segment.dscp_ecn;
  row.vlan_tags = carrier.vlan_tags;
  row.header_available = segment.header_available;
  row.rebased = tracked.rebased;
  if (options != nullptr) {
    row.sack = std::span(options->sack).first(options->sack_count);
    if (options->has_dss) row.marks |= format::mark::kHasDss;
    if (!options->ordinary) row.option_bytes = ByteView(options->raw).first(options->raw_bytes);
  }
  return file_.append(row, link);
}

}  // namespace pcapsule::write
