// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analyzer/analysis/reset.h"
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
  kLabel,     ///< 1 where it is there
  kText,      ///< what value_text() says: equal numbers have equal texts
};

/// `unsigned`, `address`, … for people.
std::string_view to_text(FieldType type);

/// How a value is printed.
enum class Format : std::uint8_t {
  kDecimal,
  kHex4,      ///< 0x0018
  kSeconds,   ///< nine digits after the point
  kDateTime,  ///< `Sep 26, 2018 21:21:02.883718124 EDT`
  kAddress,
  kEndpoint,
  kDirection,      ///< c2s, s2c
  kFlagLetters,    ///< tcp.flags.str; see flag_letters_value()
  kOptionBytes,    ///< an option as captured, in hexadecimal; see option_bytes_value()
  kScaleState,     ///< analysis::ScaleState
  kEvidence,       ///< format::RoleEvidence
  kHandshake,      ///< analysis::HandshakeOutcome
  kNoLeg,          ///< analysis::NoLeg
  kCapturePoint,   ///< analysis::CapturePoint
  kEnd,            ///< analysis::EndKind
  kConnState,      ///< analysis::ConnState
  kResetKind,      ///< analysis::ResetKind
  kSide,           ///< 0 client, 1 server
  kCause,          ///< analysis::Cause
  kHistory,        ///< read::Connection::history, and the client's side in the highest bit
  kCapture,        ///< name of a capture of the catalog, by index
  kEncapsulation,  ///< header stack of the catalog, by index
  kFileName,
};

/// A connection as its fields see it: its entry of the table, and what its frames add up to.
struct ConnectionEntry {
  const read::Connection& connection;
  const analysis::ConnectionTotals& totals;
  const analysis::Reset* reset = nullptr;  ///< where a row is one RST of the connection: that one
};

struct Field {
  std::string_view name;
  FieldType type;
  Format format;
  std::string_view description;
  read::ColumnSet columns;
  Needs needs;
  /// The values of rows.
  void (*evaluate)(const Strip& strip, Cells& out);
  /// Of a field that is the same for every row of a connection: its value from the table,
  /// where an endpoint is a side. nullptr: the field belongs to rows.
  std::optional<std::uint64_t> (*of_connection)(const ConnectionEntry& entry);
  bool repeats = false;  ///< a row may have several values
};

/// All fields, in the order of the manual.
std::span<const Field> all_fields();

/// nullptr: there is none of that name.
const Field* find_field(std::string_view name);

/// The field whose name looks most like `name`.
std::string_view nearest_field(std::string_view name);

/// Room for the text of one value.
using ValueBuffer = std::array<char, 64>;

/// The text of a row's value: in `buffer`, or in `context`, whichever; valid as long as both.
std::string_view value_text(ValueBuffer& buffer, const Field& field, std::uint64_t value, const ChunkContext& context);

/// The same of a value that of_connection() yielded.
std::string_view value_text(ValueBuffer& buffer, const Field& field, std::uint64_t value,
                            const read::Connection& connection, const FileTexts& texts);

}  // namespace pcapsule::fields
