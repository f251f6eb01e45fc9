// SPDX-License-Identifier: Apache-2.0
// What the writer puts into a record file, the reader gets out of it: every fact of every row.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <random>

#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "extractor/decode/layer_stack.h"
#include "tests/support/sweep.h"
#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule {
namespace {

using decode::Segment;
using decode::SegmentBatch;
using decode::TcpOptions;
using read::ColumnSet;
using read::RecordFile;
using testing::MemoryRecord;
using testing::TemporaryFile;
using track::testing::SegmentMaker;

/// 32 random bits at a time, the same ones in every run.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

/// How a capture of a property test looks: which facts vary, and how.
struct Shape {
  const char* name;
  std::size_t rows;
  std::uint32_t connections;
  bool ipv6;
  bool options;
  bool skips_frames;
  bool nanoseconds;
  bool wild;  ///< stamps, lengths and VLANs anywhere in their ranges
};

TcpOptions random_options(Random& random) {
  TcpOptions options;
  options.sack_count = static_cast<std::uint8_t>(random() % 4);
  for (std::size_t i = 0; i < options.sack_count; ++i) options.sack[i] = {random(), random()};
  options.ordinary = random() % 2 == 0;
  options.has_dss = random() % 5 == 0;
  options.raw_bytes = static_cast<std::uint8_t>(random() % 41);
  for (std::size_t i = 0; i < options.raw_bytes; ++i) options.raw[i] = static_cast<std::uint8_t>(random());
  return options;
}

void make_wild(Segment& segment, Random& random) {
  segment.time.value = static_cast<std::int64_t>((std::uint64_t{random()} << 32) | random());
  segment.previous_time.value = static_cast<std::int64_t>((std::uint64_t{random()} << 32) | random());
  segment.payload_bytes = random() % 200'000;
  segment.wire_bytes = random();
  segment.captured_bytes = random() % 100;
  segment.oddities = static_cast<std::uint8_t>(random() % 64);
  segment.header_available = static_cast<std::uint8_t>(16 + random() % 45);
}

decode::Carrier wild_carrier(Random& random) {
  decode::Carrier carrier;
  carrier.interface = random() % 3;
  carrier.vlan_tags = static_cast<std::uint8_t>(random() % 6);
  for (auto& tag : carrier.vlan) tag = static_cast<std::uint16_t>(random());
  carrier.layers.inner = random() % 4;
  return carrier;
}

SegmentBatch random_batch(const Shape& shape) {
  Random random(4711);
  SegmentMaker make;
  SegmentBatch batch;
  for (std::size_t i = 0; i < shape.rows; ++i) {
    if (shape.skips_frames && random() % 3 == 0) make.skip_frames(random() % 5);
    const std::uint32_t which = random() % shape.connections;
    const auto address = [&](std::uint32_t low) {
      return shape.ipv6 && which % 2 == 0 ? IpAddress::v6(0x20010db8'00000000, low) : IpAddress::v4(low);
    };
    Endpoint a = {address(which), 1000};
    Endpoint b = {address(which + 100'000), 80};
    if (random() % 2 == 0) std::swap(a, b);
    Segment segment = make.make(a, b, static_cast<std::uint16_t>(random() % 64), random(), random(), random() % 1460);
    segment.time.value += shape.nanoseconds ? random() % 1000 : 0;
    segment.window = static_cast<std::uint16_t>(random());
    segment.checksum = static_cast<std::uint16_t>(random());
    segment.ip_id = static_cast<std::uint16_t>(random());
    segment.ttl = static_cast<std::uint8_t>(random());
    segment.has_timestamps = shape.options && random() % 2 == 0;
    segment.ts_value = random();
    segment.ts_echo = random();
    if (shape.wild) {
      make_wild(segment, random);
      segment.carrier = batch.index_of(wild_carrier(random));
    }
    if (shape.options && random() % 4 == 0) {
      segment.options = static_cast<std::uint32_t>(batch.options.size());
      batch.options.push_back(random_options(random));
    }
    batch.segments.push_back(segment);
  }
  return batch;
}

class RoundTrip : public ::testing::TestWithParam<Shape> {};

/// Compares every row of the file with the segment it came from.
class RowChecker {
 public:
  RowChecker(const SegmentBatch& batch, const MemoryRecord& record) : batch_(batch), record_(record) {}

  void check(const read::SegmentChunk& chunk) {
    for (std::size_t row = 0; row < chunk.rows; ++row) check_row(chunk, row, chunk.first_row + row);
    check_sparse(chunk);
  }

 private:
  void check_row(const read::SegmentChunk& chunk, std::size_t row, std::uint64_t number) {
    const Segment& s = batch_.segments[number];
    const decode::Carrier& carrier = batch_.carrier_of(s);
    const track::TrackedRow& tracked = record_.rows[number];
    const bool equal = chunk.frame[row] == s.frame_number && chunk.time[row] == s.time &&
                       chunk.connection[row] == tracked.connection &&
                       ((chunk.marks[row] & format::mark::kSentByB) != 0) == (tracked.side == track::kB) &&
                       ((chunk.marks[row] & format::mark::kHasTimestamps) != 0) == s.has_timestamps &&
                       chunk.oddities[row] == s.oddities && chunk.tcp_word[row] == s.word.value &&
                       chunk.seq[row] == s.seq && chunk.ack[row] == s.ack && chunk.window[row] == s.window &&
                       chunk.checksum[row] == s.checksum && chunk.payload[row] == s.payload_bytes &&
                       chunk.wire_bytes(row) == s.wire_bytes && chunk.captured_bytes(row) == s.captured_bytes &&
                       chunk.ttl[row] == s.ttl && chunk.dscp_ecn[row] == s.dscp_ecn && chunk.ip_id[row] == s.ip_id &&
                       chunk.vlan_tags[row] == carrier.vlan_tags && chunk.vlan[0][row] == carrier.vlan[0] &&
                       chunk.vlan[1][row] == carrier.vlan[1] && chunk.vlan[2][row] == carrier.vlan[2] &&
                       chunk.vlan[3][row] == carrier.vlan[3] && chunk.interface[row] == carrier.interface &&
                       (!s.has_timestamps || (chunk.ts_value[row] == s.ts_value && chunk.ts_echo[row] == s.ts_echo));
    ASSERT_TRUE(equal) << "row " << number;
  }

  void check_sparse(const read::SegmentChunk& chunk) {
    std::size_t sack = 0;
    std::size_t area = 0;
    std::size_t previous = 0;
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      const std::uint64_t number = chunk.first_row + row;
      const Segment& s = batch_.segments[number];
      const bool gap = row == 0 || batch_.segments[number - 1].frame_number + 1 != s.frame_number;
      if (gap) {
        ASSERT_LT(previous, chunk.previous.row.size());
        EXPECT_EQ(chunk.previous.row[previous], row);
        EXPECT_EQ(chunk.previous[previous], wrapping_distance(s.time, s.previous_time));
        ++previous;
      }
      if (s.options == decode::kNoOptions) continue;
      const TcpOptions& options = batch_.options[s.options];
      for (std::size_t i = 0; i < options.sack_count; ++i, ++sack) {
        ASSERT_LT(sack, chunk.sack.row.size());
        EXPECT_EQ(chunk.sack.row[sack], row);
        EXPECT_EQ(chunk.sack.left[sack], options.sack[i].left);
        EXPECT_EQ(chunk.sack.right[sack], options.sack[i].right);
      }
      if (!options.ordinary && options.raw_bytes > 0) {
        ASSERT_LT(area, chunk.options.row.size());
        EXPECT_EQ(chunk.options.row[area], row);
        const ByteView bytes = chunk.options[area];
        EXPECT_TRUE(
            std::equal(bytes.begin(), bytes.end(), options.raw.begin(), options.raw.begin() + options.raw_bytes));
        ++area;
      }
    }
    EXPECT_EQ(sack, chunk.sack.row.size());
    EXPECT_EQ(area, chunk.options.row.size());
    EXPECT_EQ(previous, chunk.previous.row.size());
  }

  const SegmentBatch& batch_;
  const MemoryRecord& record_;
};

TEST_P(RoundTrip, EveryRowComesBack) {
  const SegmentBatch batch = random_batch(GetParam());
  const MemoryRecord record(batch);
  const TemporaryFile path(record.sink.file);
  auto file = RecordFile::open(path.path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->catalog().rows, batch.segments.size());
  EXPECT_EQ(file->catalog().connections, record.tracker.connections());
  RowChecker checker(batch, record);
  for (std::size_t chunk = 0; chunk < file->segment_chunks(); ++chunk) {
    const auto view = file->segments(chunk, ColumnSet::all());
    ASSERT_TRUE(view.ok()) << view.error().message;
    checker.check(*view);
    EXPECT_TRUE(file->wholly_read(file->segment_chunk_info(chunk).number));
    if (HasFatalFailure()) return;
  }
}

/// The rows of one connection as the directories lead to them, from the last chunk back.
std::vector<std::uint64_t> rows_by_chain(RecordFile& file, const read::Connection& connection) {
  std::vector<std::uint64_t> rows;
  std::size_t chunk = connection.last_chunk;
  for (;;) {
    const auto view = file.segments(chunk, {read::SegmentColumn::kConnection, read::SegmentColumn::kDirectory});
    if (!view) return {};
    for (std::size_t row = view->rows; row-- > 0;) {
      if (view->connection[row] == connection.number) rows.push_back(view->first_row + row);
    }
    const auto& numbers = view->directory.connection;
    const auto entry = std::lower_bound(numbers.begin(), numbers.end(), connection.number);
    if (entry == numbers.end() || *entry != connection.number) return {};
    const std::uint32_t previous = view->directory.previous[static_cast<std::size_t>(entry - numbers.begin())];
    if (previous == 0) break;
    chunk = previous - 1;
  }
  std::reverse(rows.begin(), rows.end());
  return rows;
}

TEST_P(RoundTrip, ConnectionTableAndRowAccess) {
  const SegmentBatch batch = random_batch(GetParam());
  const MemoryRecord record(batch);
  const TemporaryFile path(record.sink.file);
  auto file = RecordFile::open(path.path());
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto table = read::ConnectionTable::open(*file);
  ASSERT_TRUE(table.ok()) << table.error().message;
  std::vector<std::vector<std::uint64_t>> rows(record.tracker.connections());
  for (std::uint64_t row = 0; row < record.rows.size(); ++row) rows[record.rows[row].connection].push_back(row);
  for (std::uint32_t number = 0; number < record.tracker.connections(); number += 1 + number / 20) {
    const auto entry = table->find(number);
    ASSERT_TRUE(entry.has_value());
    const read::Connection connection = table->at(*entry);
    const track::ConnectionRecord& expected = record.tracker.record(number);
    EXPECT_EQ(connection.side[0].endpoint, record.tracker.endpoint(expected, track::kA));
    EXPECT_EQ(connection.side[1].endpoint, record.tracker.endpoint(expected, track::kB));
    EXPECT_EQ(connection.first_row, rows[number].front());
    EXPECT_EQ(connection.last_row, rows[number].back());
    EXPECT_EQ(connection.first.time, expected.first_time);
    EXPECT_EQ(connection.last.time, expected.last_time);
    EXPECT_EQ(connection.last.frame, expected.last_frame);
    EXPECT_EQ(connection.rows(), rows[number].size());
    EXPECT_EQ(connection.history, expected.history);
    const auto stack = decode::to_text(batch.carrier_of(batch.segments[rows[number].front()]).layers);
    ASSERT_TRUE(connection.encapsulation.has_value());
    EXPECT_EQ(file->catalog().encapsulations.at(*connection.encapsulation), stack);
    EXPECT_EQ(connection.seen, expected.seen);
    EXPECT_EQ(connection.resets.size(), record.tracker.resets(expected).size());
    EXPECT_EQ(rows_by_chain(*file, connection), rows[number]);
  }
  EXPECT_FALSE(table->find(record.tracker.connections()).has_value());
}

INSTANTIATE_TEST_SUITE_P(Shapes, RoundTrip,
                         ::testing::ValuesIn(std::vector<Shape>{
                             {"one_row", 1, 1, false, false, false, false, false},
                             {"plain", 5'000, 40, false, false, false, false, false},
                             {"options", 5'000, 40, false, true, true, true, false},
                             {"ipv6", 3'000, 300, true, true, false, false, false},
                             {"several_chunks", 200'000, 5'000, true, true, true, true, false},
                             {"exactly_one_chunk", 65'536, 1, false, false, false, false, false},
                             {"wild", 70'000, 70'000, true, true, true, true, true},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RecordFileSize, ConstantFactsCostNothing) {
  SegmentMaker make;
  SegmentBatch batch;
  for (std::uint32_t i = 0; i < 60'000; ++i) batch.segments.push_back(make.from_client(tcp_flag::kAck, i, i, 0));
  const MemoryRecord record(batch);
  // time, seq and ack differ; everything else is one value for all rows
  EXPECT_LT(record.sink.file.size(), 60'000U * 12 + 4'000);
}

/// A small file with connections, options and resets, to be damaged.
std::vector<std::uint8_t> small_file() {
  SegmentBatch batch = random_batch({"", 40, 5, true, true, true, true, true});
  return MemoryRecord(batch).sink.file;
}

/// Everything a reader can see of a file, or the first error.
std::string everything(const std::string& path) {
  auto file = RecordFile::open(path);
  if (!file) return "E " + file.error().message;
  std::string seen = std::to_string(file->catalog().rows) + file->catalog().program_version;
  for (std::size_t chunk = 0; chunk < file->segment_chunks(); ++chunk) {
    const auto view = file->segments(chunk, ColumnSet::all());
    if (!view) return "E " + view.error().message;
    for (std::size_t row = 0; row < view->rows; ++row) {
      seen += ' ' + std::to_string(view->frame[row]) + ' ' + std::to_string(view->time[row].value) + ' ' +
              std::to_string(view->seq[row]) + ' ' + std::to_string(view->wire_bytes(row));
    }
  }
  const auto table = read::ConnectionTable::open(*file);
  if (!table) return "E " + table.error().message;
  for (std::uint64_t entry = 0; entry < table->size(); ++entry) {
    const read::Connection connection = table->at(entry);
    seen += ' ' + to_text(connection.side[0].endpoint) + ' ' + std::to_string(connection.last.time.value);
  }
  return seen;
}

TEST(DamagedRecordFile, EveryFlippedByteIsFound) {
  const std::vector<std::uint8_t> good = small_file();
  const TemporaryFile path(good);
  const std::string expected = everything(path.path());
  ASSERT_NE(expected[0], 'E') << expected;
  for (std::size_t at = 0; at < good.size(); at += test::kSweepStep) {
    for (const unsigned flip : {0x01U, 0x80U}) {
      std::vector<std::uint8_t> bad = good;
      bad[at] = static_cast<std::uint8_t>(bad[at] ^ flip);
      path.replace(bad);
      const std::string seen = everything(path.path());
      ASSERT_EQ(seen[0], 'E') << "byte " << at << " of " << good.size();
      ASSERT_NE(seen.find(path.path()), std::string::npos) << seen;
    }
  }
}

/// No checksum covers it.
TEST(DamagedRecordFile, PaddingBehindTheCatalogIsZero) {
  std::vector<std::uint8_t> bytes = small_file();
  constexpr std::ptrdiff_t kPadding = 5;
  bytes.insert(bytes.end() - format::kTrailerBytes, kPadding, 0);
  const TemporaryFile path(bytes);
  ASSERT_NE(everything(path.path())[0], 'E') << everything(path.path());
  for (std::ptrdiff_t at = 1; at <= kPadding; ++at) {
    std::vector<std::uint8_t> bad = bytes;
    *(bad.end() - format::kTrailerBytes - at) = 1;
    path.replace(bad);
    EXPECT_NE(everything(path.path()).find("the padding between the catalog and the trailer"), std::string::npos) << at;
  }
}

TEST(DamagedRecordFile, EveryTruncationIsFound) {
  const std::vector<std::uint8_t> good = small_file();
  const TemporaryFile path(good);
  for (std::size_t length = 0; length < good.size(); length += test::kSweepStep) {
    path.replace({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)});
    ASSERT_EQ(everything(path.path())[0], 'E') << length << " bytes of " << good.size();
  }
}

TEST(RecordFileVersion, ALaterVersionIsNamed) {
  std::vector<std::uint8_t> file = small_file();
  file[8] = 2;
  const TemporaryFile path(file);
  const auto opened = RecordFile::open(path.path());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kTooNew);
  EXPECT_NE(opened.error().message.find("version 2"), std::string::npos) << opened.error().message;
}

}  // namespace
}  // namespace pcapsule
