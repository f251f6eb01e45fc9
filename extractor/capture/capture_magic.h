// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/bytes/byte_cursor.h"
#include "extractor/capture/frame_source.h"

/// Captures are recognised by their first bytes, never by their names.
namespace pcapsule::capture {

/// How many first bytes the functions below want to see, if there are so many.
inline constexpr std::size_t kMagicBytes = 4096;

/// Bytes of a classic pcap file header.
inline constexpr std::size_t kPcapHeaderBytes = 24;

/// kNone where `head` is no compressed data that decompress.h can read.
/// Skippable frames, with which pzstd begins its files, are stepped over.
Compression compression_of(ByteView head);

/// Bytes of the skippable frames that `head` begins with, one after the other: more than `head` has where the last
/// of them goes on behind it. 0: there is none.
std::uint64_t skippable_bytes(ByteView head);

/// `gzip`, `zstd`, `LZ4`. REQUIRES: not kNone.
const char* name_of(Compression compression);

/// nullopt: `head` begins neither a pcap nor a pcapng file.
std::optional<CaptureFormat> capture_format_of(ByteView head);

/// True for a classic pcap whose stamps are in nanoseconds. REQUIRES: capture_format_of(head) is kPcap.
bool has_nanosecond_magic(ByteView head);

/// What `head` is instead of a capture, as the end of a sentence, with what to do:
/// `not a pcap or pcapng capture (first bytes 23 21 2f 62)`.
std::string describe_other_content(ByteView head);

}  // namespace pcapsule::capture
