// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.h"

/// Times as text and back, the same in every locale. Any 64-bit value is legal
/// input and has exactly one text; nothing here rounds unless it says so.
namespace pcapsule::text {

/// `1538000462.883718124`; before 1970 `-1.500000000` for one and a half seconds.
void append_epoch_seconds(std::string& out, TimestampNs time);

/// Seconds with 0 to 9 digits after the point: `0.307193`. Rounded half away
/// from zero, from the exact value. As printf("%.6f") does, a small negative span keeps its sign
/// (`-0.000000`). More than 9 digits asked for: 9.
void append_seconds(std::string& out, DurationNs span, int digits);

/// Characters that put_seconds() writes at most: sign, ten digits, point, nine digits.
inline constexpr std::size_t kGreatestSeconds = 21;
/// The same into an array: yields the end.
char* put_seconds(char* out, DurationNs span, int digits);

/// `2018-09-26 21:21:02.883718124`, in the zone of TZ or in UTC.
void append_local_time(std::string& out, TimestampNs time, bool utc);

/// `Sep 26, 2018 21:21:02.883718124 EDT`, as Wireshark prints frame.time, in the zone of TZ.
void append_wireshark_time(std::string& out, TimestampNs time);

/// `2018-09-26T21:21:02.883718124Z`
void append_iso8601_utc(std::string& out, TimestampNs time);

/// `300ms`, `1.5s`, `2us`, `10m`: a decimal number, maybe signed, and one of
/// ns, us, ms, s, m, h. What is finer than a nanosecond is cut off. nullopt: anything else,
/// a number without a unit included, or beyond 64 bits.
std::optional<DurationNs> parse_duration(std::string_view text);

/// `2018-09-26T21:21:02.88Z`, or with an offset (`+02:00`, `+0200`, `+02`)
/// instead of Z, or without either: then in the zone of TZ. A space may stand for the T; the fraction,
/// the seconds or the whole time of day may be missing. What is finer than a nanosecond is cut off.
/// nullopt: anything else, a day that does not exist, or outside 1677-2262.
std::optional<TimestampNs> parse_iso8601(std::string_view text);

}  // namespace pcapsule::text
