// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "analyzer/fields/cells.h"
#include "analyzer/fields/chunk_context.h"

/// The fields: for each its name, meaning, type, what it is computed from and how
/// it is printed. A field of Wireshark's name prints what tshark prints.
namespace pcapsule::fields {

/// How the 64 bits of a value are to be read.
enum class FieldType : std::uint8_t {
  kUnsigned,
  kSigned,
  kBoolean,
  kTime,      ///< nanoseconds since the epoch
  kDuration,  ///< nanoseconds
  kAddress,   ///< 2 * slot + side: an address of the row's connection
  kEndpoint,  ///< the same, with the port
  kText,      ///< one of a few words, by number
};

/// How a value is printed.
enum class Format : std::uint8_t {
  kDecimal,
  kHex4,     ///< 0x0018
  kSeconds,  ///< nine digits after the point
  kAddress,
  kEndpoint,
  kDirection,   ///< c2s, s2c
  kScaleState,  ///< analysis::ScaleState
  kFileName,
};

struct Field {
  std::string_view name;
  FieldType type;
  Format format;
  std::string_view description;
  read::ColumnSet columns;
  Needs needs;
  void (*evaluate)(const Strip& strip, Cells& out);
};

/// All fields, in the order of the manual.
std::span<const Field> all_fields();

/// nullptr: there is none of that name.
const Field* find_field(std::string_view name);

/// The field whose name looks most like `name`.
std::string_view nearest_field(std::string_view name);

/// Bytes that put_value() writes at most; kFileName is not written by it.
inline constexpr std::size_t kGreatestValueBytes = 64;

/// Writes `value` as text to `out` and returns its end. REQUIRES: kGreatestValueBytes
/// of room, format != kFileName.
char* put_value(char* out, const Field& field, std::uint64_t value, const ChunkContext& context);

}  // namespace pcapsule::fields
