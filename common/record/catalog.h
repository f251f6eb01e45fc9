// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/time.h"

namespace pcapsule::record {

struct InterfaceInfo {
  std::string name;
  std::uint16_t link_type = 0;
  std::uint32_t snaplen_bytes = 0;  ///< 0: no limit
  std::string comment;              ///< empty: none
};

/// One capture that went into the record file; fields as in schema/packet_record.fbs.
struct CaptureInfo {
  std::string name;  ///< without folders
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t fingerprint_low = 0;
  std::uint64_t fingerprint_high = 0;
  std::uint8_t format = 0;
  std::uint8_t compression = 0;
  std::uint32_t time_unit_ns = 1;
  std::vector<InterfaceInfo> interfaces;
  std::uint64_t first_frame = 1;
  std::uint64_t frames = 0;
  TimestampNs first_frame_time;
  TimestampNs last_frame_time;
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;
  std::string damage;  ///< empty: none
  std::vector<std::string> comments;
};

struct NamedCount {
  std::string name;
  std::uint64_t count = 0;
};

/// The options that decide what is recorded, in canonical form; empty: not given.
struct RecordOptions {
  std::string filter;
  std::string client;
  std::string server;
  friend bool operator==(const RecordOptions&, const RecordOptions&) = default;
};

/// Where a record file came from, and what became of every frame: what its
/// writer cannot know by itself.
struct Provenance {
  std::string program_version;
  std::vector<CaptureInfo> captures;
  /// Header stacks from the link layer to TCP; SegmentRow::encapsulation is an index into them.
  std::vector<std::string> encapsulations;
  RecordOptions options;
  std::uint64_t frames = 0;
  std::vector<NamedCount> outcomes;  ///< add up to `frames`; a name that is missing counts 0
  std::vector<NamedCount> ether_types;
  std::vector<NamedCount> ip_protocols;
  std::uint64_t backward_stamps = 0;
  TimestampNs first_frame_time;  ///< meaningless without frames
  /// Not empty: this is a part of another record file; what was chosen, in the order of the cuts.
  std::vector<std::string> subset;
};

/// Everything that holds for a whole record file. The strings of one that was
/// read come from a stranger: escape them before showing.
struct Catalog : Provenance {
  std::uint32_t format_version = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t segments = 0;
  std::uint64_t connections = 0;
};

}  // namespace pcapsule::record
