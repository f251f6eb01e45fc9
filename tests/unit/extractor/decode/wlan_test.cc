// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/extractor/decode/decoded.h"

namespace pcapsule::decode {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): builders read better bare

const Bytes kV4 = TcpPacket().ack(1).payload(5).packet();
const Bytes kV6 = TcpPacket().from("[2001:db8::1]:40000").to("[2001:db8::2]:80").ack(1).payload(5).packet();

const Bytes kMac{0x00, 0x1b, 0x21, 0, 0, 1};
constexpr LinkType kWifi = LinkType::kIeee80211;

/// A data frame: frame control, duration, three addresses, sequence control, then `payload`.
Bytes wlan(std::uint8_t kind, std::uint8_t flags, const Bytes& payload, std::uint8_t fragment = 0) {
  return ByteBuffer()
      .u8(kind)
      .u8(flags)
      .be16(0)
      .add(kMac)
      .add(kMac)
      .add(kMac)
      .u8(0x10 | fragment)
      .u8(0)
      .add(payload)
      .take();
}

Bytes data(const Bytes& payload) { return wlan(0x08, 0x01, payload); }
Bytes qos(std::uint8_t low, std::uint8_t high, const Bytes& payload) {
  return wlan(0x88, 0x01, join({low, high}, payload));
}

Bytes radiotap(std::uint8_t flags, const Bytes& frame) { return join({0, 0, 9, 0, 2, 0, 0, 0, flags}, frame); }

Bytes subframe(const Bytes& payload) {
  return ByteBuffer().add(kMac).add(kMac).be16(static_cast<std::uint32_t>(payload.size())).add(payload).take();
}

class Wlan : public testing::TestWithParam<Encapsulated> {};

TEST_P(Wlan, LeadsToTcp) { expect_segment_in(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Frames, Wlan,
    testing::ValuesIn(std::vector<Encapsulated>{
        {"to_the_ds", kWifi, data(llc_snap(kV4)), "wlan:llc:ip:tcp"},
        {"from_the_ds", kWifi, wlan(0x08, 0x02, llc_snap(kV6)), "wlan:llc:ipv6:tcp"},
        {"four_addresses", kWifi, wlan(0x08, 0x03, join(kMac, llc_snap(kV4))), "wlan:llc:ip:tcp"},
        {"retry", kWifi, wlan(0x08, 0x09, llc_snap(kV4)), "wlan:llc:ip:tcp"},
        {"qos", kWifi, qos(5, 0, llc_snap(kV4)), "wlan:llc:ip:tcp"},
        {"qos_ht_control", kWifi, wlan(0x88, 0x81, join(Bytes(6), llc_snap(kV4))), "wlan:llc:ip:tcp"},
        {"data_with_cf_ack", kWifi, wlan(0x18, 0x01, llc_snap(kV4)), "wlan:llc:ip:tcp"},
        {"mesh_control", kWifi,
         wlan(0x88, 0x03, join(kMac, join({0, 1, 1, 31, 0, 0, 0, 0}, join(Bytes(6), llc_snap(kV4))))),
         "wlan:llc:ip:tcp"},
        {"ethernet_inside", kWifi, data(join(kMac, join(kMac, join({8, 0}, kV4)))), "wlan:eth:ip:tcp"},
        {"zeros_before_snap", kWifi, data(join({0, 0}, llc_snap(kV4))), "wlan:llc:ip:tcp"},
        {"aggregate_of_one", kWifi, qos(0x80, 0, subframe(llc_snap(kV4))), "wlan:llc:ip:tcp"},
        {"radiotap", LinkType::kRadiotap, join({0, 0, 8, 0, 0, 0, 0, 0}, data(llc_snap(kV4))),
         "radiotap:wlan_radio:wlan:llc:ip:tcp"},
        {"radiotap_frame_check", LinkType::kRadiotap, radiotap(0x10, join(data(llc_snap(kV4)), Bytes(4))),
         "radiotap:wlan_radio:wlan:llc:ip:tcp", 4},
        {"radiotap_padded", LinkType::kRadiotap, radiotap(0x20, qos(0, 0, join(Bytes(2), llc_snap(kV4)))),
         "radiotap:wlan_radio:wlan:llc:ip:tcp"},
        {"radiotap_time_before_flags", LinkType::kRadiotap,
         join({0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20},
              qos(0, 0, join(Bytes(2), llc_snap(kV4)))),
         "radiotap:wlan_radio:wlan:llc:ip:tcp"},
        {"ppi", LinkType::kPpi,
         join(join({0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0}, join(Bytes(8), join({1, 0}, Bytes(10)))),
              join(data(llc_snap(kV4)), Bytes(4))),
         "ppi:wlan_radio:wlan:llc:ip:tcp", 4},
        {"ppi_ethernet", LinkType::kPpi, join({0, 0, 8, 0, 1, 0, 0, 0}, ethernet(kV4)), "ppi:pcap_pktdata:eth:ip:tcp"},
        {"prism", LinkType::kPrism, join(join({0x44, 0, 0, 0}, Bytes(140)), data(llc_snap(kV4))),
         "prism:wlan_radio:wlan:llc:ip:tcp"},
        {"avs_in_prism", LinkType::kPrism,
         join(join({0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, Bytes(56)), data(llc_snap(kV4))),
         "prism:wlancap:wlan_radio:wlan:llc:ip:tcp"},
        {"bare_in_prism", LinkType::kPrism, data(llc_snap(kV4)), "prism:wlan:llc:ip:tcp"},
        {"avs", LinkType::kAvs, join(join({0x80, 0x21, 0x10, 2, 0, 0, 0, 64}, Bytes(56)), data(llc_snap(kV4))),
         "wlancap:wlan_radio:wlan:llc:ip:tcp"},
        {"pktap", LinkType::kPktap, join(join({108, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0}, Bytes(96)), kV4),
         "pktap:pcap_pktdata:raw:ip:tcp"},
    }),
    [](const auto& row) { return std::string(row.param.name); });

struct Ended {
  const char* name;
  LinkType link_type;
  Bytes frame;
  Outcome outcome;
};

class WlanEnd : public testing::TestWithParam<Ended> {};

TEST_P(WlanEnd, IsCountedByReason) {
  const Decoded decoded = decode(GetParam().frame, GetParam().link_type);
  EXPECT_EQ(to_text(decoded.outcome), to_text(GetParam().outcome));
  EXPECT_FALSE(decoded.has_row());
}

INSTANTIATE_TEST_SUITE_P(
    Frames, WlanEnd,
    testing::ValuesIn(std::vector<Ended>{
        {"beacon", kWifi, wlan(0x80, 0, Bytes(40)), Outcome::kNotIp},
        {"acknowledgment", kWifi, join({0xd4, 0, 0, 0}, kMac), Outcome::kNotIp},
        {"empty_data", kWifi, wlan(0x48, 0x01, {}), Outcome::kNotIp},
        {"version_1", kWifi, wlan(0x09, 0x01, llc_snap(kV4)), Outcome::kNotIp},
        {"protected_frame", kWifi, wlan(0x08, 0x41, Bytes(60)), Outcome::kEncrypted},
        {"first_fragment", kWifi, wlan(0x08, 0x05, llc_snap(kV4)), Outcome::kLaterFragment},
        {"later_fragment", kWifi, wlan(0x08, 0x01, llc_snap(kV4), 1), Outcome::kLaterFragment},
        {"radiotap_length_below_8", LinkType::kRadiotap, join({0, 0, 7, 0}, Bytes(60)), Outcome::kUnsupportedNetwork},
        {"radiotap_length_beyond_the_end", LinkType::kRadiotap, {0, 0, 200, 0, 0, 0, 0, 0}, Outcome::kLinkHeaderCut},
        {"ppi_of_unknown_type", LinkType::kPpi, join({0, 0, 8, 0, 0xff, 0xff, 1, 0}, kV4), Outcome::kUnsupportedLink},
        {"pktap_without_packet", LinkType::kPktap, join({12, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}, ethernet(kV4)),
         Outcome::kUnsupportedNetwork},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Aggregate, HasARowForEveryPacket) {
  const Bytes first = subframe(llc_snap(kV4));  // 67 bytes: one of padding
  const Bytes frame = qos(0x80, 0, join(join(first, Bytes(1)), subframe(llc_snap(kV6))));
  const Decoded decoded = decode(frame, kWifi);
  EXPECT_EQ(decoded.outcome, Outcome::kSegment);
  ASSERT_EQ(decoded.batch.segments.size(), 2u);
  EXPECT_EQ(to_text(decoded.batch.carrier_of(decoded.batch.segments[0]).layers), "wlan:llc:ip:tcp");
  EXPECT_EQ(to_text(decoded.batch.carrier_of(decoded.batch.segments[1]).layers), "wlan:llc:ipv6:tcp");
  EXPECT_EQ(decoded.counts->count(Outcome::kSegment), 1u);  // frames, not segments
}

TEST(Aggregate, CountsUnderItsBestPacket) {
  const Bytes arp = subframe(llc_snap(Bytes(28), 0, 0x0806));  // 50 bytes
  const Decoded mixed = decode(qos(0x80, 0, join(join(arp, Bytes(2)), subframe(llc_snap(kV4)))), kWifi);
  EXPECT_EQ(mixed.outcome, Outcome::kSegment);
  EXPECT_TRUE(mixed.has_row());
  const Decoded none = decode(qos(0x80, 0, join(join(arp, Bytes(2)), arp)), kWifi);
  EXPECT_EQ(none.outcome, Outcome::kNotIp);
  EXPECT_EQ(none.counts->by_ether_type[0x0806], 1u);
}

}  // namespace
}  // namespace pcapsule::decode
