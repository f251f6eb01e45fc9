// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/net/endpoint.h"
#include "common/record/catalog.h"
#include "extractor/capture/capture_path.h"

namespace pcapsule::pipeline {

/// What to extract, and where to.
struct ExtractRequest {
  /// Standard input at most once. Several become one trace, in the order of their first frames.
  std::vector<capture::CapturePath> captures;
  std::string output;  ///< path of the record file
  std::string filter;  ///< libpcap filter; empty: none
  std::optional<EndpointPattern> client;
  std::optional<EndpointPattern> server;
  bool wait_for_lock = true;  ///< false: kBusy when another extractor writes the same output
  /// Called now and then with the frames read so far; may be empty.
  std::function<void(std::uint64_t frames)> progress;
};

/// The options of a request as the record file keeps them.
record::RecordOptions record_options(const ExtractRequest& request);

struct RecordedMoment {
  std::uint64_t frame = 0;
  TimestampNs time;
};

/// What became of every frame.
struct ExtractSummary {
  record::Catalog recorded;    ///< what the record file says itself
  std::uint64_t frames = 0;    ///< all of them
  std::uint64_t segments = 0;  ///< recorded: "interesting"
  std::uint64_t connections = 0;
  std::uint64_t clamped_stamps = 0;  ///< beyond 64 bits of nanoseconds, set to the nearest
  std::uint64_t frames_without_stamp = 0;
  std::vector<std::string> remarks;     ///< what a user should be told of the capture; not escaped
  std::optional<RecordedMoment> first;  ///< first and last segment recorded
  std::optional<RecordedMoment> last;
  std::uint64_t input_bytes = 0;
  std::uint64_t output_bytes = 0;
  bool vlan_only_unwanted = false;  ///< everything the filter left out was VLAN-tagged (its filter may lack `vlan`)
  DurationNs read_time;             ///< wall time until the last byte was read and the last segment written
  DurationNs finish_time;           ///< … of connection table, fsync and rename
};

/// Extracts the captures into one record file, whole or not at all: one that cannot be read at all fails them all.
/// Errors name the file and what to do; the output is then as it was before.
Result<ExtractSummary> extract(const ExtractRequest& request);

}  // namespace pcapsule::pipeline
