// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/read/connection.h"
#include "common/base/time.h"

namespace pcapsule::analysis {

/// Why a segment was sent again, or came late (S37).
enum class Cause : std::uint8_t {
  kUndecided,
  kLostBefore,  ///< what carried its bytes before never came to the tap
  kLostAfter,   ///< what carried them was at the tap, and did not reach the receiver
  kNeedless,    ///< the receiver had its bytes
  kReordered,   ///< sent before segments that came to the tap before it
  kDuplicate,   ///< a copy of a frame (S40)
};
inline constexpr std::size_t kCauses = 6;

/// `lost before the tap`, …
std::string_view to_text(Cause cause);

/// When a segment was sent, compared with another one.
enum class SendOrder : std::uint8_t { kUnknown, kEarlier, kSame, kLater };
/// `earlier`, …; empty: not known.
std::string_view to_text(SendOrder order);

/// What a verdict rests on.
struct CauseEvidence {
  /// Against the segment that opened the gap it fills, else the one that carried its bytes first.
  SendOrder by_ts_value = SendOrder::kUnknown;
  SendOrder by_ip_id = SendOrder::kUnknown;
  bool bytes_seen = false;        ///< an earlier segment at the tap carried some of them
  bool fills_gap = false;         ///< some of them lie in a gap of what the tap saw
  bool acked_before = false;      ///< acknowledged or SACKed before it came
  bool gap_shown = false;         ///< SACK blocks or three duplicate ACKs showed that the receiver lacked them
  bool dsack = false;             ///< the receiver said that it got them twice (RFC 2883)
  bool echo_older = false;        ///< the ACK of them echoes an older timestamp (RFC 3522)
  bool answered_early = false;    ///< the ACK of them came sooner than an answer could
  bool answered_late = false;     ///< … or so late that it may answer something else
  std::uint64_t other_frame = 0;  ///< that other segment; 0: none known
  std::optional<DurationNs> since_other;
  std::uint64_t acked_frame = 0;  ///< the first ACK or SACK of all of them after it; 0: none
  std::optional<DurationNs> acked_after;
  std::optional<DurationNs> least_rtt;  ///< of the receiver's side, as known when it came
};

/// A segment with a verdict.
struct LossFinding {
  std::uint64_t row = 0;  ///< of the file
  read::Moment at;
  unsigned side = 0;       ///< the sender
  std::int64_t begin = 0;  ///< relative, as S19
  std::int64_t end = 0;
  Cause cause = Cause::kUndecided;
  CauseEvidence evidence;
};

}  // namespace pcapsule::analysis
