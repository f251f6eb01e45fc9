// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/time.h"

namespace pcapsule::read {

struct InterfaceInfo {
  std::string name;
  std::uint16_t link_type = 0;
  std::uint32_t snaplen_bytes = 0;  ///< 0: no limit
};

/// One capture that went into the record file; fields as in schema/packet_record.fbs.
struct CaptureInfo {
  std::string name;
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
};

struct NamedCount {
  std::string name;
  std::uint64_t count = 0;
};

/// One chunk as the catalog lists it: where it is, and what can be in it.
struct ChunkInfo {
  std::uint32_t number = 0;  ///< among all chunks of the file
  std::uint64_t offset = 0;
  std::uint32_t bytes = 0;
  std::uint64_t first = 0;  ///< first row, or first entry of the connection table
  std::uint32_t rows = 0;
  TimestampNs time_least;
  TimestampNs time_greatest;
  std::uint32_t connection_least = 0;
  std::uint32_t connection_greatest = 0;
  std::uint16_t flags_any = 0;
  std::uint16_t flags_all = 0;
  std::uint32_t payload_greatest = 0;
  std::uint16_t window_least = 0;
  std::uint32_t wire_greatest = 0;
  std::uint64_t frame_first = 0;
  std::uint64_t frame_last = 0;
  std::uint8_t oddities_any = 0;
  std::uint32_t rebases = 0;
};

/// Everything that holds for the whole file.
struct Catalog {
  std::uint32_t format_version = 0;
  std::uint64_t file_bytes = 0;
  std::string program_version;
  std::vector<CaptureInfo> captures;
  std::vector<std::string> encapsulations;
  std::string filter;
  std::string client;
  std::string server;
  std::uint64_t rows = 0;
  std::uint64_t segments = 0;
  std::uint64_t connections = 0;
  std::uint64_t frames = 0;
  std::vector<NamedCount> outcomes;
  std::vector<NamedCount> ether_types;
  std::vector<NamedCount> ip_protocols;
  std::uint64_t backward_stamps = 0;
  TimestampNs first_frame_time;
};

}  // namespace pcapsule::read
