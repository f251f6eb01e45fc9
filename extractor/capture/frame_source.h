// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/link_type.h"

namespace pcapsule::capture {

/// One frame of a capture: the doorway from the capture room to the decode room.
struct Frame {
  std::uint64_t number = 0;      ///< 1-based over all frames of the capture, as in Wireshark (rule S9)
  TimestampNs time;              ///< rule S8
  std::uint32_t wire_bytes = 0;  ///< length on the wire; the captured length is bytes.size()
  LinkType link_type = LinkType::kEthernet;
  std::uint32_t interface = 0;  ///< index into CaptureDescription::interfaces
  bool wanted = true;           ///< false: the capture filter (`-f`) leaves it out; it still has a number and a time
  ByteView bytes;               ///< valid until the next call of FrameSource::next
};

struct CaptureInterface {
  std::string name;  ///< its description where it has no name; empty: the capture does not say
  LinkType link_type = LinkType::kEthernet;
  std::uint32_t snaplen_bytes = 0;  ///< 0: no limit
  std::string comment;              ///< several are joined by line ends
};

enum class CaptureFormat : std::uint8_t { kPcap = 1, kPcapng = 2 };
enum class Compression : std::uint8_t { kNone = 0, kGzip = 1, kZstd = 2, kLz4 = 3 };

/// 128-bit XXH3 of every byte of the capture as stored (so of the compressed
/// bytes of a compressed capture).
struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// What the capture says about itself. While reading, a source may append to
/// `interfaces` and `comments`, and may find that the unit of time is finer.
/// Texts come from a stranger: escape them before showing.
struct CaptureDescription {
  CaptureFormat format = CaptureFormat::kPcap;
  Compression compression = Compression::kNone;
  std::uint32_t time_unit_ns = 1000;  ///< resolution of the stamps: 1000 for microsecond captures, else 1
  std::vector<CaptureInterface> interfaces;
  std::vector<std::string> comments;  ///< on the capture as a whole
};

/// What is known once the last byte was read.
struct CaptureEnd {
  std::uint64_t bytes = 0;  ///< bytes of the capture as stored
  Fingerprint fingerprint;
  /// Set when bytes of the input were lost: the capture ends early or a block
  /// is damaged. One line, without the file's name: where, and what
  /// was found. Everything before is good (rule S10).
  std::optional<std::string> damage;
  /// Frames whose time is beyond 64 bits of nanoseconds and was set to the nearest.
  std::uint64_t clamped_stamps = 0;
  std::uint64_t frames_without_stamp = 0;  ///< their Frame::time is 0
  /// Frame numbers used up: the last one. More than there are frames where blocks without a packet take numbers.
  std::uint64_t frame_numbers = 0;
  /// What a user should be told though nothing is lost. One line each, without the file's name.
  std::vector<std::string> remarks;
};

/// Frames of one capture in file order.
class FrameSource {
 public:
  FrameSource() = default;
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;
  virtual ~FrameSource() = default;

  [[nodiscard]] virtual const CaptureDescription& description() const = 0;

  /// Fills `frame` and yields true, or yields false at the end, damaged or not.
  virtual bool next(Frame& frame) = 0;

  /// Reads what is left of the input and yields what is known at its end.
  /// REQUIRES: next() has yielded false. An Error is a failure of the operating
  /// system, not of the capture.
  virtual Result<CaptureEnd> finish() = 0;
};

}  // namespace pcapsule::capture
