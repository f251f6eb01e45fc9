// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/packets_text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "common/text/decimal.h"
#include "common/text/time_text.h"

namespace pcapsule::report {

namespace {

constexpr std::string_view kRule = "##################################################################";
constexpr std::size_t kServerColumns = 60;  ///< the server's arrow ends here
constexpr std::size_t kGreatestLineBytes = 320;
constexpr std::size_t kDateBytes = 11;  ///< `2018-09-26 `
constexpr std::size_t kTimeColumns = 10;
constexpr int kTimeDigits = 6;
constexpr unsigned kNsDigits = 9;

/// Room for blanks before a number and for what is wider than its column.
constexpr std::size_t kGreatestWidth = 16;

/// The letters of flags: by the lowest nine bits of the word, FIN first.
struct FlagLetters {
  std::array<char, 9> text{};
  std::uint8_t count = 0;
};
constexpr std::size_t kFlagSets = 512;
constexpr auto kFlagLetters = [] {
  constexpr std::string_view kLetters = "FSRPAUECN";
  static_assert(tcp_flag::kFin == 1 && tcp_flag::kAe == kFlagSets / 2);
  std::array<FlagLetters, kFlagSets> sets{};
  for (std::size_t set = 0; set < kFlagSets; ++set) {
    sets[set].text.fill(' ');
    for (std::size_t bit = 0; bit < kLetters.size(); ++bit) {
      if ((set >> bit & 1U) != 0) sets[set].text[sets[set].count++] = kLetters[bit];
    }
  }
  return sets;
}();

/// Where the line of a server's segment begins: its arrow under the client's numbers.
constexpr auto kServerArrow = [] {
  std::array<char, kServerColumns> columns{};
  columns.fill(' ');
  std::copy_n("<--", 3, columns.end() - 3);
  return columns;
}();

char* put_text(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

/// Blanks that a column of at most kGreatestWidth characters is then written over.
void put_blanks(char* out) { std::memset(out, ' ', kGreatestWidth); }

/// Left-aligned in `width`; a `?` for what is not known.
char* put_number(char* out, MaybeNumber number, std::size_t width) {
  put_blanks(out);
  char* const least = out + width;
  if (number) {
    out = text::put_decimal(out, *number);
  } else {
    *out++ = '?';
  }
  return std::max(out, least);
}

char* put_right_aligned(char* out, std::uint64_t number, std::size_t width) {
  put_blanks(out);
  const std::size_t digits = text::decimal_digits(number);
  return text::put_decimal(out + (width - std::min(width, digits)), number);
}

char* put_flags(char* out, TcpWord word) {
  constexpr std::size_t kWidth = 3;
  const FlagLetters& letters = kFlagLetters[word.flags() % kFlagSets];
  std::memcpy(out, letters.text.data(), letters.text.size());
  return out + std::max<std::size_t>(letters.count, kWidth);
}

char* put_window(char* out, const PacketLine& line) {
  constexpr std::size_t kWidth = 9;
  put_blanks(out);
  char* const least = out + kWidth;
  out = text::put_decimal(out, std::uint64_t{line.window});
  if (!line.window_known) *out++ = '?';
  return std::max(out, least);
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

char* put_span(char* out, DurationNs span) {
  std::array<char, text::kGreatestSeconds> seconds{};
  const auto count = static_cast<std::size_t>(text::put_seconds(seconds.data(), span, kTimeDigits) - seconds.data());
  put_blanks(out);
  out += kTimeColumns - std::min(kTimeColumns, count);
  std::memcpy(out, seconds.data(), seconds.size());
  out += count;
  *out++ = 's';
  return out;
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
    at = put_text(at, {kServerArrow.data(), kServerArrow.size()});
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

std::string_view TimeText::format(const TimeFormat& format, const LineTimes& times) {
  char* const first = text_.data();
  const auto until = [first](const char* end) {
    return std::string_view(first, static_cast<std::size_t>(end - first));
  };
  switch (format.style) {
    case TimeStyle::kConnection:
      return until(put_span(first, times.time - times.connection_start));
    case TimeStyle::kDelta:
      return until(put_span(first, times.since_frame_before));
    case TimeStyle::kDeltaDisplayed:
      return until(put_span(first, times.since_line_before));
    case TimeStyle::kRelative:
      return until(put_span(first, times.time - times.capture_start));
    case TimeStyle::kEpoch:
      *first = ' ';
      return until(text::put_seconds(first + 1, DurationNs{times.time.value}, static_cast<int>(kNsDigits)));
    case TimeStyle::kAbsolute:
    case TimeStyle::kDate:
    case TimeStyle::kDayOfYear:
      return absolute(format, times.time);
  }
  return {};
}

/// A line mostly has the second of the line before, and only the digits behind it change.
std::string_view TimeText::absolute(const TimeFormat& format, TimestampNs time) {
  const bool same_style = format.style == format_.style && format.utc == format_.utc;
  if (same_style && second_start_ && time >= *second_start_) {
    const auto into_second = static_cast<std::uint64_t>((time - *second_start_).value);
    if (into_second < static_cast<std::uint64_t>(kNsPerSecond)) {
      text::put_padded(absolute_.data() + absolute_.size() - kNsDigits, into_second, kNsDigits);
      return absolute_;
    }
  }
  absolute_.clear();
  append_absolute(absolute_, format, time);
  format_ = format;
  const std::int64_t rest = time.value % kNsPerSecond;
  std::int64_t start = 0;
  const bool wraps = __builtin_sub_overflow(time.value, rest < 0 ? rest + kNsPerSecond : rest, &start);
  second_start_ = wraps ? std::nullopt : std::optional(TimestampNs{start});
  return absolute_;
}

void format_time(std::string& out, const TimeFormat& format, const LineTimes& times) {
  TimeText text;
  out = text.format(format, times);
}

}  // namespace pcapsule::report
