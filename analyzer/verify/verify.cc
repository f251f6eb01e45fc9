// SPDX-License-Identifier: Apache-2.0
#include "analyzer/verify/verify.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "analyzer/verify/segment_verifier.h"
#include "analyzer/verify/table_replay.h"

namespace pcapsule::verify {

namespace {

/// Are the addresses of the connection of the family that its marks say, and IPv4 no longer than that?
bool has_good_addresses(const read::ConnectionChunk& chunk, std::size_t row) {
  const bool is_ipv6 = (chunk.marks[row] & format::connection_mark::kIpv6) != 0;
  return std::ranges::all_of(chunk.direction, [&](const read::DirectionColumns& side) {
    if (side.v4 != nullptr) return !is_ipv6;
    return is_ipv6 || (side.high[row] == 0 && side.low[row] <= std::numeric_limits<std::uint32_t>::max());
  });
}

/// What the catalog says of the connection chunks; that numbers ascend is for ConnectionTable to say.
void verify_connection_chunks(read::RecordFile& file, FaultList& faults) {
  std::optional<bool> names_encapsulations;  // files made before there was such a column name none
  for (std::size_t k = 0; k < file.connection_chunks(); ++k) {
    const read::ChunkInfo info = file.connection_chunk_info(k);
    const auto chunk = file.connections(k);
    if (!chunk) {
      faults.add(chunk.error().message);
      continue;
    }
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
    for (std::size_t row = 0; row < chunk->rows; ++row) {
      const TimestampNs first = chunk->first_time[row];
      for (const TimestampNs time : {first, at_distance(first, chunk->last_time[row])}) {
        least = std::min(least, time.value);
        greatest = std::max(greatest, time.value);
      }
      if (chunk->encapsulation[row] > file.catalog().encapsulations.size()) {
        faults.add(info, "connection " + std::to_string(chunk->number(row)) +
                             " names an encapsulation that the catalog lacks");
      }
      const bool names_one = chunk->encapsulation[row] != 0;
      if (names_one != names_encapsulations.value_or(names_one)) {
        faults.add(info, "only one of connection " + std::to_string(chunk->number(row)) +
                             " and those before it names its encapsulation");
      }
      names_encapsulations = names_one;
      if (!has_good_addresses(*chunk, row)) {
        faults.add(
            info, "connection " + std::to_string(chunk->number(row)) + " has addresses of another family than it says");
      }
      if (chunk->syn_copies[row] > chunk->syns[row] || chunk->syn_ack_copies[row] > chunk->syn_acks[row]) {
        faults.add(info, "connection " + std::to_string(chunk->number(row)) +
                             " has more copies of handshake segments than such segments");
      }
    }
    if (chunk->number(0) != info.connection_least || chunk->number(chunk->rows - 1) != info.connection_greatest) {
      faults.add(info, "the catalog's connection range is not that of its rows");
    }
    if (least != info.time_least.value || greatest != info.time_greatest.value) {
      faults.add(info, "the catalog's time range is not that of its rows");
    }
  }
}

void verify_segment_chunks(read::RecordFile& file, const read::ConnectionTable& table, FaultList& faults) {
  SegmentVerifier verifier(file.catalog(), table, faults);
  TableReplay replay(file.catalog(), table, faults);
  for (std::uint32_t k = 0; k < file.segment_chunks(); ++k) {
    const auto chunk = file.segments(k, read::ColumnSet::all());
    if (chunk) {
      verifier.check(k, file.segment_chunk_info(k), *chunk);
      replay.feed(file.segment_chunk_info(k), *chunk);
    } else {
      faults.add(chunk.error().message);
      verifier.skip();
      replay.stop();
    }
  }
  verifier.finish();
  replay.finish();
}

/// Segment chunks stand before connection chunks.
void verify_order(const read::RecordFile& file, FaultList& faults) {
  if (file.segment_chunks() == 0 || file.connection_chunks() == 0) return;
  const auto last = static_cast<std::uint32_t>(file.segment_chunks() - 1);
  if (file.segment_chunk_info(last).number > file.connection_chunk_info(0).number) {
    faults.add_to_file("a connection chunk stands before a segment chunk");
  }
}

/// No sum of a false catalog wraps to the right one.
std::uint64_t capped_sum(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();
  return b > kGreatest - a ? kGreatest : a + b;
}

/// Frames and rows are numbered through over the captures (FORMAT.md, "Which capture a row is from").
void verify_captures(const read::Catalog& catalog, FaultList& faults) {
  if (catalog.captures.empty()) return;
  std::uint64_t frames = 0;
  std::uint64_t rows = 0;
  for (const read::CaptureInfo& capture : catalog.captures) {
    if (capture.first_frame != frames + 1 || capture.first_row != rows) {
      faults.add_to_file("the frames or rows of a capture do not begin behind those of the capture before");
      return;
    }
    frames = capped_sum(frames, capture.frames);
    rows = capped_sum(rows, capture.rows);
  }
  if (frames != catalog.frames || rows != catalog.rows) {
    faults.add_to_file("the frames or rows of the captures do not add up to those of the catalog");
  }
  if (catalog.captures.front().frames > 0 && catalog.first_frame_time != catalog.captures.front().first_frame_time) {
    faults.add_to_file("the stamp of the first frame is not that of the first capture's");
  }
}

void verify_totals(const read::Catalog& catalog, FaultList& faults) {
  std::uint64_t outcomes = 0;
  for (const read::NamedCount& outcome : catalog.outcomes) outcomes = capped_sum(outcomes, outcome.count);
  if (outcomes != catalog.frames) {
    faults.add_to_file("the catalog counts " + std::to_string(outcomes) + " outcomes of " +
                       std::to_string(catalog.frames) + " frames");
  }
  verify_captures(catalog, faults);
}

/// After every column was read: bytes that no column covers.
void verify_coverage(const read::RecordFile& file, FaultList& faults) {
  const auto expect_read = [&](const read::ChunkInfo& info) {
    if (!file.wholly_read(info.number)) faults.add(info, "it holds bytes that belong to no column");
  };
  for (std::size_t k = 0; k < file.segment_chunks(); ++k) expect_read(file.segment_chunk_info(k));
  for (std::size_t k = 0; k < file.connection_chunks(); ++k) expect_read(file.connection_chunk_info(k));
  if (const auto chunk = file.stray_padding()) {
    faults.add_to_file("the padding after chunk " + std::to_string(*chunk) + " is not zero");
  }
}

}  // namespace

FaultList faults_of(read::RecordFile& file) {
  FaultList faults(file.path());
  verify_connection_chunks(file, faults);
  const bool table_is_good = faults.count() == 0;
  const auto table = read::ConnectionTable::open(file);
  if (table && table_is_good) {
    verify_segment_chunks(file, *table, faults);
  } else {
    if (!table && table_is_good) faults.add(table.error().message);
    for (std::size_t k = 0; k < file.segment_chunks(); ++k) {
      const auto chunk = file.segments(k, read::ColumnSet::all());
      if (!chunk) faults.add(chunk.error().message);
    }
  }
  verify_order(file, faults);
  verify_totals(file.catalog(), faults);
  if (faults.count() == 0) verify_coverage(file, faults);
  return faults;
}

}  // namespace pcapsule::verify
