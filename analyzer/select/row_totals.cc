// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/row_totals.h"

#include "analyzer/read/chunk_view.h"
#include "analyzer/select/chunk_chain.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::select {

using C = read::SegmentColumn;

namespace {

void add_row(const read::SegmentChunk& chunk, std::size_t row, bool first, analysis::ConnectionTotals& totals) {
  const read::Moment at = {chunk.frame[row], chunk.time[row]};
  if (first) totals.first = at;
  totals.last = at;
  const std::size_t side = (chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0;
  ++totals.frames[side];
  totals.bytes[side] += chunk.wire_bytes(row);
}

}  // namespace

analysis::ConnectionTotals exact_totals(read::RecordFile& file, const read::Connection& connection) {
  analysis::ConnectionTotals totals = analysis::totals_of(connection);
  if (analysis::totals_are_exact(connection)) return totals;
  const auto chain = chunks_of(file, connection);
  if (!chain) return totals;
  totals.frames = {};
  totals.bytes = {};
  for (const std::uint32_t number : *chain) {
    const auto chunk = file.segments(
        number, {C::kConnection, C::kFrame, C::kTime, C::kMarks, C::kOddities, C::kOverhead, C::kTcpWord, C::kPayload});
    if (!chunk) continue;
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      const bool counts = (chunk->oddities[row] & oddity::kQuoted) == 0;
      if (chunk->connection[row] != connection.number || !counts) continue;
      add_row(*chunk, row, totals.frames[0] + totals.frames[1] == 0, totals);
    }
  }
  return totals;
}

}  // namespace pcapsule::select
