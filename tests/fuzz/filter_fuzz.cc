// SPDX-License-Identifier: Apache-2.0
// A filter expression, compiled and, if it is one, evaluated over a small record file.
#include <string>

#include "analyzer/filter/filter.h"
#include "tests/fuzz/in_memory.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"
#include "tests/support/packet_builder.h"
#include "tests/support/pcap_builder.h"

using namespace pcapsule;

namespace {

/// A short connection with options.
const fuzz::MemoryFile& small_record() {
  static const fuzz::MemoryFile file = [] {
    using test::TcpPacket;
    test::PcapFile capture;
    capture.frame(TcpPacket().syn().mss(1460).window_scale(7).sack_permitted().timestamps(1, 0).frame());
    capture.frame(TcpPacket().reversed().syn().seq(5000).ack(1001).mss(1400).window_scale(8).frame());
    capture.frame(TcpPacket().seq(1001).ack(5001).timestamps(2, 1).frame());
    capture.frame(TcpPacket().seq(1001).ack(5001).psh().payload(100).frame());
    capture.frame(TcpPacket().reversed().seq(5001).ack(1101).sack({{1200, 1300}, {1400, 1500}}).frame());
    capture.frame(TcpPacket().seq(1101).ack(5001).rst().frame());
    const auto made = fuzz::extract_in_memory(capture.bytes());
    fuzz::require(made.has_value(), "the connection is extracted");
    return fuzz::MemoryFile(*made);
  }();
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string expression(reinterpret_cast<const char*>(data), size);
  if (!filter::Filter::compile(expression)) return 0;
  fuzz::analyze({"packets", small_record().path(), "-T", "fields", "-e", "frame.number", "-Y", expression});
  return 0;
}
