// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analyzer/compare/comparison.h"
#include "analyzer/report/buffered_writer.h"
#include "analyzer/report/compare_words.h"

namespace pcapsule::report {

/// A comparison as one JSON object; the keys are those of docs/compare.md.
void put_compare_json(BufferedWriter& out, const compare::Comparison& comparison, const CompareNames& names,
                      const std::vector<std::string>& files);

}  // namespace pcapsule::report
