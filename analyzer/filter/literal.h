// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "analyzer/filter/plan.h"

/// Constants as text, read for the type of the field that they are compared with.
/// Each yields the value, or the message of what is wrong with it.
namespace pcapsule::filter {

using NumberOrFault = std::variant<std::int64_t, std::string>;
using BytesOrFault = std::variant<plan::Bytes, std::string>;

/// A number of an integer or boolean: decimal, 0x hexadecimal, 0 octal, 0b binary;
/// True and False. `greatest` by the width of the field.
NumberOrFault parse_integer(std::string_view text, Kind kind, unsigned bits);

/// `1.5`, `-0.000001`: seconds with up to nine digits behind the point, in nanoseconds.
NumberOrFault parse_seconds(std::string_view text);

/// `2020-01-01`, `2020-01-01 00:00:00.5`, with a T between, with Z, UTC or an offset
/// behind, else in the zone of TZ; or `Jan 1, 2020 00:00:00`.
NumberOrFault parse_time(std::string_view text);

/// An address, or a network as 10.0.0.0/8.
BytesOrFault parse_address(std::string_view text, Kind kind);

/// `c0`, `c0:a8:00`, `c0-a8`, `c0.a8`, `c0a8`, `0xc0`: hexadecimal.
BytesOrFault parse_bytes(std::string_view text);

/// An address in network order: 4 or 16 bytes.
std::string network_bytes(const IpAddress& address);

}  // namespace pcapsule::filter
