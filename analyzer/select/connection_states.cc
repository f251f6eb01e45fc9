// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_states.h"

#include <algorithm>
#include <utility>

#include "analyzer/select/chunk_chain.h"
#include "analyzer/select/row_totals.h"

namespace pcapsule::select {

using analysis::ConnectionFacts;
using C = read::SegmentColumn;

namespace {

unsigned side_of(const read::SegmentChunk& chunk, std::size_t row) {
  return (chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0;
}

analysis::OptionRow option_row(const read::SegmentChunk& chunk, std::size_t row) {
  return {side_of(chunk, row), TcpWord{chunk.tcp_word[row]}, chunk.oddities[row], chunk.fixed_header_cut(row),
          chunk.option_area(row)};
}

}  // namespace

read::ColumnSet ConnectionStates::columns() const {
  read::ColumnSet columns;
  if (want(fields::kRelative)) {
    columns |= {C::kConnection, C::kDirectory, C::kMarks, C::kOddities, C::kTcpWord, C::kSeq, C::kAck};
  }
  if (want(fields::kShifts | fields::kAccurateEcn)) {
    columns |= {C::kConnection, C::kDirectory, C::kMarks, C::kOddities, C::kTcpWord, C::kOptions, C::kCut};
  }
  if (want(fields::kRowBefore)) columns |= {C::kConnection, C::kDirectory, C::kTime};
  if (want(fields::kLabels)) columns |= analysis::label_columns() | read::ColumnSet{C::kConnection, C::kDirectory};
  if (want(fields::kDuplicates)) columns |= analysis::copy_columns() | read::ColumnSet{C::kConnection, C::kDirectory};
  return columns;
}

bool ConnectionStates::is_stateful(const ConnectionFacts& facts) const {
  return needs_every_row() || (want(fields::kShifts) && !facts.shifts);
}

void ConnectionStates::advance(std::uint32_t number, fields::ChunkContext& context) {
  const read::SegmentChunk& chunk = context.chunk;
  const States states = states_of(number, context);
  if (std::ranges::all_of(states, [](const State* state) { return state == nullptr; })) return;
  make_room(chunk);
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t slot = context.slots[row];
    if (slot == analysis::ChunkConnections::kNoSlot || states[slot] == nullptr) continue;
    note(row, *states[slot]);
    const auto numbers = feed(chunk, row, context.connections.facts(slot), *states[slot]);
    if (want(fields::kRelative)) relative_[row] = numbers;
    if (want(fields::kLabels)) states[slot]->labels->feed(analysis::label_row(chunk, row), labels_[row]);
    if (want(fields::kDuplicates)) copy_of_[row] = states[slot]->copy_of;
  }
  context.relative = relative_;
  context.replayed_shifts = shifts_;
  context.row_before = row_before_;
  context.accurate_ecn = ecn_;
  context.labels = labels_;
  context.copy_of = copy_of_;
  forget_ended(number, context);
}

void ConnectionStates::forget_ended(std::uint32_t number, const fields::ChunkContext& context) {
  for (std::uint32_t slot = 0; slot < context.connections.size(); ++slot) {
    const ConnectionFacts& facts = context.connections.facts(slot);
    if (facts.connection.last_chunk <= number) states_.erase(facts.entry);
  }
}

void ConnectionStates::make_room(const read::SegmentChunk& chunk) {
  if (want(fields::kRelative)) relative_.resize(chunk.rows);
  if (want(fields::kShifts)) shifts_.resize(chunk.rows);
  if (want(fields::kRowBefore)) row_before_.resize(chunk.rows);
  if (want(fields::kAccurateEcn)) ecn_.resize(chunk.rows);
  if (want(fields::kLabels)) labels_.resize(chunk.rows);
  if (want(fields::kDuplicates)) copy_of_.resize(chunk.rows);
}

/// Keeps what the rows before say about `row`.
void ConnectionStates::note(std::size_t row, const State& state) {
  if (want(fields::kShifts)) shifts_[row] = state.shifts.state();
  if (want(fields::kRowBefore)) row_before_[row] = state.row_before;
  if (want(fields::kAccurateEcn)) ecn_[row] = state.ecn.counts() ? 1 : 0;
}

ConnectionStates::State& ConnectionStates::state_of(const ConnectionFacts& facts) {
  if (const auto known = states_.find(facts.entry); known != states_.end()) return known->second;
  State fresh = {analysis::RelativeTracker(facts.bases), {}, {}, {}, 0, facts.connection.first.time, {}, 0};
  if (want(fields::kLabels)) fresh.labels.emplace(facts.connection, mptcp_);
  return states_.emplace(facts.entry, std::move(fresh)).first->second;
}

ConnectionStates::States ConnectionStates::states_of(std::uint32_t number, fields::ChunkContext& context) {
  States states(context.connections.size(), nullptr);
  for (std::uint32_t slot = 0; slot < states.size(); ++slot) {
    const ConnectionFacts& facts = context.connections.facts(slot);
    if (!is_stateful(facts)) continue;
    State& state = state_of(facts);
    if (facts.previous_link > state.fed_chunks) catch_up(facts, state);
    state.fed_chunks = number + 1;
    states[slot] = &state;
  }
  return states;
}

/// The scan began in the middle of the connection, or passed over chunks: feeds the
/// rows in between. What is damaged there is left out. The chain is followed only as far as
/// rows are missing: passing over every other chunk costs no more than reading all.
void ConnectionStates::catch_up(const ConnectionFacts& facts, State& state) {
  const auto chain = chunks_from(file_, facts.connection.number, state.fed_chunks, facts.previous_link);
  if (!chain) return add_damage(damage_, {chain.error()});
  for (const std::uint32_t earlier : *chain) {
    const auto chunk = file_.segments(earlier, columns());
    if (!chunk) {
      add_damage(damage_, {chunk.error()});
      continue;
    }
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      if (chunk->connection[row] != facts.connection.number) continue;
      (void)feed(*chunk, row, facts, state);
      if (want(fields::kLabels)) (void)state.labels->feed(analysis::label_row(*chunk, row));
    }
  }
}

analysis::RelativeNumbers ConnectionStates::feed(const read::SegmentChunk& chunk, std::size_t row,
                                                 const ConnectionFacts& facts, State& state) const {
  analysis::RelativeNumbers numbers;
  if (want(fields::kRelative)) {
    for (const analysis::Rebase& change : facts.rebases) {
      if (change.row == chunk.first_row + row) state.numbers.rebase(change.side, change.base);
    }
    const analysis::RawNumbers raw = {side_of(chunk, row), TcpWord{chunk.tcp_word[row]}, chunk.seq[row], chunk.ack[row],
                                      chunk.oddities[row]};
    numbers = state.numbers.feed(raw);
  }
  const bool replays_shifts = want(fields::kShifts) && !facts.shifts;
  if (replays_shifts || want(fields::kAccurateEcn)) {
    const analysis::OptionRow options = option_row(chunk, row);
    if (replays_shifts) state.shifts.feed(options);
    if (want(fields::kAccurateEcn)) state.ecn.feed(options);
  }
  if (want(fields::kRowBefore)) state.row_before = chunk.time[row];
  if (want(fields::kDuplicates)) state.copy_of = state.duplicates.feed(analysis::copy_row(chunk, row)).value_or(0);
  return numbers;
}

}  // namespace pcapsule::select
