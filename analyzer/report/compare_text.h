// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/compare/comparison.h"
#include "analyzer/report/buffered_writer.h"
#include "analyzer/report/compare_words.h"

namespace pcapsule::report {

/// A comparison as a page for a ticket: the verdict on top, then the numbers and the frames
/// that prove it. `utc`: the zone of absolute times.
void put_compare_text(BufferedWriter& out, const compare::Comparison& comparison, const CompareNames& names, bool utc);

}  // namespace pcapsule::report
