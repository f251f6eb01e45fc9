// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "tests/support/packet_builder.h"
#include "tests/support/pcap_builder.h"

namespace pcapsule::test {

/// A folder of its own for one test, with captures in it; removed at the end.
class CaptureFolder {
 public:
  CaptureFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "pcapsule-cli-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    path_ = name;
  }
  CaptureFolder(const CaptureFolder&) = delete;
  CaptureFolder& operator=(const CaptureFolder&) = delete;
  ~CaptureFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  std::string write(std::string_view name, const Bytes& bytes) const {
    std::string path = *this / name;
    std::ofstream file(path, std::ios::binary);
    for (const std::uint8_t byte : bytes) file.put(static_cast<char>(byte));
    return path;
  }
  std::string write_text(std::string_view name, std::string_view text) const {
    return write(name, Bytes(text.begin(), text.end()));
  }
  /// A capture of `segments` TCP segments of one connection.
  std::string capture(std::string_view name, std::size_t segments = 2) const {
    return write(name, capture_bytes(segments));
  }

  static Bytes capture_bytes(std::size_t segments) {
    PcapFile file;
    for (std::size_t i = 0; i < segments; ++i) {
      TcpPacket packet;
      if (i == 0) packet.syn();
      file.frame(packet.seq(1000 + static_cast<std::uint32_t>(i)).frame()).after({1'000'000});
    }
    return file.bytes();
  }

 private:
  std::string path_;
};

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Sets the time of last modification.
inline void set_modified(const std::string& path, TimestampNs time) {
  const struct timespec stamp = {static_cast<time_t>(time.value / kNsPerSecond),
                                 static_cast<long>(time.value % kNsPerSecond)};
  const struct timespec both[2] = {stamp, stamp};
  if (::utimensat(AT_FDCWD, path.c_str(), both, 0) != 0) throw std::runtime_error("utimensat " + path);
}

}  // namespace pcapsule::test
