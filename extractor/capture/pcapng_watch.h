// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "common/bytes/byte_cursor.h"
#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// Follows the blocks of a pcapng file beside libpcap, which says neither on which
/// interface a frame was captured nor what the interfaces are called, and
/// which steps silently over blocks that Wireshark numbers as frames (rule S9).
///
/// It is shown the bytes on their way to libpcap, in pieces of any size, and
/// looks at block headers and interface descriptions only. It judges nothing:
/// what is malformed is libpcap's to report, and from there on it is silent.
class PcapngWatch {
 public:
  struct Packet {
    std::uint32_t interface = 0;               ///< index into interfaces()
    std::uint32_t numbered_blocks_before = 0;  ///< since the packet before: records, but no packets, to Wireshark
  };

  void feed(ByteView bytes);

  /// The next packet block, in file order; a default one if the watch lost track.
  Packet take_packet();

  /// Of all sections so far. A section that repeats the interfaces of an earlier one, as in
  /// concatenated files, adds none. At most kMaxInterfaces; the packets of any
  /// further one are put down to the last. Names are cut to kMaxNameBytes.
  [[nodiscard]] const std::vector<CaptureInterface>& interfaces() const { return interfaces_; }

  /// True while no interface seen has stamps finer than a microsecond.
  [[nodiscard]] bool microseconds_suffice() const { return microseconds_suffice_; }

  /// True once a section in another byte order than the first began. libpcap
  /// misreads the length of such a section and calls it damage.
  [[nodiscard]] bool byte_order_changed() const { return byte_order_changed_; }

  static constexpr std::size_t kMaxInterfaces = 4096;
  static constexpr std::size_t kMaxNameBytes = 255;

 private:
  void begin_block();
  void begin_section();
  void end_interface();
  [[nodiscard]] CaptureInterface parse_interface();
  void add_interface(const CaptureInterface& found);
  void add_packet(std::uint32_t interface_in_section);
  [[nodiscard]] std::uint16_t u16(std::size_t at) const;
  [[nodiscard]] std::uint32_t u32(std::size_t at) const;

  std::vector<std::uint8_t> held_;  ///< the part of the current block collected so far
  std::size_t wanted_bytes_ = 12;   ///< collect so many, then look at them
  std::uint64_t skip_bytes_ = 0;    ///< then let so many pass
  bool big_endian_ = false;
  bool any_section_ = false;
  bool byte_order_changed_ = false;
  bool lost_ = false;
  bool microseconds_suffice_ = true;

  std::vector<CaptureInterface> interfaces_;
  std::vector<std::uint32_t> section_interfaces_;  ///< id in the section → index into interfaces_
  /// Place in its section, link type, snaplen, name → index into interfaces_.
  std::map<std::tuple<std::size_t, LinkType, std::uint32_t, std::string>, std::uint32_t> known_interfaces_;

  std::vector<Packet> packets_;  ///< seen and not yet taken, from next_packet_ on
  std::size_t next_packet_ = 0;
  std::uint32_t numbered_blocks_ = 0;
};

}  // namespace pcapsule::capture
