// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/track_writer.h"

#include "extractor/write/tracked_connections.h"

namespace pcapsule::write {

Result<void> TrackWriter::finish(const track::ConnectionTracker& tracker, record::Provenance& provenance) {
  provenance.encapsulations = encapsulations_.texts();
  TrackedConnections connections(tracker);
  return file_.finish(connections, provenance);
}

}  // namespace pcapsule::write
