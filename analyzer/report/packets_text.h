// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/report/buffered_writer.h"
#include "common/base/time.h"
#include "common/net/endpoint.h"
#include "common/net/tcp_flags.h"

/// The two-column listing of a conversation: what the article printed, byte for byte.
namespace pcapsule::report {

/// A number that may be unknown, printed as `?`.
using MaybeNumber = std::optional<std::int64_t>;

/// One segment of the listing.
struct PacketLine {
  bool from_client = true;
  std::uint64_t frame = 0;
  std::string_view time;  ///< the time column, see TimeColumn
  TcpWord word;
  MaybeNumber seq;
  MaybeNumber ack;
  MaybeNumber payload_bytes;
  std::uint32_t window = 0;  ///< scaled, or raw where the scale is unknown
  bool window_known = true;  ///< false: of unknown scale, printed as `229?`
};

/// `##…`, `TCP session between client … and server …`, `##…`.
void put_heading(BufferedWriter& out, const Endpoint& client, const Endpoint& server);

void put_line(BufferedWriter& out, const PacketLine& line);

/// What `-t` names, and the default.
enum class TimeStyle : std::uint8_t {
  kConnection,      ///< seconds since the connection's first segment
  kAbsolute,        ///< a: time of day
  kDate,            ///< ad: with the date
  kDayOfYear,       ///< adoy: with year/day
  kDelta,           ///< d: since the frame before
  kDeltaDisplayed,  ///< dd: since the line before
  kEpoch,           ///< e
  kRelative,        ///< r: since the first frame of the capture
};

/// A `-t` value with its zone: `u`, `ud` and `udoy` are a, ad, adoy in UTC.
struct TimeFormat {
  TimeStyle style = TimeStyle::kConnection;
  bool utc = false;
};

/// nullopt: there is no such style.
std::optional<TimeFormat> parse_time_format(std::string_view text);

/// The stamps that a style may print.
struct LineTimes {
  TimestampNs time;
  TimestampNs connection_start;
  TimestampNs capture_start;
  DurationNs since_frame_before;
  DurationNs since_line_before;
};

/// Makes the time columns of many lines: `%10.6fs`, or a blank and an absolute time.
class TimeText {
 public:
  /// Valid until the next one.
  std::string_view format(const TimeFormat& format, const LineTimes& times);

 private:
  std::string_view absolute(const TimeFormat& format, TimestampNs time);

  std::array<char, 64> text_{};
  std::string absolute_;                     ///< the last absolute time
  TimeFormat format_;                        ///< its format
  std::optional<TimestampNs> second_start_;  ///< of its second; nullopt: there is none to use again
};

/// One time column.
void format_time(std::string& out, const TimeFormat& format, const LineTimes& times);

}  // namespace pcapsule::report
