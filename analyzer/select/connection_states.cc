// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_states.h"

#include <algorithm>

#include "analyzer/select/chunk_chain.h"

namespace pcapsule::select {

using analysis::ConnectionFacts;
using C = read::SegmentColumn;

namespace {

constexpr std::uint8_t kFixedHeaderBytes = 20;

unsigned side_of(const read::SegmentChunk& chunk, std::size_t row) {
  return (chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0;
}

/// The entry of `row` in a sparse column, or its size.
std::size_t sparse_entry(std::span<const std::uint16_t> rows, std::size_t row) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), row);
  const bool present = found != rows.end() && *found == row;
  return present ? static_cast<std::size_t>(found - rows.begin()) : rows.size();
}

}  // namespace

read::ColumnSet ConnectionStates::columns() const {
  read::ColumnSet columns;
  if (want(fields::kRelative)) {
    columns |= {C::kConnection, C::kDirectory, C::kMarks, C::kOddities, C::kTcpWord, C::kSeq, C::kAck};
  }
  if (want(fields::kShifts)) {
    columns |= {C::kConnection, C::kDirectory, C::kMarks, C::kOddities, C::kTcpWord, C::kOptions, C::kCut};
  }
  return columns;
}

bool ConnectionStates::is_stateful(const ConnectionFacts& facts) const {
  return want(fields::kRelative) || (want(fields::kShifts) && !facts.shifts);
}

void ConnectionStates::advance(std::uint32_t number, fields::ChunkContext& context) {
  const read::SegmentChunk& chunk = context.chunk;
  const States states = states_of(number, context);
  if (std::ranges::all_of(states, [](const State* state) { return state == nullptr; })) return;
  if (want(fields::kRelative)) relative_.resize(chunk.rows);
  if (want(fields::kShifts)) shifts_.resize(chunk.rows);
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t slot = context.slots[row];
    if (slot == analysis::ChunkConnections::kNoSlot || states[slot] == nullptr) continue;
    if (want(fields::kShifts)) shifts_[row] = states[slot]->shifts.state();
    const auto numbers = feed(chunk, row, context.connections.facts(slot), *states[slot]);
    if (want(fields::kRelative)) relative_[row] = numbers;
  }
  context.relative = relative_;
  context.replayed_shifts = shifts_;
  for (std::uint32_t slot = 0; slot < context.connections.size(); ++slot) {
    const ConnectionFacts& facts = context.connections.facts(slot);
    if (facts.connection.last_chunk <= number) states_.erase(facts.entry);
  }
}

ConnectionStates::States ConnectionStates::states_of(std::uint32_t number, fields::ChunkContext& context) {
  States states(context.connections.size(), nullptr);
  for (std::uint32_t slot = 0; slot < states.size(); ++slot) {
    const ConnectionFacts& facts = context.connections.facts(slot);
    if (!is_stateful(facts)) continue;
    const auto [at, is_new] = states_.try_emplace(facts.entry, State{analysis::RelativeTracker(facts.bases), {}});
    if (is_new && facts.connection.first_row < context.chunk.first_row) catch_up(number, facts, at->second);
    states[slot] = &at->second;
  }
  return states;
}

/// A scan that began in the middle of the connection: feeds the rows before it.
/// What is damaged there is left out.
void ConnectionStates::catch_up(std::uint32_t number, const ConnectionFacts& facts, State& state) {
  const auto chain = chunks_of(file_, facts.connection);
  if (!chain) return;
  for (const std::uint32_t earlier : *chain) {
    if (earlier >= number) return;
    const auto chunk = file_.segments(earlier, columns());
    if (!chunk) continue;
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      if (chunk->connection[row] == facts.connection.number) (void)feed(*chunk, row, facts, state);
    }
  }
}

analysis::RelativeNumbers ConnectionStates::feed(const read::SegmentChunk& chunk, std::size_t row,
                                                 const ConnectionFacts& facts, State& state) {
  analysis::RelativeNumbers numbers;
  if (want(fields::kRelative)) {
    for (const analysis::Rebase& change : facts.rebases) {
      if (change.row == chunk.first_row + row) state.numbers.rebase(change.side, change.base);
    }
    const analysis::RawNumbers raw = {side_of(chunk, row), TcpWord{chunk.tcp_word[row]}, chunk.seq[row], chunk.ack[row],
                                      chunk.oddities[row]};
    numbers = state.numbers.feed(raw);
  }
  if (want(fields::kShifts) && !facts.shifts) feed_shifts(chunk, row, state);
  return numbers;
}

void ConnectionStates::feed_shifts(const read::SegmentChunk& chunk, std::size_t row, State& state) {
  const std::uint8_t oddities = chunk.oddities[row];
  analysis::OptionRow options = {side_of(chunk, row), TcpWord{chunk.tcp_word[row]}, oddities, false, {}};
  if ((oddities & oddity::kHeaderCut) != 0) {
    const std::size_t cut = sparse_entry(chunk.cut.row, row);
    options.fixed_header_cut = cut < chunk.cut.row.size() && chunk.cut.available[cut] < kFixedHeaderBytes;
  }
  const std::size_t area = sparse_entry(chunk.options.row, row);
  if (area < chunk.options.row.size()) options.options = chunk.options[area];
  state.shifts.feed(options);
}

}  // namespace pcapsule::select
