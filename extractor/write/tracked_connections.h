// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/container/record_writer.h"
#include "extractor/track/connection_tracker.h"

namespace pcapsule::write {

/// The connections of a tracker as rows of the connection table, one at a time;
/// those without a row (not chosen by --client and --server) are left out.
/// REQUIRES: tracker.decide_roles() was called; the tracker outlives the source.
class TrackedConnections final : public container::ConnectionSource {
 public:
  explicit TrackedConnections(const track::ConnectionTracker& tracker) : tracker_(tracker) {}

  bool next(record::Connection& connection, record::RowLink& rows) override;

 private:
  void fill(record::Connection& connection, const track::ConnectionRecord& record) const;
  [[nodiscard]] record::Side side_of(const track::ConnectionRecord& record, track::Side side) const;

  const track::ConnectionTracker& tracker_;
  std::uint32_t number_ = 0;
};

}  // namespace pcapsule::write
