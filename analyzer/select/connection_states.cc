// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_states.h"

#include <algorithm>
#include <utility>

#include "analyzer/analysis/number_index.h"
#include "analyzer/analysis/number_union.h"
#include "analyzer/select/chunk_chain.h"

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
  find_states(number, context);
  if (std::ranges::all_of(states_, [](const State* state) { return state == nullptr; })) return;
  make_room(context.chunk);
  if (want(fields::kRelative | fields::kShifts | fields::kRowBefore | fields::kAccurateEcn | fields::kDuplicates)) {
    follow_rows(context);
  }
  if (want(fields::kLabels)) label_rows(context);
  context.relative = relative_;
  context.replayed_shifts = shifts_;
  context.row_before = row_before_;
  context.accurate_ecn = ecn_;
  context.labels = labels_;
  context.measures = measures_;
  context.copy_of = copy_of_;
  keep_states(number, context);
}

/// All but the labels.
void ConnectionStates::follow_rows(const fields::ChunkContext& context) {
  const read::SegmentChunk& chunk = context.chunk;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t slot = context.slots[row];
    if (slot == analysis::ChunkConnections::kNoSlot || states_[slot] == nullptr) continue;
    note(row, *states_[slot]);
    const auto numbers = feed(chunk, row, context.connections.facts(slot), *states_[slot]);
    if (want(fields::kRelative)) relative_[row] = numbers;
    if (want(fields::kDuplicates)) copy_of_[row] = states_[slot]->copy_of;
  }
}

void ConnectionStates::label_rows(const fields::ChunkContext& context) {
  const read::SegmentChunk& chunk = context.chunk;
  const bool measures = want(fields::kMeasures);
  analysis::SegmentLabels labels;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t slot = context.slots[row];
    if (slot == analysis::ChunkConnections::kNoSlot) continue;
    analysis::SegmentLabels& of = measures ? measures_[row] : labels;
    states_[slot]->labels.feed(analysis::label_row(chunk, row), of);
    labels_[row] = of.set;
  }
}

/// Of connections that go on after the chunk; the memory of the others is used again.
void ConnectionStates::keep_states(std::uint32_t number, const fields::ChunkContext& context) {
  for (std::uint32_t slot = 0; slot < context.connections.size(); ++slot) {
    if (states_[slot] == nullptr) continue;
    const ConnectionFacts& facts = context.connections.facts(slot);
    if (facts.connection.last_chunk > number) {
      between_chunks_[facts.entry] = states_[slot];
    } else {
      free_states_.push_back(states_[slot]);
      between_chunks_.erase(facts.entry);
    }
  }
}

void ConnectionStates::make_room(const read::SegmentChunk& chunk) {
  if (want(fields::kRelative)) relative_.resize(chunk.rows);
  if (want(fields::kShifts)) shifts_.resize(chunk.rows);
  if (want(fields::kRowBefore)) row_before_.resize(chunk.rows);
  if (want(fields::kAccurateEcn)) ecn_.resize(chunk.rows);
  if (want(fields::kLabels)) labels_.resize(chunk.rows);
  if (want(fields::kMeasures)) measures_.resize(chunk.rows);
  if (want(fields::kDuplicates)) copy_of_.resize(chunk.rows);
}

/// Keeps what the rows before say about `row`.
void ConnectionStates::note(std::size_t row, const State& state) {
  if (want(fields::kShifts)) shifts_[row] = state.shifts.state();
  if (want(fields::kRowBefore)) row_before_[row] = state.row_before;
  if (want(fields::kAccurateEcn)) ecn_[row] = state.ecn.counts() ? 1 : 0;
}

ConnectionStates::State& ConnectionStates::state_of(const ConnectionFacts& facts) {
  if (!between_chunks_.empty()) {
    if (const auto known = between_chunks_.find(facts.entry); known != between_chunks_.end()) return *known->second;
  }
  return new_state(facts);
}

ConnectionStates::State& ConnectionStates::new_state(const ConnectionFacts& facts) {
  if (free_states_.empty()) {
    all_states_.push_back({analysis::LabelReplay(facts.connection, mptcp_, label_scope()),
                           analysis::RelativeTracker(facts.bases),
                           {},
                           {},
                           {},
                           0,
                           {},
                           0});
    free_states_.push_back(&all_states_.back());
  }
  State& state = *free_states_.back();
  free_states_.pop_back();
  if (want(fields::kLabels)) state.labels.restart(facts.connection, mptcp_, label_scope());
  state.numbers = analysis::RelativeTracker(facts.bases);
  state.shifts = {};
  state.ecn = {};
  if (want(fields::kDuplicates)) state.duplicates = {};
  state.copy_of = 0;
  state.row_before = facts.connection.first.time;
  state.fed_chunks = 0;
  return state;
}

void ConnectionStates::find_states(std::uint32_t number, fields::ChunkContext& context) {
  states_.assign(context.connections.size(), nullptr);
  std::vector<std::uint32_t> behind;
  for (std::uint32_t slot = 0; slot < states_.size(); ++slot) {
    const ConnectionFacts& facts = context.connections.facts(slot);
    if (!is_stateful(facts)) continue;
    states_[slot] = &state_of(facts);
    if (facts.previous_link > states_[slot]->fed_chunks) behind.push_back(slot);
  }
  if (!behind.empty()) catch_up(behind, context);
  for (State* state : states_) {
    if (state != nullptr) state->fed_chunks = number + 1;
  }
}

/// The scan began in the middle of connections, or passed over chunks: feeds the rows in between of the slots
/// `behind`. What is damaged there is left out. The chains are followed only as far as
/// rows are missing: passing over every other chunk costs no more than reading all. A chunk is gone through once
/// for all connections, which may be as many as it has rows.
void ConnectionStates::catch_up(std::span<const std::uint32_t> behind, const fields::ChunkContext& context) {
  analysis::NumberUnion chunks;
  std::vector<std::uint32_t> numbers;
  std::vector<std::uint32_t> slots;  // of each number
  for (const std::uint32_t slot : behind) {
    const ConnectionFacts& facts = context.connections.facts(slot);
    const std::uint32_t number = facts.connection.number;
    const auto chain = chunks_from(file_, number, states_[slot]->fed_chunks, facts.previous_link);
    if (!chain) {
      damage_.note(chain.error());
      continue;
    }
    chunks.add(*chain);
    numbers.push_back(number);
    slots.push_back(slot);
  }
  analysis::NumberIndex index;
  index.build(numbers);
  for (const std::uint32_t earlier : chunks.take()) {
    const auto chunk = file_.segments(earlier, columns());
    if (!chunk) {
      damage_.note(chunk.error());
      continue;
    }
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      const std::uint32_t place = index.find(chunk->connection[row]);
      if (place == analysis::NumberIndex::kNone) continue;
      State& state = *states_[slots[place]];
      if (earlier < state.fed_chunks) continue;
      (void)feed(*chunk, row, context.connections.facts(slots[place]), state);
      if (want(fields::kLabels)) (void)state.labels.feed(analysis::label_row(*chunk, row));
    }
  }
}

analysis::RelativeNumbers ConnectionStates::feed(const read::SegmentChunk& chunk, std::size_t row,
                                                 const ConnectionFacts& facts, State& state) const {
  analysis::RelativeNumbers numbers;
  if (want(fields::kRelative)) {
    if (!facts.rebases.empty()) {
      for (const analysis::Rebase& change : analysis::rebases_at(facts.rebases, chunk.first_row + row)) {
        state.numbers.rebase(change.side, change.base);
      }
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
