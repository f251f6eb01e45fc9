// SPDX-License-Identifier: Apache-2.0
#include "common/container/connection_chunk.h"

#include <array>

#include "common/container/connection_columns.h"
#include "common/container/connection_events.h"

namespace pcapsule::container {

namespace {

using TableBuilder = ConnectionTable;
using Columns = ConnectionColumns;

// Each of the following builds the vectors of some columns, and adds them to the table later: FlatBuffers
// builds no vector inside an open table.

class IdentityVectors {
 public:
  explicit IdentityVectors(Columns& columns) : number_base_(columns.stage.number.front()) {
    const ConnectionStage& stage = columns.stage;
    const std::size_t n = stage.size();
    const bool consecutive = stage.number.back() - number_base_ + 1 == n;
    if (!consecutive) {
      number_offset_ =
          columns.out.vector<std::uint32_t>(n, [&](std::size_t i) { return stage.number[i] - number_base_; });
    }
    for (std::size_t side = 0; side < 2; ++side) {
      const StagedSide& from = stage.side[side];
      if (stage.all_v4) {
        v4_[side] = columns.out.vector<std::uint32_t>(n, [&](std::size_t i) { return from.address_low[i]; });
      } else {
        high_[side] = columns.out.vector(std::span(from.address_high));
        low_[side] = columns.out.vector(std::span(from.address_low));
      }
    }
  }

  void add_to(TableBuilder& table) const {
    table.add_number_base(number_base_);
    add_vector(table, &TableBuilder::add_number_offset, number_offset_);
    add_vector(table, &TableBuilder::add_a_v4, v4_[0]);
    add_vector(table, &TableBuilder::add_b_v4, v4_[1]);
    add_vector(table, &TableBuilder::add_a_high, high_[0]);
    add_vector(table, &TableBuilder::add_a_low, low_[0]);
    add_vector(table, &TableBuilder::add_b_high, high_[1]);
    add_vector(table, &TableBuilder::add_b_low, low_[1]);
  }

 private:
  std::uint32_t number_base_;
  VectorOffset<std::uint32_t> number_offset_;
  std::array<VectorOffset<std::uint32_t>, 2> v4_;
  std::array<VectorOffset<std::uint64_t>, 2> high_, low_;
};

class RoleVectors {
 public:
  explicit RoleVectors(Columns& columns)
      : a_port_(columns.plain(columns.stage.side[0].port)),
        b_port_(columns.plain(columns.stage.side[1].port)),
        marks_(columns.plain(columns.stage.marks)),
        evidence_(columns.plain(columns.stage.evidence)) {}

  void add_to(TableBuilder& table) const {
    add_column(table, a_port_, &TableBuilder::add_a_port_all, &TableBuilder::add_a_port);
    add_column(table, b_port_, &TableBuilder::add_b_port_all, &TableBuilder::add_b_port);
    add_column(table, marks_, &TableBuilder::add_marks_all, &TableBuilder::add_marks);
    add_column(table, evidence_, &TableBuilder::add_evidence_all, &TableBuilder::add_evidence);
  }

 private:
  Plain<std::uint16_t> a_port_, b_port_;
  Plain<std::uint8_t> marks_, evidence_;
};

/// First and last row, frame and time.
class EndVectors {
 public:
  explicit EndVectors(Columns& columns)
      : unit_ns_(static_cast<std::uint32_t>(columns.unit_ns)),
        first_row_(columns.offsets(columns.stage.first_row)),
        last_row_(columns.counter(columns.stage.last_row_distance)),
        first_frame_(columns.offsets(columns.stage.first_frame)),
        last_frame_(columns.counter(columns.stage.last_frame_distance)),
        first_time_(columns.times(columns.stage.first_time)),
        last_time_(columns.spans(columns.stage.last_time_distance)) {}

  void add_to(TableBuilder& table) const {
    table.add_time_unit_ns(unit_ns_);
    add_offsets(table, first_row_, &TableBuilder::add_first_row_base, &TableBuilder::add_first_row,
                &TableBuilder::add_first_row_wide);
    add_offsets(table, first_frame_, &TableBuilder::add_first_frame_base, &TableBuilder::add_first_frame,
                &TableBuilder::add_first_frame_wide);
    add_offsets(table, first_time_, &TableBuilder::add_first_time_base_ns, &TableBuilder::add_first_time,
                &TableBuilder::add_first_time_wide);
    add_spans(table, last_time_, &TableBuilder::add_last_time_all, &TableBuilder::add_last_time,
              &TableBuilder::add_last_time_wide);
    add_column(table, last_row_, &TableBuilder::add_last_row_all, &TableBuilder::add_last_row,
               &TableBuilder::add_last_row_wide);
    add_column(table, last_frame_, &TableBuilder::add_last_frame_all, &TableBuilder::add_last_frame,
               &TableBuilder::add_last_frame_wide);
  }

 private:
  std::uint32_t unit_ns_;
  Offsets<std::uint64_t, std::uint64_t> first_row_;
  Counter last_row_;
  Offsets<std::uint64_t, std::uint64_t> first_frame_;
  Counter last_frame_;
  Offsets<std::int64_t, std::uint64_t> first_time_;
  Spans last_time_;
};

/// What each side sent and offered.
struct SideVectors {
  SideVectors(Columns& columns, const StagedSide& from)
      : segments(columns.counter(from.segments)),
        payload(columns.counter(from.payload)),
        wire(columns.counter(from.wire)),
        base(columns.plain(from.base)),
        base_source(columns.plain(from.base_source)),
        offers(columns.plain(from.offers)),
        mss(columns.plain(from.mss)),
        shift(columns.plain(from.shift)),
        ttl_least(columns.plain(from.ttl_least)),
        ttl_greatest(columns.plain(from.ttl_greatest)) {}

  Counter segments, payload, wire;
  Plain<std::uint32_t> base;
  Plain<std::uint8_t> base_source, offers;
  Plain<std::uint16_t> mss;
  Plain<std::uint8_t> shift, ttl_least, ttl_greatest;
};

void add_a(TableBuilder& table, const SideVectors& a) {
  add_column(table, a.segments, &TableBuilder::add_a_segments_all, &TableBuilder::add_a_segments,
             &TableBuilder::add_a_segments_wide);
  add_column(table, a.payload, &TableBuilder::add_a_payload_all, &TableBuilder::add_a_payload,
             &TableBuilder::add_a_payload_wide);
  add_column(table, a.wire, &TableBuilder::add_a_wire_all, &TableBuilder::add_a_wire, &TableBuilder::add_a_wire_wide);
  add_column(table, a.base, &TableBuilder::add_a_base_all, &TableBuilder::add_a_base);
  add_column(table, a.base_source, &TableBuilder::add_a_base_source_all, &TableBuilder::add_a_base_source);
  add_column(table, a.offers, &TableBuilder::add_a_offers_all, &TableBuilder::add_a_offers);
  add_column(table, a.mss, &TableBuilder::add_a_mss_all, &TableBuilder::add_a_mss);
  add_column(table, a.shift, &TableBuilder::add_a_shift_all, &TableBuilder::add_a_shift);
  add_column(table, a.ttl_least, &TableBuilder::add_a_ttl_least_all, &TableBuilder::add_a_ttl_least);
  add_column(table, a.ttl_greatest, &TableBuilder::add_a_ttl_greatest_all, &TableBuilder::add_a_ttl_greatest);
}

void add_b(TableBuilder& table, const SideVectors& b) {
  add_column(table, b.segments, &TableBuilder::add_b_segments_all, &TableBuilder::add_b_segments,
             &TableBuilder::add_b_segments_wide);
  add_column(table, b.payload, &TableBuilder::add_b_payload_all, &TableBuilder::add_b_payload,
             &TableBuilder::add_b_payload_wide);
  add_column(table, b.wire, &TableBuilder::add_b_wire_all, &TableBuilder::add_b_wire, &TableBuilder::add_b_wire_wide);
  add_column(table, b.base, &TableBuilder::add_b_base_all, &TableBuilder::add_b_base);
  add_column(table, b.base_source, &TableBuilder::add_b_base_source_all, &TableBuilder::add_b_base_source);
  add_column(table, b.offers, &TableBuilder::add_b_offers_all, &TableBuilder::add_b_offers);
  add_column(table, b.mss, &TableBuilder::add_b_mss_all, &TableBuilder::add_b_mss);
  add_column(table, b.shift, &TableBuilder::add_b_shift_all, &TableBuilder::add_b_shift);
  add_column(table, b.ttl_least, &TableBuilder::add_b_ttl_least_all, &TableBuilder::add_b_ttl_least);
  add_column(table, b.ttl_greatest, &TableBuilder::add_b_ttl_greatest_all, &TableBuilder::add_b_ttl_greatest);
}

/// Rows and segments of the connection, by number and by side.
class CountVectors {
 public:
  explicit CountVectors(Columns& columns)
      : last_chunk_(columns.plain(columns.stage.last_chunk)),
        other_rows_(columns.plain(columns.stage.other_rows)),
        a_(columns, columns.stage.side[0]),
        b_(columns, columns.stage.side[1]),
        seen_(columns.plain(columns.stage.seen)),
        syns_(columns.plain(columns.stage.syns)),
        syn_acks_(columns.plain(columns.stage.syn_acks)),
        retries_(columns.plain(columns.stage.retries)),
        syn_payload_(columns.plain(columns.stage.syn_payload)) {}

  void add_to(TableBuilder& table) const {
    add_column(table, last_chunk_, &TableBuilder::add_last_chunk_all, &TableBuilder::add_last_chunk);
    add_column(table, other_rows_, &TableBuilder::add_other_rows_all, &TableBuilder::add_other_rows);
    add_a(table, a_);
    add_b(table, b_);
    add_column(table, seen_, &TableBuilder::add_seen_all, &TableBuilder::add_seen);
    add_column(table, syns_, &TableBuilder::add_syns_all, &TableBuilder::add_syns);
    add_column(table, syn_acks_, &TableBuilder::add_syn_acks_all, &TableBuilder::add_syn_acks);
    add_column(table, retries_, &TableBuilder::add_retries_all, &TableBuilder::add_retries);
    add_column(table, syn_payload_, &TableBuilder::add_syn_payload_all, &TableBuilder::add_syn_payload);
  }

 private:
  Plain<std::uint32_t> last_chunk_, other_rows_;
  SideVectors a_, b_;
  Plain<std::uint16_t> seen_, syns_, syn_acks_, retries_, syn_payload_;
};

}  // namespace

BuiltChunk build_connection_chunk(flatbuffers::FlatBufferBuilder& fbb, const ConnectionStage& stage,
                                  std::uint64_t first_entry) {
  constexpr std::int64_t kMicrosecondNs = 1000;
  fbb.Clear();
  ColumnBuilder builder(fbb);
  Columns columns{stage, builder, stage.whole_microseconds ? kMicrosecondNs : 1};
  const IdentityVectors identity(columns);
  const RoleVectors roles(columns);
  const EndVectors ends(columns);
  const CountVectors counts(columns);
  const EventVectors events(columns);
  const HistoryVectors history(columns);
  const EventList event_list(columns);
  const ResetList resets(columns);

  TableBuilder table(fbb);
  table.add_first_entry(first_entry);
  table.add_rows(static_cast<std::uint32_t>(stage.size()));
  identity.add_to(table);
  ends.add_to(table);
  roles.add_to(table);
  counts.add_to(table);
  history.add_to(table);
  events.add_to(table);
  event_list.add_to(table);
  resets.add_to(table);
  fbb.FinishSizePrefixed(table.Finish(), format::kConnectionChunkIdentifier);

  BuiltChunk chunk;
  chunk.summary = stage.summarise(first_entry);
  chunk.bytes = {fbb.GetBufferPointer(), fbb.GetSize()};
  chunk.regions = regions_of(chunk.bytes, builder.vector_ends());
  return chunk;
}

}  // namespace pcapsule::container
