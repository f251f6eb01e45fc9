// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "analyzer/compare/comparison.h"

/// What all formats of `compare` share.
namespace pcapsule::report {

/// What a comparison is shown with.
struct CompareNames {
  std::array<std::string, 2> file;  ///< by point, as found
};

std::string_view to_text(analysis::compare::Direction direction);

/// `19 of 20 exchanges`: those that have a time.
std::string timed_of_all(const analysis::compare::ExchangeTotals& exchanges);

/// The verdict and the reason for it, also where nothing is shared.
analysis::compare::Verdict verdict_of(const compare::Comparison& comparison);

/// The verdict as a sentence for people.
std::string sentence_of(const compare::Comparison& comparison);

}  // namespace pcapsule::report
