// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connections_with_rows.h"

#include "analyzer/select/segment_scan.h"

namespace pcapsule::select {

Result<analysis::ConnectionSet> connections_with_rows(read::RecordFile& file, const read::ConnectionTable& table,
                                                      const Selection& selection) {
  if (!selection.chooses_rows()) return selection.connections();
  auto found = analysis::ConnectionSet::none(table.size());
  SegmentScan scan(file, table, selection, {{}, fields::kConnections});
  std::vector<bool> has_row;
  while (scan.next()) {
    const fields::ChunkContext& context = scan.context();
    has_row.assign(context.connections.size(), false);
    for (const std::uint16_t row : scan.rows()) has_row[context.slots[row]] = true;
    for (std::uint32_t slot = 0; slot < has_row.size(); ++slot) {
      if (has_row[slot]) found.insert(context.connections.facts(slot).entry);
    }
  }
  if (!scan.damage().empty()) return scan.damage().front();
  return found;
}

}  // namespace pcapsule::select
