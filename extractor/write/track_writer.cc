// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/track_writer.h"

#include <utility>

#include "extractor/write/tracked_connections.h"

namespace pcapsule::write {

namespace {

namespace mark = format::mark;

void take_options(record::SegmentRow& row, const decode::TcpOptions& options) {
  row.sack = std::span(options.sack).first(options.sack_count);
  if (options.has_dss) row.marks |= mark::kHasDss;
  if (!options.ordinary) row.option_bytes = ByteView(options.raw).first(options.raw_bytes);
}

}  // namespace

Result<void> TrackWriter::append(const decode::Segment& segment, const decode::TcpOptions* options,
                                 const track::TrackedRow& tracked, record::RowLink& link) {
  record::SegmentRow row;
  row.frame = segment.frame_number;
  row.time = segment.time;
  row.since_frame_before = segment.time - segment.previous_time;
  row.connection = tracked.connection;
  row.seq = segment.seq;
  row.ack = segment.ack;
  row.payload_bytes = segment.payload_bytes;
  row.wire_bytes = segment.wire_bytes;
  row.captured_bytes = segment.captured_bytes;
  row.interface = segment.interface;
  row.ts_value = segment.has_timestamps ? segment.ts_value : 0;
  row.ts_echo = segment.has_timestamps ? segment.ts_echo : 0;
  row.tcp_word = segment.word;
  row.window = segment.window;
  row.checksum = segment.checksum;
  row.ip_id = segment.ip_id;
  row.encapsulation = encapsulations_.index_of(segment.layers);
  row.vlan = segment.vlan;
  row.marks = static_cast<std::uint8_t>((tracked.side == track::kB ? mark::kSentByB : 0) |
                                        (segment.has_timestamps ? mark::kHasTimestamps : 0));
  row.oddities = segment.oddities;
  row.ttl = segment.ttl;
  row.dscp_ecn = segment.dscp_ecn;
  row.vlan_tags = segment.vlan_tags;
  row.header_available = segment.header_available;
  row.rebased = tracked.rebased;
  if (options != nullptr) take_options(row, *options);
  return file_.append(row, link);
}

Result<void> TrackWriter::finish(const track::ConnectionTracker& tracker, record::Provenance provenance) {
  provenance.encapsulations = encapsulations_.texts();
  TrackedConnections connections(tracker);
  return file_.finish(connections, provenance);
}

}  // namespace pcapsule::write
