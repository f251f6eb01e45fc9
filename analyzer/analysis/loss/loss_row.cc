// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/loss/loss_row.h"

#include <algorithm>

#include "common/format/record_layout.h"

namespace pcapsule::analysis {

using C = read::SegmentColumn;

read::ColumnSet loss_columns() {
  return {C::kFrame, C::kTime, C::kMarks,      C::kOddities, C::kTcpWord, C::kSeq,
          C::kAck,   C::kIpId, C::kTimestamps, C::kPayload,  C::kSack};
}

LossRow loss_row(const read::SegmentChunk& chunk, std::size_t row) {
  LossRow out;
  const std::uint8_t marks = chunk.marks[row];
  out.row = chunk.first_row + row;
  out.at = {chunk.frame[row], chunk.time[row]};
  out.side = (marks & format::mark::kSentByB) != 0 ? 1 : 0;
  out.word = {chunk.tcp_word[row]};
  out.oddities = chunk.oddities[row];
  out.seq = chunk.seq[row];
  out.ack = chunk.ack[row];
  out.payload = chunk.payload[row];
  out.ip_id = chunk.ip_id[row];
  out.has_timestamps = (marks & format::mark::kHasTimestamps) != 0;
  if (out.has_timestamps) {
    out.ts_value = chunk.ts_value[row];
    out.ts_echo = chunk.ts_echo[row];
  }
  const auto& sack = chunk.sack;
  if (sack.row.empty()) return out;
  for (auto at = std::lower_bound(sack.row.begin(), sack.row.end(), row);
       at != sack.row.end() && *at == row && out.sack_count < out.sack.size(); ++at) {
    const auto entry = static_cast<std::size_t>(at - sack.row.begin());
    out.sack[out.sack_count++] = {sack.left[entry], sack.right[entry]};
  }
  return out;
}

}  // namespace pcapsule::analysis
