// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/connection_lists.h"

namespace pcapsule::write {

namespace {

struct SparseEvent {
  std::uint16_t entry;
  format::EventKind kind;
  std::uint64_t frame;
  TimestampNs time;
};

std::vector<SparseEvent> sparse_events(const ConnectionColumns& table, const track::ConnectionTracker& tracker) {
  std::vector<SparseEvent> events;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const track::HandshakeRepeats* repeats = tracker.repeats(table[i]);
    if (repeats == nullptr) continue;
    const auto entry = static_cast<std::uint16_t>(i);
    const auto add = [&](format::EventKind kind, std::uint64_t frame, TimestampNs time) {
      if (frame != 0) events.push_back({entry, kind, frame, time});
    };
    add(format::EventKind::kFirstSyn, repeats->first_syn_frame, repeats->first_syn_time);
    add(format::EventKind::kLastSyn, repeats->last_syn_frame, repeats->last_syn_time);
    add(format::EventKind::kLastSynAck, repeats->last_syn_ack_frame, repeats->last_syn_ack_time);
  }
  return events;
}

struct EntryReset {
  std::uint16_t entry;
  track::Reset reset;
};

std::vector<EntryReset> all_resets(const ConnectionColumns& table, const track::ConnectionTracker& tracker) {
  std::vector<EntryReset> resets;
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (const track::Reset& reset : tracker.resets(table[i])) resets.push_back({static_cast<std::uint16_t>(i), reset});
  }
  return resets;
}

}  // namespace

EventList::EventList(ConnectionColumns& table, const track::ConnectionTracker& tracker) {
  const std::vector<SparseEvent> events = sparse_events(table, tracker);
  const std::size_t n = events.size();
  ColumnBuilder& out = table.builder();
  entry = out.vector<std::uint16_t>(n, [&](std::size_t i) { return events[i].entry; });
  kind = out.vector<std::uint8_t>(n, [&](std::size_t i) { return events[i].kind; });
  frame = out.vector<std::uint64_t>(n, [&](std::size_t i) { return events[i].frame; });
  time = out.vector<std::int64_t>(n, [&](std::size_t i) { return events[i].time.value; });
}

void EventList::add_to(TableBuilder& table) const {
  add_sparse(table, entry, &TableBuilder::add_event_entry);
  add_sparse(table, kind, &TableBuilder::add_event_kind);
  add_sparse(table, frame, &TableBuilder::add_event_frame);
  add_sparse(table, time, &TableBuilder::add_event_time_ns);
}

ResetList::ResetList(ConnectionColumns& table, const track::ConnectionTracker& tracker) {
  using track::Reset;
  const std::vector<EntryReset> resets = all_resets(table, tracker);
  const std::size_t n = resets.size();
  ColumnBuilder& out = table.builder();
  const auto of = [&resets](auto member) {
    return [&resets, member](std::size_t i) { return resets[i].reset.*member; };
  };
  const auto side = [&resets](auto member, track::Side s) {
    return [&resets, member, s](std::size_t i) { return (resets[i].reset.*member)[s]; };
  };
  entry = out.vector<std::uint16_t>(n, [&](std::size_t i) { return resets[i].entry; });
  marks = out.vector<std::uint8_t>(n, of(&Reset::marks));
  frame = out.vector<std::uint64_t>(n, of(&Reset::frame));
  time = out.vector<std::int64_t>(n, [&](std::size_t i) { return resets[i].reset.time.value; });
  tcp_word = out.vector<std::uint16_t>(n, of(&Reset::tcp_word));
  ttl = out.vector<std::uint8_t>(n, of(&Reset::ttl));
  seq = out.vector<std::uint32_t>(n, of(&Reset::seq));
  ack = out.vector<std::uint32_t>(n, of(&Reset::ack));
  a_sent_end = out.vector<std::uint32_t>(n, side(&Reset::sent_end, track::kA));
  b_sent_end = out.vector<std::uint32_t>(n, side(&Reset::sent_end, track::kB));
  a_acked = out.vector<std::uint32_t>(n, side(&Reset::acked, track::kA));
  b_acked = out.vector<std::uint32_t>(n, side(&Reset::acked, track::kB));
  a_window = out.vector<std::uint16_t>(n, side(&Reset::window, track::kA));
  b_window = out.vector<std::uint16_t>(n, side(&Reset::window, track::kB));
}

void ResetList::add_to(TableBuilder& table) const {
  add_sparse(table, entry, &TableBuilder::add_reset_entry);
  add_sparse(table, marks, &TableBuilder::add_reset_marks);
  add_sparse(table, frame, &TableBuilder::add_reset_frame);
  add_sparse(table, time, &TableBuilder::add_reset_time_ns);
  add_sparse(table, tcp_word, &TableBuilder::add_reset_tcp_word);
  add_sparse(table, ttl, &TableBuilder::add_reset_ttl);
  add_sparse(table, seq, &TableBuilder::add_reset_seq);
  add_sparse(table, ack, &TableBuilder::add_reset_ack);
  add_sparse(table, a_sent_end, &TableBuilder::add_reset_a_sent_end);
  add_sparse(table, b_sent_end, &TableBuilder::add_reset_b_sent_end);
  add_sparse(table, a_acked, &TableBuilder::add_reset_a_acked);
  add_sparse(table, b_acked, &TableBuilder::add_reset_b_acked);
  add_sparse(table, a_window, &TableBuilder::add_reset_a_window);
  add_sparse(table, b_window, &TableBuilder::add_reset_b_window);
}

}  // namespace pcapsule::write
