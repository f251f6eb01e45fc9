// SPDX-License-Identifier: Apache-2.0
// The short cut of decode_frame against the walk over the headers.
#include "extractor/decode/common_frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

TcpPacket data() { return TcpPacket().ack(7).seq(9).psh().payload(30); }
TcpPacket v6() { return data().from("[2001:db8::1]:40000").to("[2001:db8::2]:80"); }

struct Sample {
  const char* name;
  Bytes frame;
  bool is_common;
};

std::vector<Sample> samples() {
  const Bytes padded = join(TcpPacket().ack(1).frame(), Bytes(6, 0));
  return {
      {"syn", TcpPacket().syn().mss(1460).sack_permitted().timestamps(1, 0).window_scale(7).frame(), true},
      {"timestamps", data().timestamps(5, 6).frame(), true},
      {"no_options", data().frame(), true},
      {"padded", padded, true},
      {"sack", TcpPacket().ack(1).timestamps(2, 3).sack({{5, 9}, {20, 30}}).frame(), true},
      {"broken_options", data().options({8, 10, 1, 2}).frame(), true},
      {"ip_options", data().ip_options(Bytes(8, 1)).frame(), false},
      {"fragment", data().fragment(0, true).frame(), false},
      {"later_fragment", data().fragment(5, false).frame(), false},
      {"length_0", data().ip_length(0).frame(), false},
      {"length_beyond_wire", data().ip_length(2000).frame(), false},
      {"length_inside_header", data().ip_length(39).frame(), false},
      {"short_data_offset", data().data_offset(4).frame(), false},
      {"ipv6", v6().timestamps(5, 6).frame(), true},
      {"ipv6_syn", v6().syn().mss(1440).window_scale(7).frame(), true},
      {"ipv6_extension", ethernet(v6().packet_around(0, ipv6_extension(6, Bytes(6), v6().segment())), 0x86dd), false},
      {"ipv6_length_0", v6().ip_length(0).frame(), false},
      {"ipv6_length_beyond_wire", v6().ip_length(2000).frame(), false},
      {"ipv6_with_type_of_ipv4", ethernet(v6().packet(), 0x0800), false},
      {"vlan", ethernet(vlan_tag(5, data().packet()), 0x8100), false},
  };
}

RawFrame raw_frame(ByteView bytes, std::size_t wire_bytes) {
  RawFrame frame;
  frame.number = 3;
  frame.time = TimestampNs{20};
  frame.previous_time = TimestampNs{10};
  frame.interface = 2;
  frame.wire_bytes = static_cast<std::uint32_t>(wire_bytes);
  frame.bytes = bytes;
  return frame;
}

/// Decodes frames both ways and compares all that comes of them.
class BothWays : public testing::Test {
 protected:
  void expect_equal(const Bytes& bytes, std::size_t captured, std::size_t wire_bytes, const std::string& what) {
    const Bytes exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(captured));
    const RawFrame frame = raw_frame(exact, wire_bytes);
    short_.clear();
    walked_.clear();
    const Outcome outcome = decode_frame(frame, short_, *counts_);
    ASSERT_EQ(outcome, decode_by_walk(frame, walked_, *counts_)) << what;
    ASSERT_EQ(short_.segments, walked_.segments) << what;
    ASSERT_EQ(short_.carriers, walked_.carriers) << what;
    ASSERT_EQ(short_.options, walked_.options) << what;
  }

 private:
  SegmentBatch short_;
  SegmentBatch walked_;
  std::unique_ptr<DecodeCounts> counts_ = std::make_unique<DecodeCounts>();
};

TEST(CommonFrame, TakesTheOrdinaryAndLeavesTheRest) {
  for (const Sample& sample : samples()) {
    SegmentBatch batch;
    EXPECT_EQ(append_common_frame(raw_frame(sample.frame, sample.frame.size()), batch), sample.is_common)
        << sample.name;
    EXPECT_EQ(batch.segments.size(), sample.is_common ? 1u : 0u) << sample.name;
  }
}

TEST(CommonFrame, OnlyEthernet) {
  RawFrame frame;
  const Bytes bytes = data().frame();
  frame = raw_frame(bytes, bytes.size());
  frame.link_type = LinkType::kRaw;
  SegmentBatch batch;
  EXPECT_FALSE(append_common_frame(frame, batch));
}

TEST_F(BothWays, EveryCutAndWireLength) {
  for (const Sample& sample : samples()) {
    const std::size_t size = sample.frame.size();
    for (std::size_t captured = 0; captured <= size; ++captured) {
      for (const std::size_t wire : {std::size_t{0}, captured, size - 1, size, size + 4}) {
        expect_equal(sample.frame, captured, wire, sample.name);
      }
    }
  }
}

TEST_F(BothWays, EveryValueOfEveryByte) {
  for (const Sample& sample : samples()) {
    Bytes bytes = sample.frame;
    for (std::uint8_t& byte : bytes) {
      const std::uint8_t kept = byte;
      for (int value = 0; value < 256; ++value) {
        byte = static_cast<std::uint8_t>(value);
        expect_equal(bytes, bytes.size(), bytes.size(), sample.name);
        if (HasFatalFailure()) return;
      }
      byte = kept;
    }
  }
}

TEST_F(BothWays, SeveralBytesAtRandom) {
  std::mt19937 random(20261129);
  for (const Sample& sample : samples()) {
    for (int round = 0; round < 5000; ++round) {
      Bytes bytes = sample.frame;
      for (int change = 0; change < 4; ++change) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
      expect_equal(bytes, bytes.size() - random() % 8, bytes.size() + random() % 3, sample.name);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace pcapsule::decode
