// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/time.h"

namespace pcapsule::write {

struct InterfaceEntry {
  std::string name;
  std::uint16_t link_type = 0;
  std::uint32_t snaplen_bytes = 0;
};

/// One capture that went into the record file; fields as in schema/packet_record.fbs.
struct CaptureEntry {
  std::string name;  ///< without folders
  std::uint64_t bytes = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t fingerprint_low = 0;
  std::uint64_t fingerprint_high = 0;
  std::uint8_t format = 0;
  std::uint8_t compression = 0;
  std::uint32_t time_unit_ns = 1;
  std::vector<InterfaceEntry> interfaces;
  std::uint64_t first_frame = 1;
  std::uint64_t frames = 0;
  TimestampNs first_frame_time;
  TimestampNs last_frame_time;
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;
  std::string damage;
};

/// The options that decide what is recorded, in canonical form; empty: not given.
struct RecordOptions {
  std::string filter;
  std::string client;
  std::string server;
  friend bool operator==(const RecordOptions&, const RecordOptions&) = default;
};

using NamedCount = std::pair<std::string, std::uint64_t>;

/// What the writer cannot know by itself.
struct Provenance {
  std::string program_version;
  std::vector<CaptureEntry> captures;
  RecordOptions options;
  std::uint64_t frames = 0;
  std::vector<NamedCount> outcomes;
  std::vector<NamedCount> ether_types;
  std::vector<NamedCount> ip_protocols;
  std::uint64_t backward_stamps = 0;
  TimestampNs first_frame_time;
};

}  // namespace pcapsule::write
