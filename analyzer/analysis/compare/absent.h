// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/analysis/compare/pair.h"

namespace pcapsule::analysis::compare {

/// What became of a segment that one point saw and the other not (S50).
enum class AbsentClass : std::uint8_t {
  kLost,     ///< between the points
  kMissed,   ///< it passed; the capture lacks it
  kUnknown,  ///< neither is proven
  kOutside,  ///< the other capture had not begun, or was over: not judged, not counted
};
std::string_view to_text(AbsentClass what);

/// Why it is taken for that.
enum class Proof : std::uint8_t {
  // Lost.
  kCopyNeeded,           ///< the receiver acknowledged it only after a copy had come
  kHoleReported,         ///< what the receiver sent afterwards still waited for it
  kNotAcked,             ///< the receiver never acknowledged it
  kEchoOlder,            ///< what the receiver sent afterwards echoes an older timestamp
  kStillRetransmitting,  ///< the receiver went on as if it had not come
  kNoSign,               ///< nothing shows that it came, and that capture lacks nothing else
  // Missed.
  kAckedWithoutCopy,  ///< the receiver acknowledged bytes that its point never saw
  kSelectivelyAcked,  ///< or reported them as received
  kReportedTwice,     ///< the receiver reported it twice; its point saw one
  kEchoed,            ///< the receiver echoed its timestamp, which no other segment had
  kNeverRepeated,     ///< what it acknowledged was never sent again
  kOtherPointHasIt,   ///< the second point saw what had to pass the first
  // Unknown.
  kEdge,             ///< it would have passed as the capture began or ended
  kAmbiguous,        ///< several segments could be the one that came
  kMissesElsewhere,  ///< nothing shows that it came, but that capture lacks others that did
};
std::string_view to_text(Proof proof);

struct Absent {
  Direction direction = Direction::kNearToFar;
  std::uint8_t seen_at = kNear;  ///< the point that has it
  AbsentClass what = AbsentClass::kUnknown;
  Proof proof = Proof::kNoSign;
  std::uint32_t row = 0;             ///< at that point
  std::uint32_t proof_row = kNoRow;  ///< at the second point of the direction
  std::uint32_t bytes = 0;           ///< payload that is absent
  bool is_rest = false;              ///< the other bytes of the entry before it, which went another way
};

}  // namespace pcapsule::analysis::compare
