// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/absent.h"

namespace pcapsule::analysis::compare {

std::string_view to_text(AbsentClass what) {
  switch (what) {
    case AbsentClass::kLost:
      return "lost";
    case AbsentClass::kMissed:
      return "missed";
    case AbsentClass::kUnknown:
      return "unknown";
    case AbsentClass::kOutside:
      return "outside";
  }
  return "";
}

std::string_view to_text(Proof proof) {
  switch (proof) {
    case Proof::kCopyNeeded:
      return "copy_needed";
    case Proof::kHoleReported:
      return "hole_reported";
    case Proof::kNotAcked:
      return "not_acked";
    case Proof::kEchoOlder:
      return "echo_older";
    case Proof::kStillRetransmitting:
      return "still_retransmitting";
    case Proof::kNoSign:
      return "no_sign";
    case Proof::kAckedWithoutCopy:
      return "acked_without_copy";
    case Proof::kSelectivelyAcked:
      return "selectively_acked";
    case Proof::kReportedTwice:
      return "reported_twice";
    case Proof::kEchoed:
      return "echoed";
    case Proof::kNeverRepeated:
      return "never_repeated";
    case Proof::kOtherPointHasIt:
      return "other_point_has_it";
    case Proof::kEdge:
      return "edge";
    case Proof::kAmbiguous:
      return "ambiguous";
    case Proof::kMissesElsewhere:
      return "misses_elsewhere";
  }
  return "";
}

}  // namespace pcapsule::analysis::compare
