// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/analysis/loss/cause.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "analyzer/select/selection.h"

namespace pcapsule::select {

/// The causes of rows (S37). What comes later decides many of them, so whole
/// connections are gone through before any row is shown. Four bytes a row that has one.
class CauseMap {
 public:
  CauseMap() = default;
  /// Of the selected connections. What was left out goes to `damage`.
  CauseMap(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection, DamageList& damage);

  /// By row of segment chunk `number`, which has `rows`: 0 without a cause, else 1 + analysis::Cause.
  void fill(std::size_t number, std::size_t rows, std::vector<std::uint8_t>& out) const;

 private:
  class Sink;
  struct Entry {
    std::uint16_t row;
    analysis::Cause cause;
  };
  std::vector<std::vector<Entry>> chunks_;
};

}  // namespace pcapsule::select
