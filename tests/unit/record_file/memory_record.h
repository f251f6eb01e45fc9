// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "extractor/track/connection_tracker.h"
#include "extractor/write/track_writer.h"

namespace pcapsule::testing {

/// Collects a record file in memory.
class MemorySink final : public container::ByteSink {
 public:
  Result<void> write(ByteView bytes) override {
    file.insert(file.end(), bytes.begin(), bytes.end());
    return {};
  }
  std::vector<std::uint8_t> file;
};

/// The record file of a batch of segments, and the tracker that numbered them.
struct MemoryRecord {
  /// `lie` changes what the tracker knows before the connection table is written; `change`, what it found of the rows
  /// before these are.
  explicit MemoryRecord(const decode::SegmentBatch& batch, std::vector<record::CaptureInfo> captures = {},
                        TimestampNs first_frame_time = {},
                        const std::function<void(track::ConnectionTracker&)>& lie = {},
                        const std::function<void(std::vector<track::TrackedRow>&)>& change = {})
      : tracker(track::HashSeed{1, 2}) {
    write::TrackWriter writer(sink, track::HashSeed{1, 2});
    bool good = writer.start().ok();
    tracker.track(batch, rows);
    if (change) change(rows);
    for (std::size_t i = 0; i < batch.segments.size(); ++i) {
      const decode::Segment& segment = batch.segments[i];
      record::RowLink& link = tracker.record(rows[i].connection).rows;
      good = good && writer.append(segment, batch.carrier_of(segment), batch.options_of(segment), rows[i], link).ok();
    }
    tracker.decide_roles();
    if (lie) lie(tracker);
    record::Provenance provenance;
    provenance.program_version = "test";
    provenance.captures = std::move(captures);
    provenance.first_frame_time = first_frame_time;
    provenance.frames = batch.segments.size();
    provenance.backward_stamps = static_cast<std::uint64_t>(std::ranges::count_if(
        batch.segments, [](const decode::Segment& segment) { return segment.time < segment.previous_time; }));
    provenance.outcomes = {{"segment", batch.segments.size()}};
    good = good && writer.finish(tracker, provenance).ok();
    if (!good) sink.file.clear();
  }

  MemorySink sink;
  track::ConnectionTracker tracker;
  std::vector<track::TrackedRow> rows;
};

/// Everything before the catalog of a record file: header and chunks.
inline std::vector<std::uint8_t> chunks_of(const std::vector<std::uint8_t>& file) {
  std::uint64_t catalog = 0;
  std::memcpy(&catalog, file.data() + file.size() - format::kTrailerBytes, sizeof(catalog));
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(catalog)};
}

/// A file that goes away with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::vector<std::uint8_t>& bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "pcapsule-test-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    if (fd >= 0) ::close(fd);
    path_ = name;
    replace(bytes);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  void replace(const std::vector<std::uint8_t>& bytes) const {
    std::ofstream out(path_, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace pcapsule::testing
