// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pcap_builder.h"

#include <algorithm>

namespace pcapsule::test {

PcapFile::PcapFile(LinkType link_type, Resolution resolution, ByteOrder order, std::uint32_t snaplen_bytes)
    : resolution_(resolution), order_(order) {
  put32(resolution == Resolution::kNanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  put16(2);
  put16(4);
  put32(0);
  put32(0);
  put32(snaplen_bytes);
  put32(static_cast<std::uint16_t>(link_type));
}

PcapFile& PcapFile::at(TimestampNs time) {
  time_ = time;
  return *this;
}

PcapFile& PcapFile::after(DurationNs span) { return at(time_ + span); }

PcapFile& PcapFile::frame(const Bytes& frame) { return this->frame(frame, frame.size()); }

PcapFile& PcapFile::frame(const Bytes& frame, std::size_t captured_bytes) {
  const std::size_t captured = std::min(captured_bytes, frame.size());
  const std::int64_t fraction = time_.value % kNsPerSecond;
  put32(static_cast<std::uint32_t>(time_.value / kNsPerSecond));
  put32(static_cast<std::uint32_t>(resolution_ == Resolution::kNanoseconds ? fraction : fraction / 1000));
  put32(static_cast<std::uint32_t>(captured));
  put32(static_cast<std::uint32_t>(frame.size()));
  bytes_.insert(bytes_.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(captured));
  return *this;
}

PcapFile& PcapFile::raw(const Bytes& bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

void PcapFile::put16(std::uint32_t value) {
  const auto low = static_cast<std::uint8_t>(value), high = static_cast<std::uint8_t>(value >> 8);
  bytes_.push_back(order_ == ByteOrder::kLittle ? low : high);
  bytes_.push_back(order_ == ByteOrder::kLittle ? high : low);
}

void PcapFile::put32(std::uint32_t value) {
  put16(order_ == ByteOrder::kLittle ? value & 0xffff : value >> 16);
  put16(order_ == ByteOrder::kLittle ? value >> 16 : value & 0xffff);
}

}  // namespace pcapsule::test
