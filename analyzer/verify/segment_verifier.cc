// SPDX-License-Identifier: Apache-2.0
#include "analyzer/verify/segment_verifier.h"

#include <algorithm>
#include <optional>
#include <string>

#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::verify {

using read::ChunkInfo;
using read::SegmentChunk;

SegmentVerifier::SegmentVerifier(const read::Catalog& catalog, const read::ConnectionTable& table, FaultList& faults)
    : catalog_(catalog), table_(table), faults_(faults), rows_seen_(table.size()), chunk_link_(table.size()) {}

void SegmentVerifier::check(std::uint32_t number, const ChunkInfo& info, const SegmentChunk& chunk) {
  check_summary(info, chunk);
  check_frames(info, chunk);
  check_indices(info, chunk);
  check_sparse(info, chunk);
  check_directory(number, info, chunk);
  check_connections(number, info, chunk);
}

void SegmentVerifier::check_summary(const ChunkInfo& info, const SegmentChunk& chunk) {
  ChunkInfo found = info;
  found.time_least = found.time_greatest = chunk.time[0];
  found.connection_least = found.connection_greatest = chunk.connection[0];
  found.flags_any = found.oddities_any = 0;
  found.flags_all = tcp_flag::kAll;
  found.payload_greatest = found.wire_greatest = 0;
  found.window_least = 0xffff;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const TcpWord word{chunk.tcp_word[row]};
    found.time_least = std::min(found.time_least, chunk.time[row]);
    found.time_greatest = std::max(found.time_greatest, chunk.time[row]);
    found.connection_least = std::min(found.connection_least, chunk.connection[row]);
    found.connection_greatest = std::max(found.connection_greatest, chunk.connection[row]);
    found.flags_any |= word.flags();
    found.flags_all &= word.flags();
    found.oddities_any |= chunk.oddities[row];
    found.payload_greatest = std::max(found.payload_greatest, chunk.payload[row]);
    found.wire_greatest = std::max(found.wire_greatest, chunk.wire_bytes(row));
    found.window_least = std::min(found.window_least, chunk.window[row]);
    if ((chunk.oddities[row] & oddity::kNoSegment) == 0) ++segments_;
  }
  const auto expect = [&](bool equal, const char* what) {
    if (!equal) faults_.add(info, std::string("the catalog's ") + what + " is not that of its rows");
  };
  expect(found.time_least == info.time_least && found.time_greatest == info.time_greatest, "time range");
  expect(found.connection_least == info.connection_least && found.connection_greatest == info.connection_greatest,
         "connection range");
  expect(found.flags_any == info.flags_any && found.flags_all == info.flags_all, "union of flags");
  expect(found.oddities_any == info.oddities_any, "union of oddities");
  expect(found.payload_greatest == info.payload_greatest, "greatest payload");
  expect(found.wire_greatest == info.wire_greatest, "greatest wire length");
  expect(found.window_least == info.window_least, "least window");
  expect(chunk.frame[0] == info.frame_first && chunk.frame[chunk.rows - 1] == info.frame_last, "frame range");
  expect(chunk.rebase_row.size() == info.rebases, "number of rebases");
  if (chunk.time.narrow == nullptr && chunk.time.wide == nullptr) faults_.add(info, "its times are missing");
}

void SegmentVerifier::check_frames(const ChunkInfo& info, const SegmentChunk& chunk) {
  std::uint64_t before = last_frame_;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint64_t frame = chunk.frame[row];
    if (frame < before || frame == 0) {
      faults_.add(info, "row " + std::to_string(row) + ": frame " + std::to_string(frame) + " follows frame " +
                            std::to_string(before) + "; frame numbers must not descend");
      break;
    }
    if (frame != before && chunk.since_frame_before(row).value < 0) ++backward_stamps_;
    before = frame;
  }
  last_frame_ = std::max(last_frame_, chunk.frame[chunk.rows - 1]);
  if (last_frame_ > catalog_.frames) {
    faults_.add(info, "frame " + std::to_string(last_frame_) + " is beyond the " + std::to_string(catalog_.frames) +
                          " frames of the catalog");
  }
}

void SegmentVerifier::check_indices(const ChunkInfo& info, const SegmentChunk& chunk) {
  std::size_t interfaces = 0;  // numbered through over all captures
  for (const read::CaptureInfo& capture : catalog_.captures) interfaces += capture.interfaces.size();
  interfaces = std::max<std::size_t>(interfaces, 1);  // none listed: every row has 0
  const std::size_t encapsulations = std::max<std::size_t>(catalog_.encapsulations.size(), 1);
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    if (chunk.interface[row] < interfaces && chunk.encapsulation[row] < encapsulations) continue;
    faults_.add(info, "row " + std::to_string(row) + " names an interface or encapsulation that the catalog lacks");
    return;
  }
}

void SegmentVerifier::check_sparse(const ChunkInfo& info, const SegmentChunk& chunk) {
  namespace mark = format::mark;
  std::size_t with_options = 0;
  std::size_t cut = 0;
  std::size_t with_sack = 0;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    if ((chunk.marks[row] & mark::kHasOptionBytes) != 0) ++with_options;
    if ((chunk.marks[row] & mark::kHasSack) != 0) ++with_sack;
    if ((chunk.oddities[row] & oddity::kHeaderCut) != 0) ++cut;
  }
  const auto marked = [&](auto rows, std::uint8_t bit) {
    return std::ranges::all_of(rows, [&](std::uint16_t row) { return (chunk.marks[row] & bit) != 0; });
  };
  std::size_t sack_rows = 0;
  for (std::size_t i = 0; i < chunk.sack.row.size(); ++i) {
    if (i == 0 || chunk.sack.row[i] != chunk.sack.row[i - 1]) ++sack_rows;
  }
  if (with_options != chunk.options.row.size() || !marked(chunk.options.row, mark::kHasOptionBytes)) {
    faults_.add(info, "the rows with option bytes are not those that are marked so");
  }
  if (with_sack != sack_rows || !marked(chunk.sack.row, mark::kHasSack)) {
    faults_.add(info, "the rows with SACK blocks are not those that are marked so");
  }
  const bool cut_rows_fit = std::ranges::all_of(
      chunk.cut.row, [&](std::uint16_t row) { return (chunk.oddities[row] & oddity::kHeaderCut) != 0; });
  if (cut != chunk.cut.row.size() || !cut_rows_fit) {
    faults_.add(info, "the rows with a cut header are not those that are marked so");
  }
  const bool rebases_fit = std::ranges::all_of(
      chunk.rebase_row, [&](std::uint16_t row) { return TcpWord{chunk.tcp_word[row]}.is_syn_ack(); });
  if (!rebases_fit) faults_.add(info, "a row that sets a sequence base anew is no SYN-ACK");
}

void SegmentVerifier::check_directory(std::uint32_t number, const ChunkInfo& info, const SegmentChunk& chunk) {
  analysis::NumberIndex index;
  index.build(chunk.directory.connection);
  std::vector<std::uint32_t> rows(chunk.directory.connection.size());
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t place = index.find(chunk.connection[row]);
    if (place != analysis::NumberIndex::kNone) ++rows[place];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t connection = chunk.directory.connection[i];
    if (rows[i] != chunk.directory.rows[i]) {
      faults_.add(info, "its directory gives connection " + std::to_string(connection) + " " +
                            std::to_string(chunk.directory.rows[i]) + " rows, but it has " + std::to_string(rows[i]));
    }
    const auto entry = table_.find(connection);
    if (!entry) {
      faults_.add(info, "connection " + std::to_string(connection) + " is not in the connection table");
      continue;
    }
    if (complete_ && chunk.directory.previous[i] != chunk_link_[*entry]) {
      faults_.add(info, "connection " + std::to_string(connection) + ": the directory leads to segment chunk link " +
                            std::to_string(chunk.directory.previous[i]) + ", not " +
                            std::to_string(chunk_link_[*entry]));
    }
    chunk_link_[*entry] = number + 1;
  }
}

void SegmentVerifier::check_connections(std::uint32_t number, const ChunkInfo& info, const SegmentChunk& chunk) {
  analysis::NumberIndex index;
  index.build(chunk.directory.connection);
  ends_.clear();
  for (const std::uint32_t connection : chunk.directory.connection) ends_.push_back(ends_of(connection));
  bool in_directory = true;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t place = index.find(chunk.connection[row]);
    in_directory &= place != analysis::NumberIndex::kNone;
    if (place == analysis::NumberIndex::kNone || !ends_[place]) continue;
    check_ends(number, info, chunk, row, *ends_[place]);
  }
  if (!in_directory) faults_.add(info, "a row has a connection that is not in the chunk's directory");
}

std::optional<SegmentVerifier::Ends> SegmentVerifier::ends_of(std::uint32_t connection) const {
  const auto entry = table_.find(connection);
  if (!entry) return std::nullopt;
  const read::Connection says = table_.at(*entry);
  return Ends{*entry,          says.number, says.rows(), says.first_row,    says.last_row,
              says.last_chunk, says.first,  says.last,   says.encapsulation};
}

/// The first and the last row of a connection are those of the connection table.
void SegmentVerifier::check_ends(std::uint32_t number, const ChunkInfo& info, const SegmentChunk& chunk,
                                 std::size_t row, const Ends& ends) {
  if (!complete_) return;
  const auto is = [&](std::uint64_t expected_row, const read::Moment& moment) {
    return chunk.first_row + row == expected_row && chunk.frame[row] == moment.frame && chunk.time[row] == moment.time;
  };
  const auto expect = [&](bool is_right, const char* what) {
    if (is_right) return;
    faults_.add(info, std::string("the connection table is wrong about ") + what + " of connection " +
                          std::to_string(ends.number));
  };
  const std::uint64_t seen = ++rows_seen_[ends.entry];
  if (seen == 1) {
    expect(is(ends.first_row, ends.first), "the first row");
    expect(ends.encapsulation.value_or(chunk.encapsulation[row]) == chunk.encapsulation[row], "the encapsulation");
  }
  if (seen == ends.rows) expect(is(ends.last_row, ends.last) && ends.last_chunk == number, "the last row");
}

void SegmentVerifier::finish() {
  if (!complete_) return;
  if (segments_ != catalog_.segments) {
    faults_.add_to_file("it has " + std::to_string(segments_) + " segments, but the catalog says " +
                        std::to_string(catalog_.segments));
  }
  if (backward_stamps_ > catalog_.backward_stamps) {
    faults_.add_to_file("the stamps of " + std::to_string(backward_stamps_) +
                        " frames go backwards, but the catalog says " + std::to_string(catalog_.backward_stamps));
  }
  read::Connection connection;
  for (std::uint64_t entry = 0; entry < table_.size(); ++entry) {
    table_.read(entry, read::Facts::kTotals, connection);
    if (rows_seen_[entry] == connection.rows()) continue;
    faults_.add_to_file("connection " + std::to_string(connection.number) + " has " +
                        std::to_string(rows_seen_[entry]) + " rows, but the connection table says " +
                        std::to_string(connection.rows()));
  }
}

}  // namespace pcapsule::verify
