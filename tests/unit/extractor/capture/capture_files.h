// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extractor/capture/open_capture.h"

/// Captures built byte by byte, and what open_capture makes of them.
namespace pcapsule::capture::test {

using Bytes = std::vector<std::uint8_t>;

enum class Order { kLittle, kBig };

/// Appends integers in a chosen byte order.
class ByteWriter {
 public:
  explicit ByteWriter(Order order = Order::kLittle) : order_(order) {}

  ByteWriter& u16(std::uint32_t value) { return number(value, 2); }
  ByteWriter& u32(std::uint32_t value) { return number(value, 4); }
  ByteWriter& u64(std::uint64_t value) { return number(value, 8); }
  ByteWriter& raw(const Bytes& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteWriter& pad4() {
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
    return *this;
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  ByteWriter& number(std::uint64_t value, int width);

  Order order_;
  Bytes bytes_;
};

/// An Ethernet frame of `payload_bytes` bytes of ethertype `type`, told apart by `mark`.
Bytes ethernet_frame(std::uint8_t mark, std::size_t payload_bytes = 46, std::uint16_t type = 0x0800);

inline constexpr std::uint32_t kMicroMagic = 0xa1b2c3d4;
inline constexpr std::uint32_t kNanoMagic = 0xa1b23c4d;
inline constexpr std::uint32_t kKuznetsovMagic = 0xa1b2cd34;

class PcapBuilder {
 public:
  explicit PcapBuilder(std::uint32_t magic = kMicroMagic, Order order = Order::kLittle, std::uint32_t link_type = 1,
                       std::uint32_t snaplen = 65535);
  PcapBuilder& frame(std::uint32_t seconds, std::uint32_t fraction, const Bytes& frame, std::uint32_t wire_bytes = 0);
  [[nodiscard]] const Bytes& bytes() const { return out_.bytes(); }
  /// Sizes of the file after its header and after each frame: where a cut is not damage.
  [[nodiscard]] const std::vector<std::size_t>& boundaries() const { return boundaries_; }

 private:
  bool kuznetsov_;
  ByteWriter out_;
  std::vector<std::size_t> boundaries_;
};

struct InterfaceOptions {
  std::uint32_t link_type = 1;
  std::uint32_t snaplen = 65535;
  std::string name = "";
  std::optional<std::uint8_t> time_resolution = std::nullopt;
  std::string description = "";
  std::string comment = "";
  std::optional<std::int64_t> offset_seconds = std::nullopt;
};

class PcapngBuilder {
 public:
  explicit PcapngBuilder(Order order = Order::kLittle) : order_(order) { section(); }
  PcapngBuilder& section(const std::vector<std::string>& comments = {});
  PcapngBuilder& interface(const InterfaceOptions& options = {});
  PcapngBuilder& enhanced(std::uint32_t interface, std::uint64_t stamp, const Bytes& frame);
  PcapngBuilder& simple(const Bytes& frame, std::uint32_t wire_bytes = 0);
  PcapngBuilder& obsolete(std::uint32_t interface, std::uint64_t stamp, const Bytes& frame);
  PcapngBuilder& block(std::uint32_t type, const Bytes& body);
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<std::size_t>& boundaries() const { return boundaries_; }

 private:
  Order order_;
  Bytes bytes_;
  std::vector<std::size_t> boundaries_;
};

/// Without the section header that every builder begins with.
Bytes blocks_of(const PcapngBuilder& file);
Bytes gzip(const Bytes& plain);
Bytes zstd(const Bytes& plain);
Bytes lz4(const Bytes& plain);
Bytes operator+(Bytes a, const Bytes& b);
Bytes first_bytes(const Bytes& all, std::size_t count);

/// A file that is gone at the end of the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Bytes& bytes);
  explicit TemporaryFile(std::string_view text) : TemporaryFile(Bytes(text.begin(), text.end())) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct OwnedFrame {
  std::uint64_t number = 0;
  std::int64_t time_ns = 0;
  std::uint32_t wire_bytes = 0;
  LinkType link_type = LinkType::kEthernet;
  std::uint32_t interface = 0;
  bool wanted = true;
  Bytes bytes;
  friend bool operator==(const OwnedFrame&, const OwnedFrame&) = default;
};

struct Extract {
  std::optional<Error> error;  ///< of open_capture or finish
  CaptureDescription description;
  std::vector<OwnedFrame> frames;
  CaptureEnd end;
};

Extract read_all(const std::string& path, const std::optional<std::string>& filter = std::nullopt);
Extract read_all(const Bytes& bytes, const std::optional<std::string>& filter = std::nullopt);

}  // namespace pcapsule::capture::test
