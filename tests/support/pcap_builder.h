// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/base/time.h"
#include "common/net/link_type.h"
#include "tests/support/byte_buffer.h"

namespace pcapsule::test {

/// Builds a whole pcap file in memory (draft-ietf-opsawg-pcap), nanosecond format,
/// little-endian unless told otherwise:
///
///     PcapFile().frame(TcpPacket().syn().frame()).frame(...).bytes()
class PcapFile {
 public:
  enum class ByteOrder { kLittle, kBig };
  enum class Resolution { kMicroseconds, kNanoseconds };

  explicit PcapFile(LinkType link_type = LinkType::kEthernet, Resolution resolution = Resolution::kNanoseconds,
                    ByteOrder order = ByteOrder::kLittle, std::uint32_t snaplen_bytes = 262144);

  /// Stamps the next frame, until changed; the clock starts at 1,700,000,000 s.
  PcapFile& at(TimestampNs time);
  /// Moves the clock on.
  PcapFile& after(DurationNs span);
  /// A frame captured whole, or, with `captured_bytes`, its beginning.
  PcapFile& frame(const Bytes& frame);
  PcapFile& frame(const Bytes& frame, std::size_t captured_bytes);
  /// Any bytes: to damage a file.
  PcapFile& raw(const Bytes& bytes);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  void put16(std::uint32_t value);
  void put32(std::uint32_t value);

  Resolution resolution_;
  ByteOrder order_;
  TimestampNs time_{1'700'000'000 * kNsPerSecond};
  Bytes bytes_;
};

}  // namespace pcapsule::test
