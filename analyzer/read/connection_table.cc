// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/connection_table.h"

#include <algorithm>
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
  return {first.frame + columns.frame[row], first.time + columns.time[row]};
}

Side side_of(const ConnectionChunk& chunk, std::size_t row, unsigned side, const Moment& first) {
  const DirectionColumns& columns = chunk.direction[side];
  Side out;
  out.endpoint = endpoint_of(chunk, row, side);
  out.segments = columns.segments[row];
  out.payload_bytes = columns.payload_bytes[row];
  out.wire_bytes = columns.wire_bytes[row];
  out.base = columns.base[row];
  out.base_source = static_cast<format::BaseSource>(columns.base_source[row]);
  out.offers = columns.offers[row];
  out.mss_bytes = columns.mss[row];
  out.shift = columns.shift[row];
  out.ttl_least = columns.ttl_least[row];
  out.ttl_greatest = columns.ttl_greatest[row];
  const std::uint16_t events = chunk.seen[row];
  if ((events & (side == 0 ? seen::kFinA : seen::kFinB)) != 0) out.fin = moment(first, columns.fin, row);
  out.fin_acked = (events & (side == 0 ? seen::kFinAAcked : seen::kFinBAcked)) != 0;
  return out;
}

/// The handshake as the sparse events complete it: repeated SYNs and SYN-ACKs.
void read_handshake(const ConnectionChunk& chunk, std::size_t row, Connection& out) {
  const std::uint16_t events = chunk.seen[row];
  if ((events & seen::kSyn) != 0) out.first_syn = out.first;
  if ((events & seen::kSynAck) != 0) out.syn_ack = moment(out.first, chunk.syn_ack, row);
  if ((events & seen::kHandshakeAck) != 0) out.handshake_ack = moment(out.first, chunk.handshake_ack, row);
  if ((events & seen::kCloseAck) != 0) out.close_ack = moment(out.first, chunk.close_ack, row);
  out.last_syn_ack = out.syn_ack;
  std::optional<Moment> last_syn;
  std::optional<Moment> last_own_syn;
  std::optional<Moment> last_own_syn_ack;
  const auto [begin, end] = std::equal_range(chunk.events.entry.begin(), chunk.events.entry.end(), row);
  for (auto at = begin; at != end; ++at) {
    const auto i = static_cast<std::size_t>(at - chunk.events.entry.begin());
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

/// As if each copy were a segment of its own.
void keep_copies(Connection& connection) {
  connection.syn_copies = 0;
  connection.syn_ack_copies = 0;
  connection.last_own_syn = connection.last_syn;
  connection.last_own_syn_ack = connection.last_syn_ack;
}

std::vector<ResetEvent> resets_of(const ConnectionChunk& chunk, std::size_t row) {
  std::vector<ResetEvent> out;
  const Resets& r = chunk.resets;
  const auto [begin, end] = std::equal_range(r.entry.begin(), r.entry.end(), row);
  for (auto at = begin; at != end; ++at) {
    const auto i = static_cast<std::size_t>(at - r.entry.begin());
    ResetEvent event;
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
    out.push_back(event);
  }
  return out;
}

/// Numbers ascend within the chunk, and from `least` on; lookups rely on it.
bool ascends(const ConnectionChunk& chunk, std::uint64_t least) {
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t number = chunk.number(row);
    if (number < least) return false;
    least = std::uint64_t{number} + 1;
  }
  return true;
}

}  // namespace

Result<ConnectionTable> ConnectionTable::open(RecordFile& file) {
  ConnectionTable table;
  std::uint64_t least = 0;
  for (std::size_t chunk = 0; chunk < file.connection_chunks(); ++chunk) {
    auto view = file.connections(chunk);
    if (!view) return view.error();
    if (!ascends(*view, least)) {
      return Error{ErrorCode::kCorrupt, file.path() + ": the numbers of the connection table do not ascend in chunk " +
                                            std::to_string(file.connection_chunk_info(chunk).number) +
                                            "; re-run the extractor on the capture"};
    }
    least = std::uint64_t{view->number(view->rows - 1)} + 1;
    const std::uint64_t next = std::uint64_t{table.first_number_} + table.size_;
    if (table.chunks_.empty()) {
      table.first_number_ = view->number(0);
    } else if (view->number(0) != next) {
      table.consecutive_ = false;
    }
    if (view->number_offset != nullptr) table.consecutive_ = false;
    table.size_ += view->rows;
    table.chunks_.push_back(*view);
  }
  return table;
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

Connection ConnectionTable::at(std::uint64_t entry) const {
  const Place at = place(entry);
  const ConnectionChunk& chunk = *at.chunk;
  const std::size_t row = at.row;
  Connection out;
  out.number = chunk.number(row);
  out.marks = chunk.marks[row];
  out.client = out.has_mark(mark::kClientIsB) ? 1 : 0;
  out.evidence = static_cast<format::RoleEvidence>(chunk.evidence[row]);
  out.first_row = chunk.first_row[row];
  out.last_row = out.first_row + chunk.last_row[row];
  out.last_chunk = chunk.last_chunk[row];
  out.first = {chunk.first_frame[row], chunk.first_time[row]};
  out.last = {out.first.frame + chunk.last_frame[row], out.first.time + chunk.last_time[row]};
  out.side = {side_of(chunk, row, 0, out.first), side_of(chunk, row, 1, out.first)};
  out.other_rows = chunk.other_rows[row];
  out.seen = chunk.seen[row];
  out.syns = chunk.syns[row];
  out.syn_acks = chunk.syn_acks[row];
  out.retries = chunk.retries[row];
  out.syn_payload_bytes = chunk.syn_payload[row];
  out.syn_copies = std::min(chunk.syn_copies[row], out.syns);
  out.syn_ack_copies = std::min(chunk.syn_ack_copies[row], out.syn_acks);
  if (const std::uint32_t previous = chunk.previous_connection[row]; previous != 0) out.previous = previous - 1;
  out.history = chunk.history[row];
  out.completeness = chunk.completeness[row];
  out.completeness_first_row = chunk.completeness_first_row[row];
  if (const std::uint16_t index = chunk.encapsulation[row]; index != 0) {
    out.encapsulation = static_cast<std::uint16_t>(index - 1);
  }
  read_handshake(chunk, row, out);
  if (keeps_copies_) keep_copies(out);
  out.resets = resets_of(chunk, row);
  return out;
}

}  // namespace pcapsule::read
