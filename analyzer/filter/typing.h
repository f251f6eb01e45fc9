// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/fields/field.h"

namespace pcapsule::filter {

/// What a value is to the filter language.
enum class Kind : std::uint8_t {
  kUnsigned,
  kSigned,
  kBoolean,
  kLabel,     ///< there or not: it has no value to compare
  kTime,      ///< a date; in nanoseconds since the epoch
  kDuration,  ///< seconds with a fraction; in nanoseconds
  kIpv4,
  kIpv6,
  kText,
  kBytes,  ///< a slice
};

/// Is a value of the kind a 64-bit number? Else it is a sequence of bytes.
constexpr bool is_number(Kind kind) { return kind <= Kind::kDuration; }
constexpr bool is_integer(Kind kind) { return kind == Kind::kUnsigned || kind == Kind::kSigned; }
constexpr bool is_address(Kind kind) { return kind == Kind::kIpv4 || kind == Kind::kIpv6; }

/// `a number`, as messages name the kind.
std::string_view name_of(Kind kind);

struct FieldType {
  Kind kind = Kind::kUnsigned;
  unsigned bits = 64;    ///< of the field on the wire, or that Wireshark gives it; numbers
  bool several = false;  ///< more than one value in a row
};

FieldType type_of(const fields::Field& field);

/// Why a name of Wireshark is no field here: its protocol is not recorded, or it needs payload.
/// nullopt: no such name is known.
std::optional<std::string_view> reason_not_recorded(std::string_view name);

}  // namespace pcapsule::filter
