// SPDX-License-Identifier: Apache-2.0
// Each fact of the connection table that contradicts the rows is named.
#include "analyzer/verify/table_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "analyzer/verify/verify.h"
#include "tests/unit/extractor/track/segment_maker.h"
#include "tests/unit/record_file/memory_record.h"

namespace pcapsule::verify {
namespace {

using pcapsule::testing::MemoryRecord;
using pcapsule::testing::TemporaryFile;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using track::ConnectionRecord;
using track::ConnectionTracker;

constexpr std::uint16_t kSyn = 0x02;
constexpr std::uint16_t kSynAck = 0x12;
constexpr std::uint16_t kAck = 0x10;
constexpr std::uint16_t kFinAck = 0x11;
constexpr std::uint16_t kRstAck = 0x14;

/// Connection 0 with everything from a repeated SYN to a RST, 1 on the same ends, 2 seen only in its middle.
decode::SegmentBatch three_connections() {
  track::testing::SegmentMaker make;
  decode::SegmentBatch batch;
  const auto add = [&batch](const decode::Segment& segment) { batch.segments.push_back(segment); };
  add(make.from_client(kSyn, 100));
  add(make.from_client(kSyn, 100));
  add(make.from_server(kSynAck, 900, 101));
  add(make.from_server(kSynAck, 900, 101));
  add(make.from_client(kAck, 101, 901));
  add(make.from_client(kAck, 101, 901, 50));
  add(make.from_server(kAck, 901, 151, 70));
  add(make.from_client(kFinAck, 151, 971));
  add(make.from_server(kFinAck, 971, 152));
  add(make.from_client(kRstAck, 152, 972));
  add(make.from_client(kSyn, 7000));
  add(make.from_server(kSynAck, 8000, 7001));
  add(make.from_server(kSynAck, 8500, 7001));  // sets the base of its side anew
  const Endpoint one = {IpAddress::v4(0x0a000001), 40'000};
  const Endpoint other = {IpAddress::v4(0x0a000002), 443};
  add(make.make(one, other, kAck, 5, 6, 10));
  add(make.make(other, one, kAck, 6, 15, 0));
  return batch;
}

std::vector<std::string> faults_in(const std::vector<std::uint8_t>& bytes) {
  const TemporaryFile on_disk(bytes);
  auto file = read::RecordFile::open(on_disk.path());
  if (!file) return {file.error().message};
  std::vector<std::string> lines = faults_of(*file).lines();
  for (std::string& line : lines) line.erase(0, on_disk.path().size() + 2);
  return lines;
}

std::vector<std::string> faults_with(const std::function<void(ConnectionTracker&)>& lie) {
  return faults_in(MemoryRecord(three_connections(), {}, {}, lie).sink.file);
}

TEST(TableReplay, FindsNothingInATrueTable) { EXPECT_THAT(faults_with({}), IsEmpty()); }

struct Lie {
  const char* fact;  ///< that is named
  std::uint32_t connection;
  std::function<void(ConnectionRecord&)> tell;
};

TEST(TableReplay, NamesEveryFactThatContradictsTheRows) {
  const Lie lies[] = {
      {"the sequence base of endpoint A", 0, [](ConnectionRecord& r) { r.direction[0].base += 1; }},
      {"the sequence base of endpoint B", 2,
       [](ConnectionRecord& r) { r.direction[1].base_source = format::BaseSource::kSyn; }},
      {"the options of the SYN of endpoint A", 0, [](ConnectionRecord& r) { r.direction[0].shift = 7; }},
      {"the options of the SYN of endpoint B", 0, [](ConnectionRecord& r) { r.direction[1].offers ^= 1; }},
      {"the options of the SYN of endpoint A", 1, [](ConnectionRecord& r) { r.direction[0].mss = 1460; }},
      {"the TTLs of endpoint B", 0, [](ConnectionRecord& r) { r.direction[1].ttl_greatest = 99; }},
      {"the number of segments of endpoint A and the number of segments of endpoint B", 0,
       [](ConnectionRecord& r) {
         r.direction[0].segments += 1;
         r.direction[1].segments -= 1;
       }},
      {"the bytes of payload of endpoint A", 0, [](ConnectionRecord& r) { r.direction[0].payload_bytes += 1; }},
      {"the bytes on the wire of endpoint B", 0, [](ConnectionRecord& r) { r.direction[1].wire_bytes -= 1; }},
      {"the SYN-ACK", 0, [](ConnectionRecord& r) { r.event_frame[track::kSynAck] += 1; }},
      {"the SYN-ACK", 1, [](ConnectionRecord& r) { r.event_time[track::kSynAck].value += 1; }},
      {"the ACK of the handshake", 0, [](ConnectionRecord& r) { r.event_frame[track::kHandshakeAck] += 1; }},
      {"the ACK of the close", 0, [](ConnectionRecord& r) { r.event_frame[track::kCloseAck] -= 1; }},
      {"the FIN of endpoint A", 0, [](ConnectionRecord& r) { r.event_time[track::kFinA].value -= 1; }},
      {"the events that were seen", 0, [](ConnectionRecord& r) { r.seen ^= format::seen::kFinBAcked; }},
      {"the number of SYNs", 0, [](ConnectionRecord& r) { r.syns += 1; }},
      {"the number of SYN-ACKs", 0, [](ConnectionRecord& r) { r.syn_acks -= 1; }},
      {"the number of retries", 1, [](ConnectionRecord& r) { r.retries += 1; }},
      {"the payload of the SYN", 1, [](ConnectionRecord& r) { r.syn_payload = 5; }},
      {"the connection before", 1, [](ConnectionRecord& r) { r.previous_connection = track::kNone; }},
      {"the history", 0, [](ConnectionRecord& r) { r.history ^= 1; }},
      {"the completeness", 0, [](ConnectionRecord& r) { r.completeness ^= format::completeness::kData; }},
      {"the completeness", 2, [](ConnectionRecord& r) { r.completeness_first_row ^= 1; }},
      {"the marks", 0, [](ConnectionRecord& r) { r.marks |= format::connection_mark::kScaleIrregular; }},
      {"the marks", 0, [](ConnectionRecord& r) { r.marks |= format::connection_mark::kFirstRowIsNoSegment; }},
      {"the resets", 0, [](ConnectionRecord& r) { r.resets = track::kNone; }},
      {"the roles", 2, [](ConnectionRecord& r) { r.marks ^= format::connection_mark::kClientIsB; }},
      {"the roles", 2, [](ConnectionRecord& r) { r.evidence = format::RoleEvidence::kServerElsewhere; }},
  };
  for (const Lie& lie : lies) {
    const auto lines = faults_with([&](ConnectionTracker& tracker) { lie.tell(tracker.record(lie.connection)); });
    const std::string of = " of connection " + std::to_string(lie.connection);
    EXPECT_THAT(lines, Contains(HasSubstr("the connection table is wrong about "))) << lie.fact;
    EXPECT_THAT(lines, Contains(HasSubstr(lie.fact))) << lie.fact;
    EXPECT_THAT(lines, Contains(EndsWith(of))) << lie.fact;
  }
}

/// Rows whose numbers, sides or rebases cannot be: told once, since all that follows is in question.
TEST(TableReplay, NamesTheFirstRowThatCannotBe) {
  const auto faults_of_rows = [](const std::function<void(std::vector<track::TrackedRow>&)>& change) {
    return faults_in(MemoryRecord(three_connections(), {}, {}, {}, change).sink.file);
  };
  EXPECT_THAT(
      faults_of_rows([](auto& rows) { rows[6].connection = 2; }),
      Contains("chunk 0 at offset 16: row 6 cannot be of connection 2, by its endpoints and the rows before it"));
  // Its SYN begins another connection.
  EXPECT_THAT(
      faults_of_rows([](auto& rows) { rows[10].connection = 0; }),
      Contains("chunk 0 at offset 16: row 10 cannot be of connection 0, by its endpoints and the rows before it"));
  EXPECT_THAT(faults_of_rows([](auto& rows) { rows[12].rebased = false; }),
              ElementsAre("chunk 0 at offset 16: row 12 sets a sequence base anew, which is not said"));
  EXPECT_THAT(faults_of_rows([](auto& rows) { rows[2].rebased = true; }),
              ElementsAre("chunk 0 at offset 16: row 2 is said to set a sequence base anew, which it does not"));
}

}  // namespace
}  // namespace pcapsule::verify
