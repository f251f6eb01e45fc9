// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/compare/comparison.h"
#include "analyzer/report/packets_text.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// What `compare` shows.
enum class CompareView : std::uint8_t {
  kSummary,      ///< the page, the object; as rows one a direction
  kLosses,       ///< a line a segment that one point lacks
  kExchanges,    ///< a line a request and its answer
  kConnections,  ///< a line a connection of either file
  kSlices,       ///< a line a slice of time and direction
};

struct CompareTableOptions {
  OutputFormat format = OutputFormat::kText;
  FieldFormat fields;
  TimeFormat time;
  std::uint64_t rows = ~std::uint64_t{0};  ///< at most
  std::vector<std::string> files;          ///< as given
};

/// Writes the table of a view.
void put_compare_table(BufferedWriter& out, CompareView view, const compare::Comparison& comparison,
                       const CompareTableOptions& options, std::string_view command);

}  // namespace pcapsule::report
