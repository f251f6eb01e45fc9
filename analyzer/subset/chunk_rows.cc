// SPDX-License-Identifier: Apache-2.0
#include "analyzer/subset/chunk_rows.h"

#include <span>

namespace pcapsule::subset {

namespace {

/// Moves `entry` to the first that is not before `row`: is it of `row`?
bool reaches(std::span<const std::uint16_t> rows, std::size_t& entry, std::size_t row) {
  while (entry < rows.size() && rows[entry] < row) ++entry;
  return entry < rows.size() && rows[entry] == row;
}

}  // namespace

record::SegmentRow ChunkRows::at(std::size_t row) {
  record::SegmentRow out;
  out.frame = chunk_.frame[row];
  out.time = chunk_.time[row];
  out.connection = chunk_.connection[row];
  out.seq = chunk_.seq[row];
  out.ack = chunk_.ack[row];
  out.payload_bytes = chunk_.payload[row];
  out.wire_bytes = chunk_.wire_bytes(row);
  out.captured_bytes = chunk_.captured_bytes(row);
  out.interface = chunk_.interface[row];
  out.ts_value = chunk_.ts_value[row];
  out.ts_echo = chunk_.ts_echo[row];
  out.tcp_word = TcpWord{chunk_.tcp_word[row]};
  out.window = chunk_.window[row];
  out.checksum = chunk_.checksum[row];
  out.ip_id = chunk_.ip_id[row];
  out.encapsulation = chunk_.encapsulation[row];
  for (std::size_t tag = 0; tag < out.vlan.size(); ++tag) out.vlan[tag] = chunk_.vlan[tag][row];
  out.marks = chunk_.marks[row];
  out.oddities = chunk_.oddities[row];
  out.ttl = chunk_.ttl[row];
  out.dscp_ecn = chunk_.dscp_ecn[row];
  out.vlan_tags = chunk_.vlan_tags[row];
  take_sparse(out, row);
  return out;
}

void ChunkRows::take_sparse(record::SegmentRow& out, std::size_t row) {
  if (reaches(chunk_.previous.row, previous_, row)) {
    out.since_frame_before = chunk_.previous[previous_];
  } else if (row > 0) {
    out.since_frame_before = wrapping_distance(chunk_.time[row], chunk_.time[row - 1]);
  }
  blocks_.clear();
  if (reaches(chunk_.sack.row, sack_, row)) {
    for (; sack_ < chunk_.sack.row.size() && chunk_.sack.row[sack_] == row; ++sack_) {
      blocks_.push_back({chunk_.sack.left[sack_], chunk_.sack.right[sack_]});
    }
  }
  out.sack = blocks_;
  if (reaches(chunk_.options.row, options_, row)) out.option_bytes = chunk_.options[options_];
  if (reaches(chunk_.cut.row, cut_, row)) out.header_available = chunk_.cut.available[cut_];
  out.rebased = reaches(chunk_.rebase_row, rebase_, row);
}

}  // namespace pcapsule::subset
