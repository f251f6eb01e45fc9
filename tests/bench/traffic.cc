// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/traffic.h"

#include <algorithm>

#include "extractor/decode/decode_frame.h"
#include "extractor/track/connection_key.h"
#include "tests/bench/value_of.h"
#include "tests/support/packet_builder.h"
#include "tests/support/pcap_builder.h"
#include "tests/unit/extractor/track/segment_maker.h"

namespace pcapsule::bench {

namespace {

constexpr std::uint32_t kInProgress = 10;
constexpr std::uint32_t kOpeningRows = 3;
constexpr std::uint32_t kClosingRows = 3;
constexpr std::uint32_t kRequestBytes = 200;
constexpr std::uint32_t kAnswerBytes = 1000;
constexpr std::size_t kSnaplen = 96;
constexpr std::uint64_t kCollidingBits = 10;

std::string endpoint_text(const Endpoint& endpoint) {
  return to_text(endpoint.address) + ":" + std::to_string(endpoint.port);
}

/// Row `step` of a connection.
test::TcpPacket packet(std::uint32_t connection, std::uint32_t step) {
  const Endpoint client = {IpAddress::v4(0x0a000001 + connection % 5000),
                           static_cast<std::uint16_t>(1024 + connection)};
  const Endpoint server = {IpAddress::v4(0xc0000201 + connection % 50), 443};
  const bool from_server = step % 2 == 1;
  const std::uint32_t end = kRowsAConnection - kClosingRows;
  const std::uint32_t exchanges = (std::clamp(step, kOpeningRows, end) - kOpeningRows) / 2;
  const std::uint32_t client_seq = 1 + exchanges * kRequestBytes;
  const std::uint32_t server_seq = 1 + exchanges * kAnswerBytes;
  const std::uint32_t isn = connection * 64'000;
  test::TcpPacket made;
  made.from(endpoint_text(from_server ? server : client)).to(endpoint_text(from_server ? client : server));
  made.seq(isn + (from_server ? server_seq : client_seq) - (step < 2 ? 1 : 0));
  made.timestamps(connection + step, step == 0 ? 0 : connection + step - 1).window(500);
  if (step < 2) made.syn();
  if (step == end || step == end + 1) made.fin();
  if (step != 0) made.ack(isn + (from_server ? client_seq : server_seq));
  if (step >= kOpeningRows && step < end) made.psh().payload(from_server ? kAnswerBytes : kRequestBytes);
  return made;
}

decode::SegmentBatch syns(const std::vector<Endpoint>& clients) {
  track::testing::SegmentMaker maker;
  decode::SegmentBatch batch;
  for (const Endpoint& client : clients) {
    batch.segments.push_back(maker.make(client, {IpAddress::v4(track::testing::kServer), 80}, 0x02, 1, 0, 0));
  }
  return batch;
}

/// An odd factor leaves 32-bit numbers different.
Endpoint client_of(std::uint32_t number) {
  return {IpAddress::v4(number * 2'654'435'761U), static_cast<std::uint16_t>(1024 + number % 60'000)};
}

}  // namespace

std::vector<test::Bytes> short_connections(std::uint32_t connections) {
  std::vector<test::Bytes> frames;
  frames.reserve(std::size_t{connections} * kRowsAConnection);
  for (std::uint32_t first = 0; first < connections; first += kInProgress) {
    for (std::uint32_t step = 0; step < kRowsAConnection; ++step) {
      for (std::uint32_t of = first; of < std::min(first + kInProgress, connections); ++of) {
        frames.push_back(packet(of, step).frame());
      }
    }
  }
  return frames;
}

test::Bytes capture_of(const std::vector<test::Bytes>& frames) {
  test::PcapFile file;
  for (const test::Bytes& frame : frames) {
    file.frame(frame, std::min(frame.size(), kSnaplen)).after(DurationNs{10'000});
  }
  return file.bytes();
}

decode::SegmentBatch segments_of(const std::vector<test::Bytes>& frames) {
  decode::SegmentBatch batch;
  decode::DecodeCounts counts;
  decode::RawFrame raw;
  for (const test::Bytes& frame : frames) {
    raw.previous_time = raw.time;
    raw.time.value += 10'000;
    ++raw.number;
    raw.wire_bytes = static_cast<std::uint32_t>(frame.size());
    raw.bytes = ByteView(frame).first(std::min(frame.size(), kSnaplen));
    decode::decode_frame(raw, batch, counts);
  }
  return batch;
}

decode::SegmentBatch flood(std::uint32_t count) {
  std::vector<Endpoint> clients;
  for (std::uint32_t i = 0; i < count; ++i) clients.push_back(client_of(i));
  return syns(clients);
}

decode::SegmentBatch colliding_flood(std::uint32_t count) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kCollidingBits) - 1;
  const Endpoint server = {IpAddress::v4(track::testing::kServer), 80};
  std::vector<Endpoint> clients;
  for (std::uint32_t i = 0; clients.size() < count; ++i) {
    const Endpoint client = client_of(i);
    // ConnectionIndex looks at the upper half of a hash only.
    if ((track::hash_endpoints(track::HashSeed{}, client, server) >> 32 & kMask) == 0) clients.push_back(client);
  }
  return syns(clients);
}

OpenedRecord::OpenedRecord(std::uint32_t connections)
    : on_disk_(testing::MemoryRecord(segments_of(short_connections(connections))).sink.file),
      file_(value_of(read::RecordFile::open(on_disk_.path()))),
      table_(value_of(read::ConnectionTable::open(file_))) {}

}  // namespace pcapsule::bench
