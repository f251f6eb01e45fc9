// SPDX-License-Identifier: Apache-2.0
#include "analyzer/verify/table_replay.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "analyzer/analysis/number_index.h"
#include "analyzer/verify/table_facts.h"
#include "common/hash/seeded.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"
#include "extractor/decode/tcp_options.h"
#include "extractor/write/tracked_connections.h"

namespace pcapsule::verify {

using read::ChunkInfo;
using read::SegmentChunk;

namespace {

constexpr std::uint8_t kFixedHeaderBytes = 20;

std::string row_text(std::size_t row) { return "row " + std::to_string(row); }

/// Does the file hold all connections of its captures?
bool is_whole(const read::Catalog& catalog) {
  return catalog.subset.empty() && catalog.options.client.empty() && catalog.options.server.empty();
}

/// A row as the tracker saw it, but for its options.
decode::Segment segment_of(const SegmentChunk& chunk, std::size_t row, const Endpoint& source,
                           const Endpoint& destination) {
  decode::Segment segment;
  segment.set_ends(source, destination);
  segment.frame_number = chunk.frame[row];
  segment.time = chunk.time[row];
  segment.seq = chunk.seq[row];
  segment.ack = chunk.ack[row];
  segment.payload_bytes = chunk.payload[row];
  segment.wire_bytes = chunk.wire_bytes(row);
  segment.word = {chunk.tcp_word[row]};
  segment.window = chunk.window[row];
  segment.checksum = chunk.checksum[row];
  segment.ip_id = chunk.ip_id[row];
  segment.ttl = chunk.ttl[row];
  segment.oddities = chunk.oddities[row];
  // All that counts is whether the header without options is whole.
  segment.header_available = chunk.fixed_header_cut(row) ? kFixedHeaderBytes - 1 : kFixedHeaderBytes;
  segment.has_timestamps = (chunk.marks[row] & format::mark::kHasTimestamps) != 0;
  if (segment.has_timestamps) {
    segment.ts_value = chunk.ts_value[row];
    segment.ts_echo = chunk.ts_echo[row];
  }
  return segment;
}

/// Reads the option area as captured. A row without one has no options, or such as a connection learns nothing from
/// but their timestamps.
void add_options(decode::Segment& segment, ByteView captured, decode::SegmentBatch& batch) {
  const std::uint32_t header_bytes = segment.word.header_bytes();
  if (header_bytes <= kFixedHeaderBytes) return;
  const std::size_t area_bytes = header_bytes - kFixedHeaderBytes;
  segment.options = static_cast<std::uint32_t>(batch.options.size());
  decode::read_tcp_options(captured.first(std::min(captured.size(), area_bytes)), area_bytes,
                           batch.options.emplace_back());
}

}  // namespace

TableReplay::TableReplay(const read::Catalog& catalog, const read::ConnectionTable& table, FaultList& faults)
    : table_(table), faults_(faults), whole_(is_whole(catalog)), tracker_(hash::process_seed()) {}

void TableReplay::feed(const ChunkInfo& info, const SegmentChunk& chunk) {
  running_ = running_ && make_batch(chunk);
  if (!running_) return;
  if (whole_) {
    tracker_.track(batch_, found_);
  } else {
    track_part();
  }
  check_rows(info, chunk);
}

/// False: a row has a connection that the directory or the table lacks, which is told elsewhere.
bool TableReplay::make_batch(const SegmentChunk& chunk) {
  struct Place {
    std::uint32_t number = 0;  ///< that the tracker should give
    std::array<Endpoint, 2> ends;
  };
  std::vector<Place> places;
  places.reserve(chunk.directory.connection.size());
  for (const std::uint32_t connection : chunk.directory.connection) {
    const auto entry = table_.find(connection);
    if (!entry) return false;
    places.push_back({whole_ ? connection : static_cast<std::uint32_t>(*entry),
                      {table_.endpoint(*entry, 0), table_.endpoint(*entry, 1)}});
  }
  analysis::NumberIndex index;
  index.build(chunk.directory.connection);
  batch_.clear();
  batch_.segments.reserve(chunk.rows);
  claimed_.clear();
  claimed_.reserve(chunk.rows);
  std::size_t option = 0;
  std::size_t rebase = 0;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint32_t found = index.find(chunk.connection[row]);
    if (found == analysis::NumberIndex::kNone) return false;
    const Place& place = places[found];
    const track::Side side = (chunk.marks[row] & format::mark::kSentByB) != 0 ? track::kB : track::kA;
    decode::Segment& segment =
        batch_.segments.emplace_back(segment_of(chunk, row, place.ends[side], place.ends[other(side)]));
    if (option < chunk.options.row.size() && chunk.options.row[option] == row) {
      add_options(segment, chunk.options[option++], batch_);
    }
    const bool rebased = rebase < chunk.rebase_row.size() && chunk.rebase_row[rebase] == row;
    rebase += rebased ? 1 : 0;
    claimed_.push_back({place.number, side, rebased});
  }
  return true;
}

void TableReplay::track_part() {
  found_.clear();
  for (std::size_t row = 0; row < batch_.segments.size(); ++row) {
    const decode::Segment& segment = batch_.segments[row];
    const std::uint32_t number = claimed_[row].connection;
    std::optional<std::uint32_t> previous;
    if (number == tracker_.connections()) previous = table_.at(number).previous;
    const auto tracked = tracker_.track_known(segment, batch_.options_of(segment), number, previous);
    if (!tracked) return;
    found_.push_back(*tracked);
  }
}

void TableReplay::check_rows(const ChunkInfo& info, const SegmentChunk& chunk) {
  for (std::size_t row = 0; row < claimed_.size(); ++row) {
    const track::TrackedRow& claimed = claimed_[row];
    const bool follows =
        row < found_.size() && found_[row].connection == claimed.connection && found_[row].side == claimed.side;
    if (!follows) {
      faults_.add(info, row_text(row) + " cannot be of connection " + std::to_string(chunk.connection[row]) +
                            ", by its endpoints and the rows before it");
      return stop();
    }
    if (found_[row].rebased != claimed.rebased) {
      faults_.add(info, row_text(row) + (claimed.rebased ? " is said to set" : " sets") + " a sequence base anew" +
                            (claimed.rebased ? ", which it does not" : ", which is not said"));
      return stop();
    }
  }
}

/// Of a part. What a connection follows may have been left out; else it has the same ends.
void TableReplay::check_previous(const read::Connection& connection) {
  if (!connection.previous) return;
  const auto entry = table_.find(*connection.previous);
  const Endpoint& a = connection.side[0].endpoint;
  const Endpoint& b = connection.side[1].endpoint;
  const auto has_ends = [&](const Endpoint& one, const Endpoint& two) {
    return table_.endpoint(*entry, 0) == one && table_.endpoint(*entry, 1) == two;
  };
  if (*connection.previous < connection.number && (!entry || has_ends(a, b) || has_ends(b, a))) return;
  faults_.add_to_file("the connection table is wrong about the connection before connection " +
                      std::to_string(connection.number));
}

void TableReplay::finish() {
  if (!running_) return;
  if (tracker_.connections() != table_.size()) return;  // one without rows, which is told elsewhere
  tracker_.decide_roles();
  read::Connection says;
  read::Connection found;
  for (std::uint32_t entry = 0; entry < table_.size(); ++entry) {
    table_.read(entry, read::Facts::kAll, says);
    write::describe(tracker_, entry, found);
    // A part does not show from what a role was guessed, only that nothing better was known.
    const bool judges_role = whole_ || !format::is_guess(says.evidence) || !format::is_guess(found.evidence);
    const std::string wrong = differing_facts(says, found, judges_role);
    if (!wrong.empty()) {
      faults_.add_to_file("the connection table is wrong about " + wrong + " of connection " +
                          std::to_string(says.number));
    }
    if (!whole_) check_previous(says);
  }
}

}  // namespace pcapsule::verify
