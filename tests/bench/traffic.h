// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "extractor/decode/segment.h"
#include "tests/support/byte_buffer.h"
#include "tests/unit/record_file/memory_record.h"

/// What the benchmarks of the rooms work on. The same every time.
namespace pcapsule::bench {

/// Of each connection: handshake, sixteen requests and answers in turn, close.
inline constexpr std::uint32_t kRowsAConnection = 38;

/// Frames of `connections` short connections, ten of which are in progress at a time: Ethernet, IPv4, the timestamps
/// option on every segment, 96 bytes captured.
std::vector<test::Bytes> short_connections(std::uint32_t connections);

/// The bytes of a pcap with those frames.
test::Bytes capture_of(const std::vector<test::Bytes>& frames);

/// What the decode room makes of them.
decode::SegmentBatch segments_of(const std::vector<test::Bytes>& frames);

/// `count` SYNs, each of endpoints of its own.
decode::SegmentBatch flood(std::uint32_t count);

/// The same with endpoints whose hashes, under the default seed, agree in the bits that choose a slot of a small index.
decode::SegmentBatch colliding_flood(std::uint32_t count);

/// A record file of short connections on the disk, opened. Ends the program if that fails.
class OpenedRecord {
 public:
  explicit OpenedRecord(std::uint32_t connections);
  [[nodiscard]] read::RecordFile& file() { return file_; }
  [[nodiscard]] const read::ConnectionTable& table() const { return table_; }
  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(file_.catalog().rows); }

 private:
  testing::TemporaryFile on_disk_;
  read::RecordFile file_;
  read::ConnectionTable table_;
};

}  // namespace pcapsule::bench
