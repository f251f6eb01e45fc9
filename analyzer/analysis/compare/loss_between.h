// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/analysis/compare/pair.h"
#include "analyzer/analysis/compare/receiver.h"

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

/// What is known of how well one direction is seen.
struct Trust {
  bool has_misses = false;  ///< the captures provably lack segments ...
  /// ... and segments get lost behind that point: then what the receiver lacks may have passed it.
  bool lost_behind = false;
  bool overtakes = false;  ///< segments overtake each other between the points
};

/// Segments of one direction that one of the points did not see, those of the first point
/// first, each in file order. What nothing shows is not called lost where the capture of
/// the second point lacks other segments.
std::vector<Absent> absent_segments(const PairRows& pair, const Receiver& receiver, Direction direction,
                                    const Frame& frame, Trust trust);

/// When a segment of the first point should have passed the second, by the delay of the
/// matched segment before it in its direction, else after it, else by the clocks.
class Arrivals {
 public:
  Arrivals(const PairRows& pair, Direction direction, const Frame& frame);
  [[nodiscard]] std::int64_t at_second(std::uint32_t first_row) const;
  [[nodiscard]] std::int64_t at_first(std::uint32_t second_row) const;

 private:
  [[nodiscard]] std::int64_t moved(unsigned point, std::uint32_t row) const;

  const PairRows& pair_;
  Direction direction_;
  const Frame& frame_;
  std::array<std::vector<std::uint32_t>, 2> known_;  ///< matched rows of the direction, by point
};

}  // namespace pcapsule::analysis::compare
