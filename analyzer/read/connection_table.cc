// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/connection_table.h"

#include <algorithm>
#include <limits>
#include <string>

namespace pcapsule::read {

namespace {

namespace mark = format::connection_mark;
namespace seen = format::seen;

Endpoint endpoint_of(const ConnectionChunk& chunk, std::size_t row, unsigned side) {
  const DirectionColumns& columns = chunk.direction[side];
  const std::uint16_t port = columns.port[row];
  if (columns.v4 != nullptr) return {IpAddress::v4(columns.v4[row]), port};
  if ((chunk.marks[row] & mark::kIpv6) != 0) return {IpAddress::v6(columns.high[row], columns.low[row]), port};
  return {IpAddress::v4(static_cast<std::uint32_t>(columns.low[row])), port};
}

Moment moment(const Moment& first, const EventColumns& columns, std::size_t row) {
  return {first.frame + columns.frame[row], at_distance(first.time, columns.time[row])};
}

void read_identity(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  out.number = chunk.number(row);
  out.marks = chunk.marks[row];
  out.client = out.has_mark(mark::kClientIsB) ? 1 : 0;
  out.first_row = chunk.first_row[row];
  out.first = {chunk.first_frame[row], chunk.first_time[row]};
  for (unsigned side = 0; side < 2; ++side) {
    out.side[side].endpoint = endpoint_of(chunk, row, side);
    out.side[side].segments = chunk.direction[side].segments[row];
  }
}

void read_totals(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  out.last = {out.first.frame + chunk.last_frame[row], at_distance(out.first.time, chunk.last_time[row])};
  out.last_chunk = chunk.last_chunk[row];
  out.other_rows = chunk.other_rows[row];
  for (std::size_t side = 0; side < 2; ++side) out.side[side].wire_bytes = chunk.direction[side].wire_bytes[row];
}

/// Places of the sparse facts of `row`, which `rows` leads.
struct SparseRange {
  SparseRange(std::span<const std::uint16_t> rows, std::size_t row)
      : begin(static_cast<std::size_t>(std::ranges::lower_bound(rows, row) - rows.begin())), end(begin) {
    while (end < rows.size() && rows[end] == row) ++end;
  }
  std::size_t begin;
  std::size_t end;
};

/// The handshake as the sparse events correct it: repeated SYNs and SYN-ACKs.
void read_repeats(const ConnectionChunk& chunk, const SparseRange& places, Connection& out) {
  std::optional<Moment> last_syn;
  std::optional<Moment> last_own_syn;
  std::optional<Moment> last_own_syn_ack;
  for (std::size_t i = places.begin; i < places.end; ++i) {
    const Moment when = {chunk.events.frame[i], {chunk.events.time_ns[i]}};
    switch (static_cast<format::EventKind>(chunk.events.kind[i])) {
      case format::EventKind::kFirstSyn:
        out.first_syn = when;
        break;
      case format::EventKind::kLastSyn:
        last_syn = when;
        break;
      case format::EventKind::kLastSynAck:
        out.last_syn_ack = when;
        break;
      case format::EventKind::kLastOwnSyn:
        last_own_syn = when;
        break;
      case format::EventKind::kLastOwnSynAck:
        last_own_syn_ack = when;
        break;
    }
  }
  out.last_syn = last_syn ? last_syn : out.first_syn;
  out.last_own_syn = last_own_syn ? last_own_syn : (out.syn_copies > 0 ? out.first_syn : out.last_syn);
  out.last_own_syn_ack =
      last_own_syn_ack ? last_own_syn_ack : (out.syn_ack_copies > 0 ? out.syn_ack : out.last_syn_ack);
}

void read_handshake(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  // Each from the value, not one from the other: to load what was stored a moment ago in halves takes longer.
  const auto set = [](const Moment& when, auto&... events) { ((events = when), ...); };
  const std::uint16_t events = out.seen;
  if ((events & seen::kSyn) != 0) set(out.first, out.first_syn, out.last_syn, out.last_own_syn);
  if ((events & seen::kSynAck) != 0) {
    set(moment(out.first, chunk.syn_ack, row), out.syn_ack, out.last_syn_ack, out.last_own_syn_ack);
  }
  if ((events & seen::kHandshakeAck) != 0) out.handshake_ack = moment(out.first, chunk.handshake_ack, row);
  if ((events & seen::kCloseAck) != 0) out.close_ack = moment(out.first, chunk.close_ack, row);
  const SparseRange places(chunk.events.entry, row);
  if (places.begin != places.end) read_repeats(chunk, places, out);
}

/// As if each copy were a segment of its own.
void keep_copies(Connection& connection) {
  connection.syn_copies = 0;
  connection.syn_ack_copies = 0;
  connection.last_own_syn = connection.last_syn;
  connection.last_own_syn_ack = connection.last_syn_ack;
}

void read_resets(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  const Resets& r = chunk.resets;
  const SparseRange places(r.entry, row);
  for (std::size_t i = places.begin; i < places.end; ++i) {
    ResetEvent& event = out.resets.emplace_back();
    event.at = {r.frame[i], {r.time_ns[i]}};
    event.marks = r.marks[i];
    event.tcp_word = r.tcp_word[i];
    event.ttl = r.ttl[i];
    event.seq = r.seq[i];
    event.ack = r.ack[i];
    for (std::size_t side = 0; side < 2; ++side) {
      event.sent_end[side] = r.sent_end[side][i];
      event.acked[side] = r.acked[side][i];
      event.window[side] = r.window[side][i];
    }
  }
}

void clear_events(Connection& out) {
  for (std::optional<Moment>* event :
       {&out.side[0].fin, &out.side[1].fin, &out.first_syn, &out.last_syn, &out.syn_ack, &out.last_syn_ack,
        &out.last_own_syn, &out.last_own_syn_ack, &out.handshake_ack, &out.close_ack}) {
    event->reset();
  }
  out.resets.clear();
}

void read_events(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  clear_events(out);
  out.seen = chunk.seen[row];
  out.syns = chunk.syns[row];
  out.syn_acks = chunk.syn_acks[row];
  out.syn_copies = std::min(chunk.syn_copies[row], out.syns);
  out.syn_ack_copies = std::min(chunk.syn_ack_copies[row], out.syn_acks);
  if ((out.seen & seen::kFinA) != 0) out.side[0].fin = moment(out.first, chunk.direction[0].fin, row);
  if ((out.seen & seen::kFinB) != 0) out.side[1].fin = moment(out.first, chunk.direction[1].fin, row);
  out.side[0].fin_acked = (out.seen & seen::kFinAAcked) != 0;
  out.side[1].fin_acked = (out.seen & seen::kFinBAcked) != 0;
  read_handshake(chunk, row, out);
  read_resets(chunk, row, out);
}

void read_side(const DirectionColumns& columns, std::size_t row, Side& out) {
  out.payload_bytes = columns.payload_bytes[row];
  out.base = columns.base[row];
  out.base_source = static_cast<format::BaseSource>(columns.base_source[row]);
  out.offers = columns.offers[row];
  out.mss_bytes = columns.mss[row];
  out.shift = columns.shift[row];
  out.ttl_least = columns.ttl_least[row];
  out.ttl_greatest = columns.ttl_greatest[row];
}

/// What is neither identity nor totals nor events.
void read_rest(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  out.evidence = static_cast<format::RoleEvidence>(chunk.evidence[row]);
  out.last_row = out.first_row + chunk.last_row[row];
  for (std::size_t side = 0; side < 2; ++side) read_side(chunk.direction[side], row, out.side[side]);
  out.retries = chunk.retries[row];
  out.syn_payload_bytes = chunk.syn_payload[row];
  const std::uint32_t previous = chunk.previous_connection[row];
  out.previous = previous != 0 ? std::optional(previous - 1) : std::nullopt;
  out.history = chunk.history[row];
  out.completeness = chunk.completeness[row];
  out.completeness_first_row = chunk.completeness_first_row[row];
  const std::uint16_t index = chunk.encapsulation[row];
  out.encapsulation = index != 0 ? std::optional(static_cast<std::uint16_t>(index - 1)) : std::nullopt;
}

bool has(Facts facts, Facts asked) { return (static_cast<unsigned>(facts) & static_cast<unsigned>(asked)) != 0; }

/// Numbers ascend within the chunk, and from `least` on; lookups rely on it.
bool ascends(const ConnectionChunk& chunk, std::uint64_t least) {
  constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint32_t>::max();
  if (chunk.number_offset == nullptr) {
    return chunk.number_base >= least && std::uint64_t{chunk.number_base} + chunk.rows - 1 <= kGreatest;
  }
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t number = chunk.number(row);
    if (number < least) return false;
    least = std::uint64_t{number} + 1;
  }
  return true;
}

/// Could the chunk have such numbers, as the catalog says it has?
bool could_ascend(const ChunkInfo& info, std::uint64_t least) {
  return info.connection_least >= least && info.connection_greatest >= info.connection_least &&
         std::uint64_t{info.connection_greatest} - info.connection_least + 1 >= info.rows;
}

/// In place of a chunk that is not wanted: its entries count, and their numbers lie between those of its neighbours.
ConnectionChunk stand_in(const ChunkInfo& info) {
  ConnectionChunk chunk;
  chunk.first_entry = info.first;
  chunk.rows = info.rows;
  chunk.number_base = info.connection_least;
  return chunk;
}

}  // namespace

Result<ConnectionTable> ConnectionTable::open(RecordFile& file) { return open(file, {}); }

Result<ConnectionTable> ConnectionTable::open(RecordFile& file, std::span<const ConnectionRange> wanted) {
  ConnectionTable table;
  table.rows_left_ = file.catalog().rows;
  std::uint64_t least = 0;
  for (std::size_t chunk = 0; chunk < file.connection_chunks(); ++chunk) {
    const ChunkInfo info = file.connection_chunk_info(chunk);
    const bool is_wanted = wanted.empty() || std::ranges::any_of(wanted, [&](const ConnectionRange& range) {
                             return range.first <= info.connection_greatest && range.last >= info.connection_least;
                           });
    if (auto added = table.add(file, chunk, is_wanted, least); !added) return added.error();
    table.counts_all_rows_ = table.counts_all_rows_ && is_wanted;
    const ConnectionChunk& last = table.chunks_.back();
    least = std::uint64_t{is_wanted ? last.number(last.rows - 1) : info.connection_greatest} + 1;
  }
  if (table.counts_all_rows_ && table.rows_left_ != 0) {
    return Error{ErrorCode::kCorrupt, file.path() + ": the connection table has " + std::to_string(table.rows_left_) +
                                          " rows fewer than the catalog; re-run the extractor on the capture"};
  }
  return table;
}

/// `least`: of the numbers that the chunk may have.
/// Takes the rows of the chunk's connections from those that are left of the file. False: there are not so many, or a
/// connection has none.
bool ConnectionTable::take_rows(const ConnectionChunk& chunk) {
  constexpr std::uint64_t kFull = std::numeric_limits<std::uint32_t>::max();  // where the writer leaves a counter
  const auto& [a, b] = chunk.direction;
  std::uint64_t left = rows_left_;
  bool any_full = false;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint64_t before = left;
    for (const std::uint64_t counter : {a.segments[row], b.segments[row], std::uint64_t{chunk.other_rows[row]}}) {
      if (counter > left) return false;
      left -= counter;
      any_full |= counter == kFull;
    }
    if (left == before) return false;
  }
  rows_left_ = left;
  counts_all_rows_ = counts_all_rows_ && !any_full;
  return true;
}

Result<void> ConnectionTable::add(RecordFile& file, std::size_t chunk, bool is_wanted, std::uint64_t least) {
  const ChunkInfo info = file.connection_chunk_info(chunk);
  auto view = is_wanted ? file.connections(chunk) : Result<ConnectionChunk>(stand_in(info));
  if (!view) return view.error();
  if (is_wanted ? !ascends(*view, least) : !could_ascend(info, least)) {
    return Error{ErrorCode::kCorrupt, file.path() + ": the numbers of the connection table do not ascend in chunk " +
                                          std::to_string(info.number) + "; re-run the extractor on the capture"};
  }
  if (is_wanted && !take_rows(*view)) {
    return Error{ErrorCode::kCorrupt,
                 file.path() + ": the connections of chunk " + std::to_string(info.number) + " at offset " +
                     std::to_string(info.offset) +
                     " have more rows than the catalog, or none; re-run the extractor on the capture"};
  }
  const std::uint64_t next = std::uint64_t{first_number_} + size_;
  if (chunks_.empty()) {
    first_number_ = view->number(0);
  } else if (view->number(0) != next) {
    consecutive_ = false;
  }
  if (view->number_offset != nullptr) consecutive_ = false;
  if (!is_wanted) {
    if (info.connection_greatest - info.connection_least + 1 != info.rows) consecutive_ = false;
    closed_.push_back({info.connection_least, info.connection_greatest});
  }
  size_ += view->rows;
  chunks_.push_back(*view);
  return {};
}

ConnectionTable::Place ConnectionTable::place(std::uint64_t entry) const {
  const auto after = std::upper_bound(chunks_.begin(), chunks_.end(), entry,
                                      [](std::uint64_t e, const ConnectionChunk& c) { return e < c.first_entry; });
  const ConnectionChunk& chunk = *(after - 1);
  return {&chunk, static_cast<std::size_t>(entry - chunk.first_entry)};
}

std::optional<std::uint64_t> ConnectionTable::find(std::uint32_t number) const {
  if (size_ == 0 || number < first_number_) return std::nullopt;
  if (consecutive_) {
    const std::uint64_t entry = number - first_number_;
    return entry < size_ ? std::optional(entry) : std::nullopt;
  }
  std::uint64_t low = 0;
  std::uint64_t high = size_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (this->number(middle) < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < size_ && this->number(low) == number ? std::optional(low) : std::nullopt;
}

bool ConnectionTable::is_closed_about(std::uint32_t number) const {
  const auto range = std::ranges::lower_bound(closed_, number, {}, &ConnectionRange::last);
  return range != closed_.end() && range->first <= number;
}

std::uint32_t ConnectionTable::number(std::uint64_t entry) const {
  const Place at = place(entry);
  return at.chunk->number(at.row);
}

Endpoint ConnectionTable::endpoint(std::uint64_t entry, unsigned side) const {
  const Place at = place(entry);
  return endpoint_of(*at.chunk, at.row, side);
}

unsigned ConnectionTable::client(std::uint64_t entry) const {
  const Place at = place(entry);
  return (at.chunk->marks[at.row] & mark::kClientIsB) != 0 ? 1 : 0;
}

Connection ConnectionTable::at(std::uint64_t entry, Facts facts) const {
  Connection out;
  read(entry, facts, out);
  return out;
}

void ConnectionTable::read(std::uint64_t entry, Facts facts, Connection& out) const {
  const Place at = place(entry);
  read_identity(*at.chunk, at.row, out);
  if (has(facts, Facts::kTotals)) read_totals(*at.chunk, at.row, out);
  if (has(facts, Facts::kEvents)) {
    read_events(*at.chunk, at.row, out);
    if (keeps_copies_) keep_copies(out);
  }
  if (facts == Facts::kAll) read_rest(*at.chunk, at.row, out);
}

std::vector<std::uint64_t> ConnectionTable::entries_with_resets() const {
  std::vector<std::uint64_t> entries;
  for (const ConnectionChunk& chunk : chunks_) {
    for (const std::uint16_t row : chunk.resets.entry) {
      const std::uint64_t entry = chunk.first_entry + row;
      if (entries.empty() || entries.back() != entry) entries.push_back(entry);
    }
  }
  return entries;
}

}  // namespace pcapsule::read
