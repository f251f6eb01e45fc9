// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/container/record_writer.h"
#include "extractor/track/connection_tracker.h"

namespace pcapsule::write {

/// A connection of the tracker as a row of the connection table, without where its rows stand: everything but `number`,
/// the numbers of rows and chunks, and the encapsulation.
/// REQUIRES: tracker.decide_roles() was called; number < tracker.connections().
void describe(const track::ConnectionTracker& tracker, std::uint32_t number, record::Connection& out);

/// The connections of a tracker as rows of the connection table, one at a time;
/// those without a row (not chosen by --client and --server) are left out.
/// REQUIRES: tracker.decide_roles() was called; the tracker outlives the source.
class TrackedConnections final : public container::ConnectionSource {
 public:
  explicit TrackedConnections(const track::ConnectionTracker& tracker) : tracker_(tracker) {}

  bool next(record::Connection& connection, record::RowLink& rows) override;

 private:
  const track::ConnectionTracker& tracker_;
  std::uint32_t number_ = 0;
};

}  // namespace pcapsule::write
