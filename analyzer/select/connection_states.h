// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "analyzer/analysis/accurate_ecn.h"
#include "analyzer/analysis/duplicates.h"
#include "analyzer/analysis/labels/label_replay.h"
#include "analyzer/fields/chunk_context.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"
#include "common/base/result.h"

namespace pcapsule::select {

/// What is computed row by row from a connection's start: unwrapped numbers,
/// Wireshark's window scaling where the connection table does not tell it, its
/// Accurate ECN, its labels, the stamp of the row before, and whether a row is a copy
/// at the tap. Fed with the chunks of a scan in ascending order; it keeps a state for
/// every connection that goes on.
class ConnectionStates {
 public:
  /// `mptcp`: of the file, with fields::kLabels; outlives it.
  ConnectionStates(read::RecordFile& file, fields::Needs needs, const analysis::MptcpTimeline& mptcp)
      : file_(file), needs_(needs), mptcp_(mptcp) {}

  /// Do rows depend on the rows before them, whatever the connection?
  [[nodiscard]] bool needs_every_row() const {
    return want(fields::kRelative | fields::kRowBefore | fields::kAccurateEcn | fields::kLabels | fields::kDuplicates);
  }

  /// The columns that advance() reads.
  [[nodiscard]] read::ColumnSet columns() const;

  /// Computes the rows of segment chunk `number` and puts them into `context`,
  /// valid until the next call.
  void advance(std::uint32_t number, fields::ChunkContext& context);

  /// What was left out of the rows before those of the scan: what is computed from them may be wrong.
  [[nodiscard]] const DamageList& damage() const { return damage_; }

 private:
  struct State {
    analysis::LabelReplay labels;  ///< with kLabels
    analysis::RelativeTracker numbers;
    analysis::ShiftReplay shifts;
    analysis::AccurateEcnReplay ecn;
    analysis::Duplicates duplicates;
    std::uint64_t copy_of = 0;  ///< of the row that was fed last
    TimestampNs row_before;
    std::uint32_t fed_chunks = 0;  ///< the rows of the segment chunks below it are fed
  };
  /// The states of the connections of one chunk; nullptr: needs none.
  using States = std::vector<State*>;

  [[nodiscard]] bool is_stateful(const analysis::ConnectionFacts& facts) const;
  State& state_of(const analysis::ConnectionFacts& facts);
  State& new_state(const analysis::ConnectionFacts& facts);
  void find_states(std::uint32_t number, fields::ChunkContext& context);
  void catch_up(std::span<const std::uint32_t> behind, const fields::ChunkContext& context);
  void keep_states(std::uint32_t number, const fields::ChunkContext& context);
  void make_room(const read::SegmentChunk& chunk);
  void follow_rows(const fields::ChunkContext& context);
  void label_rows(const fields::ChunkContext& context);
  void note(std::size_t row, const State& state);
  analysis::RelativeNumbers feed(const read::SegmentChunk& chunk, std::size_t row,
                                 const analysis::ConnectionFacts& facts, State& state) const;
  [[nodiscard]] bool want(unsigned needs) const { return (needs_ & needs) != 0; }
  [[nodiscard]] analysis::LabelScope label_scope() const {
    return want(fields::kMeasures) ? analysis::LabelScope::kMeasures : analysis::LabelScope::kLabelsOnly;
  }

  read::RecordFile& file_;
  fields::Needs needs_;
  const analysis::MptcpTimeline& mptcp_;
  States states_;                                             ///< by slot of the chunk
  std::unordered_map<std::uint64_t, State*> between_chunks_;  ///< by entry of the connection table, those that go on
  std::deque<State> all_states_;                              ///< references stay valid
  States free_states_;                                        ///< of connections that ended
  std::vector<analysis::RelativeNumbers> relative_;
  std::vector<analysis::ShiftPair> shifts_;
  std::vector<TimestampNs> row_before_;
  std::vector<std::uint8_t> ecn_;
  std::vector<analysis::LabelSet> labels_;
  std::vector<analysis::SegmentLabels> measures_;
  std::vector<std::uint64_t> copy_of_;
  DamageList damage_;
};

}  // namespace pcapsule::select
