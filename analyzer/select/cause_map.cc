// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/cause_map.h"

#include <optional>

#include "analyzer/analysis/duplicates.h"
#include "analyzer/analysis/loss/loss_replay.h"
#include "analyzer/select/conversations.h"
#include "analyzer/select/damage.h"

namespace pcapsule::select {

/// Judges the connections as they come.
class CauseMap::Sink final : public ConversationSink {
 public:
  Sink(const read::RecordFile& file, CauseMap& map) : file_(file), map_(map) {}

  void begin(const read::Connection& connection, std::span<const analysis::Rebase> /*rebases*/,
             TimestampNs /*start*/) override {
    close();
    replay_.emplace(connection);
    duplicates_ = {};
  }
  bool row(const read::SegmentChunk& chunk, std::size_t row, bool /*selected*/) override {
    const std::uint64_t copy_of = duplicates_.feed(analysis::copy_row(chunk, row)).value_or(0);
    replay_->feed(analysis::loss_row(chunk, row), copy_of);
    take();
    return true;
  }
  void close() {
    if (!replay_) return;
    replay_->finish();
    take();
    replay_.reset();
  }

 private:
  void take() {
    if (!replay_->has_settled()) return;
    for (const analysis::LossFinding& finding : replay_->take_settled()) {
      const std::size_t chunk = file_.segment_chunk_of_row(finding.row);
      const std::uint64_t first = file_.segment_chunk_info(chunk).first;
      map_.chunks_[chunk].push_back({static_cast<std::uint16_t>(finding.row - first), finding.cause});
    }
  }

  const read::RecordFile& file_;
  CauseMap& map_;
  std::optional<analysis::LossReplay> replay_;
  analysis::Duplicates duplicates_;
};

CauseMap::CauseMap(read::RecordFile& file, const read::ConnectionTable& table, const Selection& selection,
                   DamageList& damage)
    : chunks_(file.segment_chunks()) {
  Selection whole(SelectionSpec{}, file.catalog(), table);
  whole.restrict_to(selection.connections(), std::nullopt, table);
  Conversations conversations(file, table, whole, analysis::loss_columns() | analysis::copy_columns());
  Sink sink(file, *this);
  conversations.visit(sink);
  sink.close();
  damage.add(conversations.damage());
}

void CauseMap::fill(std::size_t number, std::size_t rows, std::vector<std::uint8_t>& out) const {
  out.assign(rows, 0);
  for (const Entry& entry : chunks_[number])
    out[entry.row] = static_cast<std::uint8_t>(1 + static_cast<int>(entry.cause));
}

}  // namespace pcapsule::select
