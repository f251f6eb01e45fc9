// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/decode_frame.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

constexpr LinkType kLinkTypes[] = {LinkType::kNull, LinkType::kEthernet, LinkType::kPpp,
                                   LinkType::kRaw,  LinkType::kLoop,     LinkType::kLinuxSll,
                                   LinkType::kIpv4, LinkType::kIpv6,     LinkType::kLinuxSll2};

TcpPacket v4() { return TcpPacket().syn().mss(1460).sack_permitted().timestamps(1, 0).window_scale(7).payload(9); }
TcpPacket v6() { return v4().from("[2001:db8::1]:40000").to("[2001:db8::2]:80"); }

struct SweepCase {
  const char* name;
  LinkType link_type;
  Bytes frame;
  std::size_t link_bytes;  ///< link headers
  std::size_t ip_bytes;    ///< IP headers behind them
};

class TruncationSweep : public testing::TestWithParam<SweepCase> {};

/// What a cut inside each of the three regions must give; where it lies is all that counts.
Outcome expected_at(const SweepCase& row, std::size_t captured) {
  if (captured < row.link_bytes) return Outcome::kLinkHeaderCut;
  if (captured < row.link_bytes + row.ip_bytes) return Outcome::kIpHeaderCut;
  if (captured < row.link_bytes + row.ip_bytes + 16) return Outcome::kTcpHeaderCut;
  return Outcome::kSegment;
}

TEST_P(TruncationSweep, EveryPrefixHasItsOutcome) {  // S5, S10, S12
  const SweepCase& row = GetParam();
  for (std::size_t captured = 0; captured <= row.frame.size(); ++captured) {
    const Decoded decoded = decode_cut(row.frame, captured, row.link_type);
    EXPECT_EQ(decoded.outcome, expected_at(row, captured)) << captured;
    EXPECT_EQ(decoded.has_row(), decoded.outcome == Outcome::kSegment) << captured;
    if (decoded.has_row()) {
      EXPECT_EQ(decoded.row().payload_bytes, 9u) << captured;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Frames, TruncationSweep,
    testing::ValuesIn(std::vector<SweepCase>{
        {"ethernet_v4", LinkType::kEthernet, v4().frame(), 14, 20},
        {"ethernet_v4_options", LinkType::kEthernet, v4().ip_options(Bytes(8, 1)).frame(), 14, 28},
        {"ethernet_v6", LinkType::kEthernet, v6().frame(), 14, 40},
        {"vlan_v6", LinkType::kEthernet, ethernet(vlan_tag(5, vlan_tag(6, v6().packet()), 0x8100), 0x88a8), 22, 40},
        {"llc_snap", LinkType::kEthernet, ethernet_llc(llc_snap(v4().packet())), 22, 20},
        // One byte behind the label says whether this is IP at all.
        {"mpls", LinkType::kEthernet, ethernet(mpls_label(9, false, mpls_label(8, true, v4().packet())), 0x8847), 23,
         19},
        {"pppoe", LinkType::kEthernet, ethernet(pppoe(v4().packet()), 0x8864), 22, 20},
        {"ppp", LinkType::kPpp, join({0xff, 3, 0, 0x21}, v4().packet()), 4, 20},
        {"sll", LinkType::kLinuxSll, linux_cooked(v4().packet()), 16, 20},
        {"sll2", LinkType::kLinuxSll2, linux_cooked2(v6().packet()), 20, 40},
        {"null", LinkType::kNull, join({2, 0, 0, 0}, v4().packet()), 4, 20},
        {"loop", LinkType::kLoop, join({0, 0, 0, 2}, v4().packet()), 4, 20},
        {"raw", LinkType::kRaw, v6().packet(), 0, 40},
        {"v6_chain", LinkType::kIpv6,
         v6().packet_around(0, ipv6_extension(60, Bytes(6),
                                              ipv6_extension(44, Bytes(14),
                                                             ipv6_fragment(51, 0, false,
                                                                           authentication(6, 12, v6().segment()))))),
         0, 40 + 8 + 16 + 8 + 24},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TruncatedQuote, EveryPrefixIsIcmpOrAQuote) {
  const Bytes packet = TcpPacket().packet_around(1, icmp(3, 1, v4().packet()));
  for (std::size_t captured = 20; captured <= packet.size(); ++captured) {
    const Decoded decoded = decode_cut(packet, captured, LinkType::kRaw);
    EXPECT_EQ(decoded.outcome, captured < 20 + 8 + 20 + 16 ? Outcome::kNotTcp : Outcome::kQuotedTcp) << captured;
  }
}

/// Decodes many frames into one batch and checks what must hold for any input.
class AnyBytes : public testing::Test {
 protected:
  void decode_one(const Bytes& bytes, LinkType link_type, std::size_t wire_bytes) {
    const Bytes exact(bytes.begin(), bytes.end());
    RawFrame frame;
    frame.number = ++frames_;
    frame.link_type = link_type;
    frame.wire_bytes = static_cast<std::uint32_t>(wire_bytes);
    frame.bytes = exact;
    batch_.clear();
    const Outcome outcome = decode_frame(frame, batch_, *counts_);
    const bool has_row =
        outcome == Outcome::kSegment || outcome == Outcome::kMalformedTcp || outcome == Outcome::kQuotedTcp;
    ASSERT_EQ(batch_.segments.size(), has_row ? 1u : 0u);
    if (has_row) check_row(outcome, std::max(wire_bytes, bytes.size()));
  }

  void check_row(Outcome outcome, std::size_t wire_bytes) {
    const Segment& row = batch_.segments[0];
    EXPECT_EQ((row.oddities & oddity::kNoSegment) == 0, outcome == Outcome::kSegment);
    EXPECT_EQ((row.oddities & oddity::kQuoted) != 0, outcome == Outcome::kQuotedTcp);
    EXPECT_GE(row.header_available, 16);
    EXPECT_LE(row.header_available, 60);
    EXPECT_LE(row.payload_bytes, wire_bytes);
    EXPECT_TRUE(row.options == kNoOptions || row.options < batch_.options.size());
    EXPECT_FALSE(to_text(batch_.carrier_of(row).layers).empty());
  }

  void check_counts() const {
    const auto sum = [](const auto& of) { return std::accumulate(of.begin(), of.end(), std::uint64_t{0}); };
    EXPECT_EQ(sum(counts_->by_outcome), frames_);
    EXPECT_EQ(sum(counts_->by_ether_type), counts_->count(Outcome::kNotIp));
    EXPECT_EQ(sum(counts_->by_ip_protocol), counts_->count(Outcome::kNotTcp));
  }

  std::mt19937 random_{20240501};
  SegmentBatch batch_;
  std::unique_ptr<DecodeCounts> counts_ = std::make_unique<DecodeCounts>();
  std::uint64_t frames_ = 0;
};

TEST_F(AnyBytes, OutcomesSumToFrames) {
  for (int round = 0; round < 100000; ++round) {
    Bytes bytes(random_() % 120);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    if (bytes.size() > 15 && round % 2 == 0) bytes[0] = random_() % 2 == 0 ? 0x45 : 0x60;
    decode_one(bytes, kLinkTypes[random_() % std::size(kLinkTypes)], random_() % 200);
  }
  check_counts();
}

TEST_F(AnyBytes, DamagedFramesKeepTheInvariants) {
  const std::vector<std::pair<LinkType, Bytes>> frames = {
      {LinkType::kEthernet, v4().frame()},
      {LinkType::kEthernet, ethernet(vlan_tag(5, v6().packet()), 0x8100)},
      {LinkType::kEthernet, ethernet(mpls_label(9, true, v4().packet()), 0x8847)},
      {LinkType::kEthernet, ethernet(pppoe(v6().packet()), 0x8864)},
      {LinkType::kEthernet, ethernet_llc(llc_snap(v4().packet()))},
      {LinkType::kEthernet, ethernet(TcpPacket().packet_around(1, icmp(3, 1, v4().packet())))},
      {LinkType::kRaw,
       v6().packet_around(0, ipv6_extension(43, Bytes(22), ipv6_extension(6, Bytes(22), v6().segment())))},
      {LinkType::kRaw,
       v6().packet_around(58, icmp(137, 0, join(Bytes(32), join({4, 15, 0, 0, 0, 0, 0, 0}, v6().packet()))))},
      {LinkType::kLinuxSll2, linux_cooked2(v4().packet())},
      {LinkType::kPpp, join({0xff, 3, 0, 0x21}, v4().packet())},
  };
  for (int round = 0; round < 200000; ++round) {
    auto [link_type, bytes] = frames[random_() % frames.size()];
    const std::size_t wire_bytes = bytes.size();
    for (unsigned hits = random_() % 4; hits > 0; --hits)
      bytes[random_() % bytes.size()] = static_cast<std::uint8_t>(random_());
    if (random_() % 3 == 0) bytes.resize(random_() % (bytes.size() + 1));
    decode_one(bytes, link_type, wire_bytes);
  }
  check_counts();
  EXPECT_GT(counts_->count(Outcome::kSegment), 0u);
}

}  // namespace
}  // namespace pcapsule::decode
