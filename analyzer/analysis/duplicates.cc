// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/duplicates.h"

#include <algorithm>

#include "common/format/record_layout.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

using C = read::SegmentColumn;

namespace {

std::uint64_t sack_of(const read::SackBlocks& sack, std::size_t row) {
  if (sack.row.empty()) return 0;
  constexpr std::size_t kGreatestBlocks = 4;
  std::array<SackBlock, kGreatestBlocks> blocks;
  std::size_t count = 0;
  for (auto at = std::lower_bound(sack.row.begin(), sack.row.end(), row);
       at != sack.row.end() && *at == row && count < kGreatestBlocks; ++at) {
    const auto entry = static_cast<std::size_t>(at - sack.row.begin());
    blocks[count++] = {sack.left[entry], sack.right[entry]};
  }
  return sack_hash(std::span(blocks).first(count));
}

}  // namespace

read::ColumnSet copy_columns() {
  return {C::kFrame,  C::kTime,    C::kMarks, C::kOddities, C::kTcpWord,    C::kSeq, C::kAck,
          C::kWindow, C::kPayload, C::kIpId,  C::kChecksum, C::kTimestamps, C::kSack};
}

CopyRow copy_row(const read::SegmentChunk& chunk, std::size_t row) {
  CopyRow out;
  out.at = {chunk.frame[row], chunk.time[row]};
  out.is_segment = (chunk.oddities[row] & oddity::kNoSegment) == 0;
  TapIdentity& identity = out.identity;
  const std::uint8_t marks = chunk.marks[row];
  identity.side = (marks & format::mark::kSentByB) != 0 ? 1 : 0;
  identity.seq = chunk.seq[row];
  identity.ack = chunk.ack[row];
  identity.payload = chunk.payload[row];
  identity.word = {chunk.tcp_word[row]};
  identity.window = chunk.window[row];
  identity.ip_id = chunk.ip_id[row];
  identity.checksum = checksum_that_counts(identity.ip_id, chunk.checksum[row]);
  identity.has_timestamps = (marks & format::mark::kHasTimestamps) != 0;
  if (identity.has_timestamps) {
    identity.ts_value = chunk.ts_value[row];
    identity.ts_echo = chunk.ts_echo[row];
  }
  identity.sack = sack_of(chunk.sack, row);
  return out;
}

std::uint64_t hash_of(const TapIdentity& identity, const hash::HashSeed& seed) {
  const std::uint64_t numbers = std::uint64_t{identity.seq} << 32 | identity.ack;
  const std::uint64_t stamps = std::uint64_t{identity.ts_value} << 32 | identity.ts_echo;
  const std::uint64_t shape =
      std::uint64_t{identity.payload} << 32 | std::uint32_t{identity.word.value} << 16 | identity.window;
  const std::uint64_t rest =
      std::uint64_t{identity.ip_id} << 32 | std::uint32_t{identity.checksum} << 8 | identity.side;
  // Each product has a factor that only the seed tells.
  const std::uint64_t one = hash::fold_multiply(numbers ^ seed.first, stamps ^ seed.second);
  const std::uint64_t other = hash::fold_multiply(shape ^ seed.second, rest ^ seed.first);
  return hash::fold_multiply(one ^ identity.sack, other ^ seed.second);
}

std::optional<std::uint64_t> Duplicates::feed(const CopyRow& row) {
  if (!row.is_segment) return std::nullopt;
  const std::uint64_t hash = hash_of(row.identity, seed_);
  if (!rows_.empty()) {
    std::uint32_t equal = 0;
    for (std::uint64_t* at = &latest_[hash & (latest_.size() - 1)]; *at != 0 && *at >= oldest();) {
      Original& original = place(*at);
      if (original.identity == row.identity) {
        if (is_within_tap_span(original.time, row.at.time)) {
          original.time = row.at.time;
          return original.frame;
        }
        if (++equal > kGreatestEqual) {
          *at = original.before;
          continue;
        }
      }
      at = &original.before;
    }
  }
  make_room(row);
  std::uint64_t& latest = latest_[hash & (latest_.size() - 1)];
  place(next_) = {row.at.frame, row.at.time, row.identity, latest};
  latest = next_++;
  return std::nullopt;
}

/// The ring grows when the row that would leave it is still young enough to have a copy.
void Duplicates::make_room(const CopyRow& row) {
  const bool full = next_ > rows_.size();
  if (rows_.empty() || (full && rows_.size() < kGreatestRows && is_within_tap_span(place(next_).time, row.at.time))) {
    grow();
  }
}

void Duplicates::grow() {
  const std::vector<Original> before = std::move(rows_);
  const std::uint64_t first = next_ > before.size() ? next_ - before.size() : 1;
  rows_.assign(before.empty() ? kFirstRows : before.size() * 2, {});
  latest_.assign(rows_.size(), 0);
  for (std::uint64_t count = first; count < next_; ++count) {
    const Original& original = before[count & (before.size() - 1)];
    std::uint64_t& latest = latest_[hash_of(original.identity, seed_) & (latest_.size() - 1)];
    place(count) = {original.frame, original.time, original.identity, latest};
    latest = count;
  }
}

}  // namespace pcapsule::analysis
