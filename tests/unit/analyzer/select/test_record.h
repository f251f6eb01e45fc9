// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule::testing {

/// A record file of given segments, opened.
class TestRecord {
 public:
  explicit TestRecord(const decode::SegmentBatch& batch, std::vector<record::CaptureInfo> captures = {},
                      TimestampNs first_frame_time = {})
      : TestRecord(MemoryRecord(batch, std::move(captures), first_frame_time).sink.file) {}
  explicit TestRecord(const std::vector<std::uint8_t>& bytes) : on_disk_(bytes) {
    auto file = read::RecordFile::open(on_disk_.path());
    if (!file) throw std::runtime_error(file.error().message);
    file_ = std::make_unique<read::RecordFile>(std::move(*file));
    auto table = read::ConnectionTable::open(*file_);
    if (!table) throw std::runtime_error(table.error().message);
    table_ = std::make_unique<read::ConnectionTable>(std::move(*table));
  }

  [[nodiscard]] read::RecordFile& file() { return *file_; }
  [[nodiscard]] const read::ConnectionTable& table() const { return *table_; }

 private:
  TemporaryFile on_disk_;
  std::unique_ptr<read::RecordFile> file_;
  std::unique_ptr<read::ConnectionTable> table_;
};

/// `rows` data segments of `connections` connections in turn, one millisecond
/// apart; connection i has client 10.0.0.1:1000+i and server 10.0.0.2:80. Every
/// segment carries `payload` bytes.
inline decode::SegmentBatch interleaved(std::uint32_t rows, std::uint32_t connections, std::uint32_t payload = 1000) {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  for (std::uint32_t i = 0; i < rows; ++i) {
    const Endpoint client = {IpAddress::v4(0x0a000001), static_cast<std::uint16_t>(1000 + i % connections)};
    const std::uint32_t seq = 100 + i / connections * payload;
    batch.segments.push_back(make.make(client, {IpAddress::v4(0x0a000002), 80}, 0x10, seq, 1, payload));
  }
  return batch;
}

/// Gives the segments these stamps, and each that of the frame before as its own says.
inline void stamp(decode::SegmentBatch& batch, const std::vector<std::int64_t>& stamps_ns) {
  for (std::size_t i = 0; i < stamps_ns.size(); ++i) {
    batch.segments[i].time = {stamps_ns[i]};
    batch.segments[i].previous_time = {stamps_ns[i == 0 ? 0 : i - 1]};
  }
}

}  // namespace pcapsule::testing
