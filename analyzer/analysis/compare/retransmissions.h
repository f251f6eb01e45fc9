// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/analysis/compare/absent.h"
#include "analyzer/analysis/compare/arrivals.h"
#include "analyzer/analysis/compare/pair.h"
#include "analyzer/analysis/compare/receiver.h"

namespace pcapsule::analysis::compare {

/// Why a sender sent something again (S51).
enum class ResendCause : std::uint8_t {
  kNone,         ///< it did not: the first transmission
  kNeedless,     ///< the receiver had it
  kLostBetween,  ///< the transmission before was lost between the points
  kLostBefore,   ///< the first point never saw it before: lost before that
  kLostAfter,    ///< both points saw it, and the receiver did not acknowledge it
  kUnknown,
};
std::string_view to_text(ResendCause cause);

/// The cause of each row of the direction's first point; rows of the other direction have kNone.
/// `absent` is of that direction. `fine`: at the sizes of zero-window probes and keep-alives
/// nothing is a retransmission.
std::vector<ResendCause> resend_causes(const PairRows& pair, const Receiver& receiver, Direction direction,
                                       const std::vector<Absent>& absent, const Arrivals& arrivals);

}  // namespace pcapsule::analysis::compare
