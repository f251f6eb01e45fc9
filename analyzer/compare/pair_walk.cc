// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compare/pair_walk.h"

#include <algorithm>
#include <string>

#include "analyzer/analysis/window_scale.h"
#include "analyzer/select/damage.h"

namespace pcapsule::compare {

using namespace analysis::compare;

namespace {

/// Rows of both files that are in memory at once, unless one pair alone has more; and those that
/// are kept for the next round: some 80 bytes each.
constexpr std::uint64_t kBatchRows = 1U << 20;
constexpr std::uint64_t kKeptRows = 1U << 22;
constexpr std::size_t kBatchPairs = 1U << 16;

/// Of one pair. Some 10 GB: what has more is left out.
constexpr std::uint64_t kGreatestPairRows = 1U << 27;

}  // namespace

PairWalk::PairWalk(const std::array<const Tap*, 2>& taps, std::span<const ConnectionPair> pairs, bool keep_duplicates,
                   bool keep)
    : taps_(taps),
      pairs_(pairs),
      readers_{select::ConnectionRows(taps[kNear]->file, taps[kNear]->table, keep_duplicates),
               select::ConnectionRows(taps[kFar]->file, taps[kFar]->table, keep_duplicates)},
      kept_(keep ? pairs.size() : 0),
      room_(keep ? kKeptRows : 0) {}

std::uint64_t PairWalk::rows_of(std::size_t pair) const {
  const std::uint64_t near = taps_[kNear]->table.at(pairs_[pair].near_entry).segments();
  const std::uint64_t far = taps_[kFar]->table.at(pairs_[pair].far_entry).segments();
  return near > ~far ? ~std::uint64_t{0} : near + far;
}

std::size_t PairWalk::batch_end(std::size_t begin) const {
  std::uint64_t rows = 0;
  std::size_t end = begin;
  for (; end < pairs_.size() && end - begin < kBatchPairs; ++end) {
    const std::uint64_t more = rows_of(end);
    if (end > begin && more > kBatchRows - std::min(rows, kBatchRows)) break;
    rows = more > ~rows ? ~std::uint64_t{0} : rows + more;
  }
  return end;
}

std::unique_ptr<PlacedPair> PairWalk::placed(std::size_t pair, TapRows& near, TapRows& far) const {
  auto found = std::make_unique<PlacedPair>();
  const ConnectionPair& of = pairs_[pair];
  const read::Connection near_connection = taps_[kNear]->table.at(of.near_entry);
  const read::Connection far_connection = taps_[kFar]->table.at(of.far_entry);
  // Roles that a SYN shows beat those that are guessed.
  unsigned client = near_connection.client;
  if (format::is_guess(near_connection.evidence) && !format::is_guess(far_connection.evidence)) {
    client = far_connection.client ^ (of.crossed ? 1U : 0U);
  }
  found->client_side = {client, client ^ (of.crossed ? 1U : 0U)};
  for (unsigned host = 0; host < 2; ++host) {
    const unsigned side = client ^ host;
    // One of the captures may not have set the base of a side that the other has seen.
    const read::Side& near_side = near_connection.side[side];
    const read::Side& far_side = far_connection.side[side ^ (of.crossed ? 1U : 0U)];
    const bool from_near = near_side.base_source != format::BaseSource::kNone;
    found->base[kNear][host] = from_near ? near_side.base : far_side.base - of.shift[side];
    found->base[kFar][host] = found->base[kNear][host] + of.shift[side];
  }
  for (const read::Connection* connection : {&near_connection, &far_connection}) {
    const bool is_near = connection == &near_connection;
    const analysis::WindowScale scale = analysis::window_scale(*connection, std::nullopt);
    if (scale.state != analysis::ScaleState::kBoth && scale.state != analysis::ScaleState::kNone) continue;
    for (unsigned host = 0; host < 2; ++host) {
      found->rows.shift[host] = scale.shift[found->client_side[is_near ? kNear : kFar] ^ host];
    }
  }
  std::array<TapRows*, 2> rows = {&near, &far};
  for (unsigned point = 0; point < 2; ++point) {
    found->rows.rows[point] = std::move(*rows[point]);
    *rows[point] = {};
    place(found->rows.rows[point], {found->client_side[point], found->base[point]});
  }
  found->rows.match = match_segments(found->rows.rows[kNear], found->rows.rows[kFar]);
  return found;
}

void PairWalk::visit(const std::function<void(std::size_t, PlacedPair&)>& work) {
  std::array<std::vector<TapRows>, 2> rows;
  for (std::size_t begin = 0; begin < pairs_.size();) {
    const std::size_t end = batch_end(begin);
    std::vector<std::size_t> wanted;
    std::array<std::vector<std::uint64_t>, 2> entries;
    for (std::size_t pair = begin; pair < end; ++pair) {
      if ((pair < kept_.size() && kept_[pair]) || is_too_large(pair)) continue;
      wanted.push_back(pair);
      entries[kNear].push_back(pairs_[pair].near_entry);
      entries[kFar].push_back(pairs_[pair].far_entry);
    }
    for (unsigned point = 0; point < 2 && !wanted.empty(); ++point) {
      readers_[point].gather(entries[point], kGreatestPairRows, rows[point]);
    }
    std::size_t next = 0;
    for (std::size_t pair = begin; pair < end; ++pair) {
      if (pair < kept_.size() && kept_[pair]) {
        work(pair, *kept_[pair]);
        continue;
      }
      if (is_too_large(pair)) continue;
      auto fresh = placed(pair, rows[kNear][next], rows[kFar][next]);
      ++next;
      work(pair, *fresh);
      const std::uint64_t size = fresh->rows.rows[kNear].segments.size() + fresh->rows.rows[kFar].segments.size();
      if (size > room_ || pair >= kept_.size()) continue;
      room_ -= size;
      kept_[pair] = std::move(fresh);
    }
    begin = end;
  }
}

bool PairWalk::is_too_large(std::size_t pair) const { return rows_of(pair) > kGreatestPairRows; }

select::DamageList PairWalk::damage() const {
  select::DamageList found;
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    if (!is_too_large(pair)) continue;
    const std::uint32_t number = taps_[kNear]->table.number(pairs_[pair].near_entry);
    found.note({ErrorCode::kUnsupported, taps_[kNear]->file.path() + ": connection " + std::to_string(number) +
                                             " has with its counterpart more than " +
                                             std::to_string(kGreatestPairRows) + " segments"});
  }
  for (const select::ConnectionRows& reader : readers_) found.add(reader.damage());
  return found;
}

}  // namespace pcapsule::compare
