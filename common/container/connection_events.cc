// SPDX-License-Identifier: Apache-2.0
#include "common/container/connection_events.h"

namespace pcapsule::container {

namespace {

using Table = ConnectionTable;

EventColumns event_columns(ConnectionColumns& columns, const StagedEvent& event) {
  const Counter frame = columns.counter(event.frame);
  return {frame, columns.spans(event.time)};
}

}  // namespace

EventVectors::EventVectors(ConnectionColumns& columns)
    : syn_ack_(event_columns(columns, columns.stage.syn_ack)),
      handshake_ack_(event_columns(columns, columns.stage.handshake_ack)),
      a_fin_(event_columns(columns, columns.stage.side[0].fin)),
      b_fin_(event_columns(columns, columns.stage.side[1].fin)),
      close_ack_(event_columns(columns, columns.stage.close_ack)) {}

void EventVectors::add_to(Table& table) const {
  add_column(table, syn_ack_.frame, &Table::add_syn_ack_frame_all, &Table::add_syn_ack_frame,
             &Table::add_syn_ack_frame_wide);
  add_spans(table, syn_ack_.time, &Table::add_syn_ack_time_all, &Table::add_syn_ack_time,
            &Table::add_syn_ack_time_wide);
  add_column(table, handshake_ack_.frame, &Table::add_handshake_ack_frame_all, &Table::add_handshake_ack_frame,
             &Table::add_handshake_ack_frame_wide);
  add_spans(table, handshake_ack_.time, &Table::add_handshake_ack_time_all, &Table::add_handshake_ack_time,
            &Table::add_handshake_ack_time_wide);
  add_column(table, a_fin_.frame, &Table::add_a_fin_frame_all, &Table::add_a_fin_frame, &Table::add_a_fin_frame_wide);
  add_spans(table, a_fin_.time, &Table::add_a_fin_time_all, &Table::add_a_fin_time, &Table::add_a_fin_time_wide);
  add_column(table, b_fin_.frame, &Table::add_b_fin_frame_all, &Table::add_b_fin_frame, &Table::add_b_fin_frame_wide);
  add_spans(table, b_fin_.time, &Table::add_b_fin_time_all, &Table::add_b_fin_time, &Table::add_b_fin_time_wide);
  add_column(table, close_ack_.frame, &Table::add_close_ack_frame_all, &Table::add_close_ack_frame,
             &Table::add_close_ack_frame_wide);
  add_spans(table, close_ack_.time, &Table::add_close_ack_time_all, &Table::add_close_ack_time,
            &Table::add_close_ack_time_wide);
}

HistoryVectors::HistoryVectors(ConnectionColumns& columns)
    : previous_connection_(columns.plain(columns.stage.previous_plus_one)),
      history_(columns.plain(columns.stage.history)),
      completeness_(columns.plain(columns.stage.completeness)),
      completeness_first_row_(columns.plain(columns.stage.completeness_first_row)),
      encapsulation_(columns.plain(columns.stage.encapsulation_plus_one)),
      syn_copies_(columns.plain(columns.stage.syn_copies)),
      syn_ack_copies_(columns.plain(columns.stage.syn_ack_copies)) {}

void HistoryVectors::add_to(Table& table) const {
  add_column(table, previous_connection_, &Table::add_previous_connection_all, &Table::add_previous_connection);
  add_column(table, history_, &Table::add_history_all, &Table::add_history);
  add_column(table, completeness_, &Table::add_completeness_all, &Table::add_completeness);
  add_column(table, completeness_first_row_, &Table::add_completeness_first_row_all,
             &Table::add_completeness_first_row);
  add_column(table, encapsulation_, &Table::add_encapsulation_all, &Table::add_encapsulation);
  add_column(table, syn_copies_, &Table::add_syn_copies_all, &Table::add_syn_copies);
  add_column(table, syn_ack_copies_, &Table::add_syn_ack_copies_all, &Table::add_syn_ack_copies);
}

EventList::EventList(ConnectionColumns& columns) {
  const StagedEventList& events = columns.stage.events;
  entry_ = columns.out.vector(std::span(events.entry));
  kind_ = columns.out.vector(std::span(events.kind));
  frame_ = columns.out.vector(std::span(events.frame));
  time_ = columns.out.vector(std::span(events.time));
}

void EventList::add_to(Table& table) const {
  add_vector(table, &Table::add_event_entry, entry_);
  add_vector(table, &Table::add_event_kind, kind_);
  add_vector(table, &Table::add_event_frame, frame_);
  add_vector(table, &Table::add_event_time_ns, time_);
}

ResetList::ResetList(ConnectionColumns& columns) {
  using record::ResetEvent;
  const std::vector<StagedReset>& resets = columns.stage.resets;
  const std::size_t n = resets.size();
  ColumnBuilder& out = columns.out;
  const auto of = [&resets](auto member) {
    return [&resets, member](std::size_t i) { return resets[i].event.*member; };
  };
  const auto side = [&resets](auto member, std::size_t s) {
    return [&resets, member, s](std::size_t i) { return (resets[i].event.*member)[s]; };
  };
  entry_ = out.vector<std::uint16_t>(n, [&](std::size_t i) { return resets[i].entry; });
  marks_ = out.vector<std::uint8_t>(n, of(&ResetEvent::marks));
  frame_ = out.vector<std::uint64_t>(n, [&](std::size_t i) { return resets[i].event.at.frame; });
  time_ = out.vector<std::int64_t>(n, [&](std::size_t i) { return resets[i].event.at.time.value; });
  tcp_word_ = out.vector<std::uint16_t>(n, of(&ResetEvent::tcp_word));
  ttl_ = out.vector<std::uint8_t>(n, of(&ResetEvent::ttl));
  seq_ = out.vector<std::uint32_t>(n, of(&ResetEvent::seq));
  ack_ = out.vector<std::uint32_t>(n, of(&ResetEvent::ack));
  a_sent_end_ = out.vector<std::uint32_t>(n, side(&ResetEvent::sent_end, 0));
  b_sent_end_ = out.vector<std::uint32_t>(n, side(&ResetEvent::sent_end, 1));
  a_acked_ = out.vector<std::uint32_t>(n, side(&ResetEvent::acked, 0));
  b_acked_ = out.vector<std::uint32_t>(n, side(&ResetEvent::acked, 1));
  a_window_ = out.vector<std::uint16_t>(n, side(&ResetEvent::window, 0));
  b_window_ = out.vector<std::uint16_t>(n, side(&ResetEvent::window, 1));
}

void ResetList::add_to(Table& table) const {
  add_vector(table, &Table::add_reset_entry, entry_);
  add_vector(table, &Table::add_reset_marks, marks_);
  add_vector(table, &Table::add_reset_frame, frame_);
  add_vector(table, &Table::add_reset_time_ns, time_);
  add_vector(table, &Table::add_reset_tcp_word, tcp_word_);
  add_vector(table, &Table::add_reset_ttl, ttl_);
  add_vector(table, &Table::add_reset_seq, seq_);
  add_vector(table, &Table::add_reset_ack, ack_);
  add_vector(table, &Table::add_reset_a_sent_end, a_sent_end_);
  add_vector(table, &Table::add_reset_b_sent_end, b_sent_end_);
  add_vector(table, &Table::add_reset_a_acked, a_acked_);
  add_vector(table, &Table::add_reset_b_acked, b_acked_);
  add_vector(table, &Table::add_reset_a_window, a_window_);
  add_vector(table, &Table::add_reset_b_window, b_window_);
}

}  // namespace pcapsule::container
