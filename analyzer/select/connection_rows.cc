// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_rows.h"

#include <algorithm>
#include <string>

#include "analyzer/analysis/duplicates.h"
#include "analyzer/analysis/number_index.h"
#include "analyzer/select/chunk_chain.h"
#include "common/format/record_layout.h"

namespace pcapsule::select {

using C = read::SegmentColumn;
using analysis::compare::Segment;
using analysis::compare::TapRows;

namespace {

constexpr read::ColumnSet kColumns = {
    C::kFrame,  C::kTime,     C::kConnection, C::kMarks, C::kOddities, C::kTcpWord,    C::kSeq,  C::kAck,
    C::kWindow, C::kChecksum, C::kPayload,    C::kTtl,   C::kIpId,     C::kTimestamps, C::kSack, C::kDirectory};

constexpr std::uint64_t kGreatestReserve = 1U << 16;

Segment segment_at(const read::SegmentChunk& chunk, std::size_t row) {
  Segment segment;
  segment.time_ns = chunk.time[row].value;
  segment.frame = chunk.frame[row];
  segment.seq = chunk.seq[row];
  segment.ack = chunk.ack[row];
  segment.payload = chunk.payload[row];
  const std::uint8_t marks = chunk.marks[row];
  segment.has_timestamps = (marks & format::mark::kHasTimestamps) != 0;
  if (segment.has_timestamps) {
    segment.ts_value = chunk.ts_value[row];
    segment.ts_echo = chunk.ts_echo[row];
  }
  segment.flags = TcpWord{chunk.tcp_word[row]}.flags();
  segment.window = chunk.window[row];
  segment.ip_id = chunk.ip_id[row];
  segment.checksum = chunk.checksum[row];
  segment.side = marks & format::mark::kSentByB;
  segment.oddities = chunk.oddities[row];
  segment.ttl = chunk.ttl[row];
  return segment;
}

}  // namespace

struct ConnectionRows::Wanted : ConnectionGroup {
  std::vector<std::uint32_t> place;  ///< of each number in the output
  analysis::NumberIndex index;
  std::vector<std::uint64_t> most;           ///< segments of each number
  std::vector<std::uint64_t> claimed;        ///< rows of each number, as the table says
  std::vector<std::uint64_t> seen;           ///< and as there are
  std::vector<analysis::Duplicates> copies;  ///< of each number
};

void ConnectionRows::gather(std::span<const std::uint64_t> entries, std::uint64_t greatest, std::vector<TapRows>& out) {
  if (out.size() < entries.size()) out.resize(entries.size());
  Wanted wanted;
  wanted.place.resize(entries.size());
  for (std::uint32_t i = 0; i < entries.size(); ++i) wanted.place[i] = i;
  std::ranges::sort(wanted.place, {}, [&](std::uint32_t i) { return entries[i]; });
  for (const std::uint32_t i : wanted.place) {
    const read::Connection connection = table_.at(entries[i]);
    out[i].clear();
    // What the table says is believed step by step only.
    const std::uint64_t most = std::min(connection.segments(), greatest);
    wanted.most.push_back(most);
    wanted.claimed.push_back(connection.rows());
    out[i].segments.reserve(std::min(most, kGreatestReserve));
    wanted.add(entries[i], connection);
  }
  wanted.index.build(wanted.numbers);
  if (!keep_duplicates_) wanted.copies.resize(wanted.numbers.size());
  wanted.seen.resize(wanted.numbers.size());
  const std::uint64_t damage_before = damage_.times();
  for (const std::uint32_t k : chunks_of(file_, table_, wanted, damage_)) {
    const auto chunk = file_.segments(k, kColumns);
    if (chunk) {
      take(*chunk, wanted, out);
    } else {
      damage_.note(k, chunk.error());
    }
  }
  if (damage_.times() == damage_before) note_wrong_count(wanted);
}

/// A connection has more or fewer rows than the connection table says there are.
void ConnectionRows::note_wrong_count(const Wanted& wanted) {
  const auto [seen, claimed] = std::ranges::mismatch(wanted.seen, wanted.claimed);
  if (seen == wanted.seen.end()) return;
  const auto i = static_cast<std::size_t>(seen - wanted.seen.begin());
  damage_.note({ErrorCode::kCorrupt, file_.path() + ": connection " + std::to_string(wanted.numbers[i]) + " has " +
                                         std::to_string(*seen) + " rows, but the connection table says " +
                                         std::to_string(*claimed) + "; re-run the extractor on the capture"});
}

void ConnectionRows::take(const read::SegmentChunk& chunk, Wanted& wanted, std::vector<TapRows>& out) const {
  std::size_t sack = 0;
  for (std::uint32_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t found = wanted.index.find(chunk.connection[row]);
    if (found == analysis::NumberIndex::kNone) continue;
    ++wanted.seen[found];
    if ((chunk.oddities[row] & oddity::kNoSegment) != 0) continue;
    TapRows& rows = out[wanted.place[found]];
    if (rows.segments.size() >= wanted.most[found]) continue;
    if (!keep_duplicates_ && wanted.copies[found].feed(analysis::copy_row(chunk, row))) {
      ++rows.duplicates[chunk.marks[row] & format::mark::kSentByB];
      continue;
    }
    rows.segments.push_back(segment_at(chunk, row));
    if ((chunk.marks[row] & format::mark::kHasSack) == 0) continue;
    while (sack < chunk.sack.row.size() && chunk.sack.row[sack] < row) ++sack;
    for (; sack < chunk.sack.row.size() && chunk.sack.row[sack] == row; ++sack) {
      rows.sacks.push_back(
          {static_cast<std::uint32_t>(rows.segments.size() - 1), chunk.sack.left[sack], chunk.sack.right[sack]});
    }
  }
}

}  // namespace pcapsule::select
