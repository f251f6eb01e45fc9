// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/packets_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/text/time_text.h"

namespace pcapsule::report {

namespace {

constexpr std::string_view kRule = "##################################################################";
constexpr std::size_t kServerColumns = 60;  ///< the server's arrow ends here
constexpr std::size_t kGreatestLineBytes = 320;
constexpr std::size_t kDateBytes = 11;  ///< `2018-09-26 `
constexpr std::size_t kTimeColumns = 10;

constexpr std::array<std::pair<std::uint16_t, char>, 9> kFlagLetters = {{{tcp_flag::kFin, 'F'},
                                                                         {tcp_flag::kSyn, 'S'},
                                                                         {tcp_flag::kRst, 'R'},
                                                                         {tcp_flag::kPsh, 'P'},
                                                                         {tcp_flag::kAck, 'A'},
                                                                         {tcp_flag::kUrg, 'U'},
                                                                         {tcp_flag::kEce, 'E'},
                                                                         {tcp_flag::kCwr, 'C'},
                                                                         {tcp_flag::kAe, 'N'}}};

char* put_text(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

char* pad(char* out, const char* first, std::size_t width) {
  while (out < first + width) *out++ = ' ';
  return out;
}

/// Left-aligned in `width`; a `?` for what is not known.
char* put_number(char* out, MaybeNumber number, std::size_t width) {
  constexpr std::size_t kDigits = 20;
  char* const first = out;
  if (number) {
    out = std::to_chars(out, out + kDigits, *number).ptr;
  } else {
    *out++ = '?';
  }
  return pad(out, first, width);
}

char* put_right_aligned(char* out, std::uint64_t number, std::size_t width) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  out = pad(out, out, width - std::min(width, count));
  return std::copy(digits.data(), end, out);
}

char* put_flags(char* out, TcpWord word) {
  constexpr std::size_t kWidth = 3;
  char* const first = out;
  for (const auto& [flag, letter] : kFlagLetters) {
    if (word.has(flag)) *out++ = letter;
  }
  return pad(out, first, kWidth);
}

char* put_window(char* out, const PacketLine& line) {
  constexpr std::size_t kWidth = 9;
  char* const first = out;
  out = put_number(out, line.window, 0);
  if (!line.window_known) *out++ = '?';
  return pad(out, first, kWidth);
}

/// `2018/269 ` from `2018-09-26 …`.
std::string day_of_year(std::string_view date) {
  constexpr std::array<int, 12> kDaysBefore = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const auto number = [date](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char digit : date.substr(at, count)) value = value * 10 + (digit - '0');
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int day = kDaysBefore[static_cast<std::size_t>(month - 1)] + number(8, 2) + (leap && month > 2 ? 1 : 0);
  const std::string digits = std::to_string(day);
  return std::string(date.substr(0, 4)) + "/" + std::string(3 - digits.size(), '0') + digits + " ";
}

void append_span(std::string& out, DurationNs span) {
  const std::size_t begin = out.size();
  text::append_seconds(out, span, 6);
  const std::size_t written = out.size() - begin;
  if (written < kTimeColumns) out.insert(begin, kTimeColumns - written, ' ');
  out.push_back('s');
}

void append_absolute(std::string& out, const TimeFormat& format, TimestampNs time) {
  std::string whole;
  text::append_local_time(whole, time, format.utc);
  out.push_back(' ');
  if (format.style == TimeStyle::kDate) {
    out += whole;
    return;
  }
  if (format.style == TimeStyle::kDayOfYear) out += day_of_year(whole);
  out += std::string_view(whole).substr(kDateBytes);
}

}  // namespace

void put_heading(BufferedWriter& out, const Endpoint& client, const Endpoint& server) {
  out.append(kRule);
  out.append("\nTCP session between client ");
  out.append(to_text(client));
  out.append(" and server ");
  out.append(to_text(server));
  out.put('\n');
  out.append(kRule);
  out.put('\n');
}

void put_line(BufferedWriter& out, const PacketLine& line) {
  char* at = out.reserve(kGreatestLineBytes);
  if (line.from_client) {
    at = put_text(at, "-->");
  } else {
    at = pad(at, at, kServerColumns - 3);
    at = put_text(at, "<--");
  }
  *at++ = '[';
  at = put_right_aligned(at, line.frame, 5);
  *at++ = ']';
  at = put_text(at, line.time);
  *at++ = ' ';
  at = put_flags(at, line.word);
  at = put_number(put_text(at, " seq="), line.seq, 8);
  at = put_number(put_text(at, " ack="), line.ack, 8);
  at = put_number(put_text(at, " len="), line.payload_bytes, 6);
  at = put_window(put_text(at, " win="), line);
  *at++ = '\n';
  out.commit(at);
}

std::optional<TimeFormat> parse_time_format(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, TimeFormat>, 10> kFormats = {
      {{"a", {TimeStyle::kAbsolute, false}},
       {"ad", {TimeStyle::kDate, false}},
       {"adoy", {TimeStyle::kDayOfYear, false}},
       {"d", {TimeStyle::kDelta, false}},
       {"dd", {TimeStyle::kDeltaDisplayed, false}},
       {"e", {TimeStyle::kEpoch, false}},
       {"r", {TimeStyle::kRelative, false}},
       {"u", {TimeStyle::kAbsolute, true}},
       {"ud", {TimeStyle::kDate, true}},
       {"udoy", {TimeStyle::kDayOfYear, true}}}};
  for (const auto& [name, format] : kFormats) {
    if (name == text) return format;
  }
  return std::nullopt;
}

void format_time(std::string& out, const TimeFormat& format, const LineTimes& times) {
  out.clear();
  switch (format.style) {
    case TimeStyle::kConnection:
      return append_span(out, times.time - times.connection_start);
    case TimeStyle::kDelta:
      return append_span(out, times.since_frame_before);
    case TimeStyle::kDeltaDisplayed:
      return append_span(out, times.since_line_before);
    case TimeStyle::kRelative:
      return append_span(out, times.time - times.capture_start);
    case TimeStyle::kEpoch:
      out.push_back(' ');
      return text::append_epoch_seconds(out, times.time);
    case TimeStyle::kAbsolute:
    case TimeStyle::kDate:
    case TimeStyle::kDayOfYear:
      return append_absolute(out, format, times.time);
  }
}

}  // namespace pcapsule::report
