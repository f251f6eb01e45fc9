// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/bytes/byte_cursor.h"
#include "extractor/capture/frame_source.h"
#include "extractor/capture/stamp_scale.h"

/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), one at a time, without I/O.
namespace pcapsule::capture::pcapng {

enum BlockType : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,  ///< the same in both byte orders
  kInterfaceDescription = 1,
  kPacket = 2,  ///< obsolete
  kSimplePacket = 3,
  kEnhancedPacket = 6,
};

inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

/// Bytes of a block around its body: type and length before it, the length again behind it.
inline constexpr std::size_t kBlockHeadBytes = 8;
inline constexpr std::size_t kBlockTailBytes = 4;
inline constexpr std::size_t kMinBlockBytes = kBlockHeadBytes + kBlockTailBytes;

/// Of texts that a capture holds (names, comments) so much is kept of each, and so many comments.
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxCommentBytes = 4096;
inline constexpr std::size_t kMaxComments = 64;

/// Integers in the byte order of the section.
class Loader {
 public:
  explicit Loader(bool big_endian = false) : big_endian_(big_endian) {}

  // REQUIRES: as many bytes at `at`.
  [[nodiscard]] std::uint16_t u16(const std::uint8_t* at) const {
    return big_endian_ ? load_be16(at) : static_cast<std::uint16_t>(at[0] | (at[1] << 8));
  }
  [[nodiscard]] std::uint32_t u32(const std::uint8_t* at) const {
    return big_endian_ ? load_be32(at) : __builtin_bswap32(load_be32(at));
  }
  [[nodiscard]] std::uint64_t u64(const std::uint8_t* at) const {
    return big_endian_ ? load_be64(at) : __builtin_bswap64(load_be64(at));
  }

 private:
  bool big_endian_;
};

/// Wireshark gives these blocks a frame number, though they hold no packet
/// (rule S9; found by experiment with tshark 4.0).
bool takes_a_frame_number(std::uint32_t block_type);

/// Bytes that a block has at least: head and tail, and of a custom block whose it is.
std::uint32_t least_bytes(std::uint32_t block_type);

struct SectionHeader {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::vector<std::string> comments;
};

/// Body of a section header, from the byte-order magic on. nullopt: too short.
/// Options that break off end the list of comments and nothing else.
std::optional<SectionHeader> parse_section_header(ByteView body, Loader load);

struct InterfaceDescription {
  CaptureInterface interface;
  StampScale stamps;
};

/// nullopt: too short, or its options break off, so that the scale of the stamps is not known.
/// Of an option given twice the first counts, as in Wireshark.
std::optional<InterfaceDescription> parse_interface(ByteView body, Loader load);

/// What the packet blocks have in common.
struct Packet {
  std::uint32_t interface_in_section = 0;
  std::optional<std::uint64_t> stamp;  ///< absent in a Simple Packet Block
  std::uint32_t wire_bytes = 0;
  std::uint32_t captured_bytes = 0;  ///< as the block says; may be more than `bytes`
  ByteView bytes;                    ///< from the first captured byte to the end of the body
};

/// A body of the given type. nullopt: too short, or no packet block. Of a Simple Packet Block captured_bytes
/// still has to be limited by the snapshot length of its interface.
std::optional<Packet> parse_packet(std::uint32_t block_type, ByteView body, Loader load);

}  // namespace pcapsule::capture::pcapng
