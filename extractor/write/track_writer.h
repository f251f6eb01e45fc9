// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/result.h"
#include "common/container/record_writer.h"
#include "extractor/decode/segment.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/write/encapsulations.h"

namespace pcapsule::write {

/// Records what was decoded and tracked: turns it into rows and connections, and
/// gives those to the writer of record files.
class TrackWriter {
 public:
  explicit TrackWriter(container::ByteSink& sink) : file_(sink) {}

  Result<void> start() { return file_.start(); }

  /// `options`: those of the segment, or nullptr. `link` is the RowLink of the row's connection.
  Result<void> append(const decode::Segment& segment, const decode::TcpOptions* options,
                      const track::TrackedRow& tracked, record::RowLink& link);

  /// Writes what is left; the encapsulations of `provenance` are filled in.
  /// REQUIRES: tracker.decide_roles() was called.
  Result<void> finish(const track::ConnectionTracker& tracker, record::Provenance provenance);

  [[nodiscard]] const container::RecordWriter& file() const { return file_; }

 private:
  container::RecordWriter file_;
  Encapsulations encapsulations_;
};

}  // namespace pcapsule::write
