// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Constants of the record file, shared by its writer and its readers.
/// schema/FORMAT.md describes the file; the numbers here are part of it.
namespace pcapsule::format {

/// First 8 and last 8 bytes of every record file.
inline constexpr std::array<char, 8> kHeaderMagic = {'P', 'C', 'A', 'P', 'S', 'U', 'L', 'E'};
inline constexpr std::array<char, 8> kTrailerMagic = {'E', 'L', 'U', 'S', 'P', 'A', 'C', 'P'};

/// The version this program writes, and the greatest it reads.
inline constexpr std::uint32_t kFormatVersion = 1;

inline constexpr std::size_t kHeaderBytes = 16;   ///< magic, u32 version, u32 zero
inline constexpr std::size_t kTrailerBytes = 32;  ///< u64 catalog offset, u64 catalog bytes, u64 XXH3-64, magic
inline constexpr std::size_t kAlignment = 8;      ///< of every FlatBuffer in the file

inline constexpr const char* kSegmentChunkIdentifier = "PCS1";
inline constexpr const char* kConnectionChunkIdentifier = "PCC1";
inline constexpr const char* kCatalogIdentifier = "PCG1";

/// Rows of a chunk at most: a row within its chunk fits in 16 bits.
inline constexpr std::uint32_t kMaxChunkRows = 65'536;

/// Bytes of one chunk, and of the catalog, at most. FlatBuffers end below 2 GiB
/// and its verifier must never be shown more.
inline constexpr std::uint64_t kMaxChunkBytes = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kMaxCatalogBytes = (std::uint64_t{1} << 31) - 65'536;

enum class ChunkKind : std::uint8_t { kSegments = 1, kConnections = 2 };

/// SegmentChunk.marks
namespace mark {
inline constexpr std::uint8_t kSentByB = 1;
inline constexpr std::uint8_t kHasTimestamps = 2;
inline constexpr std::uint8_t kHasSack = 4;
inline constexpr std::uint8_t kHasOptionBytes = 8;
inline constexpr std::uint8_t kHasDss = 16;
}  // namespace mark

/// ConnectionChunk.marks
namespace connection_mark {
inline constexpr std::uint8_t kClientIsB = 1;
inline constexpr std::uint8_t kIpv6 = 2;
inline constexpr std::uint8_t kScaleIrregular = 4;
inline constexpr std::uint8_t kNoSegment = 8;
inline constexpr std::uint8_t kSynOptionsDiffer = 16;
inline constexpr std::uint8_t kFirstRowIsNoSegment = 32;
}  // namespace connection_mark

/// ConnectionChunk.seen
namespace seen {
inline constexpr std::uint16_t kSyn = 1;
inline constexpr std::uint16_t kSynAck = 2;
inline constexpr std::uint16_t kHandshakeAck = 4;
inline constexpr std::uint16_t kFinA = 8;
inline constexpr std::uint16_t kFinB = 16;
inline constexpr std::uint16_t kCloseAck = 32;
inline constexpr std::uint16_t kFinAAcked = 64;
inline constexpr std::uint16_t kFinBAcked = 128;
inline constexpr std::uint16_t kSynAckWithoutSyn = 256;
}  // namespace seen

/// ConnectionChunk.reset_marks
namespace reset_mark {
inline constexpr std::uint8_t kSentByB = 1;
inline constexpr std::uint8_t kAcceptable = 2;
inline constexpr std::uint8_t kASent = 4;
inline constexpr std::uint8_t kBSent = 8;
inline constexpr std::uint8_t kAAcked = 16;
inline constexpr std::uint8_t kBAcked = 32;
inline constexpr std::uint8_t kHasPayload = 64;
}  // namespace reset_mark

/// How it is known which endpoint is the client (rule S15). From kServerElsewhere on it is a guess.
enum class RoleEvidence : std::uint8_t {
  kUnknown = 0,
  kSyn = 1,
  kSynAck = 2,
  kServerElsewhere = 3,
  kWellKnownPort = 4,
  kLowerPort = 5,
  kFirstSender = 6,
};
constexpr bool is_guess(RoleEvidence evidence) {
  return evidence != RoleEvidence::kSyn && evidence != RoleEvidence::kSynAck;
}

/// How the sequence base of a direction is known (rule S18).
enum class BaseSource : std::uint8_t { kNone = 0, kSyn = 1, kSynAck = 2, kSegment = 3, kPeerAck = 4 };

/// ConnectionChunk.offers: two bits an option, as `OptionState`.
enum class Offer : std::uint8_t { kMss = 0, kWindowScale = 2, kSackPermitted = 4, kTimestamps = 6 };
enum class OfferState : std::uint8_t { kUnknown = 0, kAbsent = 1, kPresent = 2 };
constexpr OfferState offer_state(std::uint8_t offers, Offer offer) {
  return static_cast<OfferState>((unsigned{offers} >> static_cast<unsigned>(offer)) & 3U);
}

/// ConnectionChunk.history: codes of endpoint A; of B the same plus 8.
enum class HistoryCode : std::uint8_t {
  kEnd = 0,
  kSyn = 1,
  kSynAck = 2,
  kAck = 3,
  kData = 4,
  kFin = 5,
  kRst = 6,
  kZeroWindow = 7,
  kDataAgain = 8,
};
inline constexpr unsigned kHistoryBits = 5;
inline constexpr unsigned kHistoryEntries = 12;

/// ConnectionChunk.event_kind
enum class EventKind : std::uint8_t {
  kFirstSyn = 1,
  kLastSyn = 2,
  kLastSynAck = 3,
  kLastOwnSyn = 4,
  kLastOwnSynAck = 5
};

/// Bits of tcp.completeness as Wireshark defines them.
namespace completeness {
inline constexpr std::uint8_t kSyn = 1;
inline constexpr std::uint8_t kSynAck = 2;
inline constexpr std::uint8_t kAck = 4;
inline constexpr std::uint8_t kData = 8;
inline constexpr std::uint8_t kFin = 16;
inline constexpr std::uint8_t kRst = 32;
}  // namespace completeness

}  // namespace pcapsule::format
