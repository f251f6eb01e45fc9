// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "extractor/capture/capture_path.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::pipeline {

/// One of the captures that become one record file.
struct ChainInput {
  std::string shown;          ///< path as the user gave it, for messages; `-` for standard input
  capture::CapturePath path;  ///< where its bytes are; differs from `shown` for a copy of standard input
  std::string name;           ///< without folders, as the record file keeps it
  std::int64_t mtime_ns = 0;
};

/// `capture` and what the file system says of it.
ChainInput chain_input(const capture::CapturePath& capture);

/// Sorts captures by the time of their first frames, ties by name, then as given; those
/// without frames come last. Opens each.
Result<void> sort_by_first_frame(std::vector<ChainInput>& inputs);

/// What is known of one capture of the chain.
struct ChainPart {
  capture::CaptureDescription description;
  capture::CaptureEnd end;        ///< set once the chain has moved on
  std::uint64_t first_frame = 1;  ///< its number in the whole
  std::uint64_t packets = 0;      ///< frames handed out
  TimestampNs first_time;         ///< meaningless without packets
  TimestampNs last_time;
};

/// The captures of one record file as one trace, one after the other: frame numbers run
/// through, and interfaces are numbered through too, those of a capture after those
/// of all captures before it.
class CaptureChain {
 public:
  /// Interfaces of all captures together. One with more is refused: each costs bytes of the catalog.
  static constexpr std::size_t kMaxInterfaces = std::size_t{1} << 16;

  /// REQUIRES: at least one input. `filter` empty: none.
  CaptureChain(std::vector<ChainInput> inputs, std::string filter);

  /// Opens the first capture. Errors as capture::open_capture(), and kUnsupported when nothing
  /// of what it would read can be decoded.
  Result<void> open();

  /// The next frame of the current capture; false at its end.
  bool next(capture::Frame& frame);

  /// Ends the current capture and opens the one behind it; false when there is none.
  /// REQUIRES: next() has yielded false.
  Result<bool> advance();

  /// Error kUnsupported when no frame of any capture can be decoded: refused by name instead of
  /// recorded as nothing. REQUIRES: advance() has yielded false, since a pcapng may have other
  /// link types in a later section.
  [[nodiscard]] Result<void> check_link_types() const;

  /// Number of the current capture, from 0.
  [[nodiscard]] std::size_t current() const { return current_; }

  /// Frame numbers of the captures ended so far: more than their frames where blocks of a
  /// pcapng take a number and hold no packet.
  [[nodiscard]] std::uint64_t frame_numbers() const { return numbers_before_; }

  [[nodiscard]] const std::vector<ChainInput>& inputs() const { return inputs_; }
  /// One an input; whole once advance() has yielded false.
  [[nodiscard]] const std::vector<ChainPart>& parts() const { return parts_; }

 private:
  Result<void> open_current();
  Result<void> end_current();
  void limit_comments(capture::CaptureDescription& description);

  std::vector<ChainInput> inputs_;
  std::string filter_;
  std::vector<ChainPart> parts_;
  std::unique_ptr<capture::FrameSource> source_;
  std::size_t current_ = 0;
  std::uint64_t numbers_before_ = 0;  ///< of the captures before the current one
  std::size_t interfaces_before_ = 0;
  std::size_t comment_bytes_ = 0;
};

}  // namespace pcapsule::pipeline
