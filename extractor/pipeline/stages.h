// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "extractor/decode/decode_outcome.h"
#include "extractor/decode/segment.h"
#include "extractor/pipeline/capture_chain.h"
#include "extractor/pipeline/extract.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/write/track_writer.h"

namespace pcapsule::pipeline {

/// Segments of a batch: enough that handing one over costs nothing, few enough
/// that it stays in the second-level cache.
inline constexpr std::size_t kBatchSegments = 8192;

/// Segments of one capture.
struct Batch {
  decode::SegmentBatch segments;
  std::size_t capture = 0;  ///< its number in the chain
};

/// First stage: frames become segments. Runs on the thread that reads.
class DecodeStage {
 public:
  explicit DecodeStage(CaptureChain& chain) : chain_(chain) {}

  /// Fills `batch` with up to kBatchSegments. False: there are no more frames
  /// (the batch may hold the last segments all the same).
  Result<bool> fill(Batch& batch);

  // Known when fill() has yielded false.
  [[nodiscard]] const decode::DecodeCounts& counts() const { return *counts_; }
  [[nodiscard]] std::shared_ptr<decode::DecodeCounts> share_counts() const { return counts_; }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  [[nodiscard]] std::uint64_t unwanted() const { return unwanted_; }
  [[nodiscard]] std::uint64_t unwanted_tagged() const { return unwanted_tagged_; }
  [[nodiscard]] std::uint64_t backward_stamps() const { return backward_stamps_; }
  [[nodiscard]] TimestampNs first_time() const { return first_time_; }
  [[nodiscard]] TimestampNs last_time() const { return previous_time_; }

 private:
  void decode(const capture::Frame& frame, decode::SegmentBatch& segments);

  CaptureChain& chain_;
  std::shared_ptr<decode::DecodeCounts> counts_ = std::make_shared<decode::DecodeCounts>();
  std::uint64_t frames_ = 0;
  std::uint64_t unwanted_ = 0;
  std::uint64_t unwanted_tagged_ = 0;
  std::uint64_t backward_stamps_ = 0;
  TimestampNs first_time_;
  TimestampNs previous_time_;
};

/// Which connections `--client` and `--server` choose. Roles may be decided only
/// at the end of the capture, so rows are kept for every connection that could
/// be meant, and the choice is looked at again then.
class ConnectionChoice {
 public:
  ConnectionChoice(const std::optional<EndpointPattern>& client, const std::optional<EndpointPattern>& server)
      : client_(client), server_(server) {}

  [[nodiscard]] bool chooses_all() const { return !client_ && !server_; }

  /// Are rows of this connection kept?
  bool keeps(std::uint32_t number, const track::ConnectionTracker& tracker);

  /// After the roles are decided: makes the choice final. False: rows were kept
  /// that must not be; extract again with this choice.
  bool settle(const track::ConnectionTracker& tracker);

 private:
  enum class State : std::uint8_t { kUnknown, kKept, kLeftOut };
  [[nodiscard]] bool matches(const Endpoint& client, const Endpoint& server) const {
    return (!client_ || client_->matches(client)) && (!server_ || server_->matches(server));
  }

  std::optional<EndpointPattern> client_;
  std::optional<EndpointPattern> server_;
  std::vector<State> states_;  ///< by connection number
};

/// Second stage: segments become rows of the record file.
class RecordStage {
 public:
  RecordStage(container::ByteSink& sink, track::HashSeed seed, ConnectionChoice& choice, std::size_t captures)
      : tracker_(seed), writer_(sink, seed), choice_(choice), rows_of_capture_(captures) {}

  Result<void> start() { return writer_.start(); }
  Result<void> take(const Batch& batch);

  [[nodiscard]] track::ConnectionTracker& tracker() { return tracker_; }
  [[nodiscard]] write::TrackWriter& writer() { return writer_; }
  [[nodiscard]] const write::TrackWriter& writer() const { return writer_; }
  [[nodiscard]] const std::optional<RecordedMoment>& first() const { return first_; }
  [[nodiscard]] const std::optional<RecordedMoment>& last() const { return last_; }

  /// Rows of each capture.
  [[nodiscard]] const std::vector<std::uint64_t>& rows_of_capture() const { return rows_of_capture_; }

  /// Frames left out by the choice, by the outcome under which they were counted.
  [[nodiscard]] const std::array<std::uint64_t, decode::kOutcomes>& not_chosen() const { return not_chosen_; }

 private:
  /// What is known of the frame of the latest row.
  struct Tallied {
    std::uint64_t frame = 0;
    decode::Outcome outcome = decode::Outcome::kSegment;
    bool kept = false;
  };

  /// Counts a row. A frame with several TCP headers counts once, under the best of them, and as left out only if all
  /// of them are.
  void tally(std::uint64_t frame, decode::Outcome outcome, bool kept);

  track::ConnectionTracker tracker_;
  write::TrackWriter writer_;
  ConnectionChoice& choice_;
  std::vector<std::uint64_t> rows_of_capture_;
  std::vector<track::TrackedRow> tracked_;
  std::optional<RecordedMoment> first_;
  std::optional<RecordedMoment> last_;
  Tallied tallied_;
  std::array<std::uint64_t, decode::kOutcomes> not_chosen_{};
};

}  // namespace pcapsule::pipeline
