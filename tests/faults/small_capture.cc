// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/small_capture.h"

#include "tests/support/packet_builder.h"
#include "tests/support/pcap_builder.h"

namespace pcapsule::faults {

using test::PcapFile;
using test::TcpPacket;

test::Bytes small_capture() {
  const auto client = [] { return TcpPacket().from("192.0.2.1:40000").to("192.0.2.2:80"); };
  const auto server = [] { return TcpPacket().from("192.0.2.2:80").to("192.0.2.1:40000"); };
  const auto other = [] { return TcpPacket().from("[2001:db8::1]:50000").to("[2001:db8::2]:443"); };
  PcapFile file;
  const auto add = [&file](TcpPacket packet) { file.after(DurationNs{1'000'000}).frame(packet.frame()); };
  add(client().seq(100).syn().mss(1460).sack_permitted().window_scale(7).timestamps(1, 0));
  add(server().seq(900).ack(101).syn().mss(1400).sack_permitted().window_scale(3).timestamps(7, 1));
  add(client().seq(101).ack(901).timestamps(2, 7));
  add(other().seq(5).syn().mss(1440));
  add(client().seq(101).ack(901).psh().payload(50).timestamps(3, 7));
  add(server().seq(1001).ack(151).payload(100).timestamps(8, 3));
  add(client().seq(151).ack(901).timestamps(4, 7).sack({{1001, 1101}}));
  add(server().seq(901).ack(151).payload(100).timestamps(9, 4));
  add(other().reversed().seq(77).ack(6).syn().mss(1440));
  add(other().seq(6).ack(78));
  add(other().reversed().seq(78).ack(6).rst());
  file.after(DurationNs{1}).frame(test::Bytes(60, 0));
  const auto cut = client().seq(151).ack(1101).fin().timestamps(5, 9).frame();
  file.after(DurationNs{1'000'000}).frame(cut, cut.size() - 4);
  add(server().seq(1101).ack(152).fin().window(0));
  return file.bytes();
}

}  // namespace pcapsule::faults
