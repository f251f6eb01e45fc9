// SPDX-License-Identifier: Apache-2.0
#include "common/text/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <utility>

#include "common/text/decimal.h"

namespace pcapsule::text {
namespace {

constexpr unsigned kNsDigits = 9;

/// |value|, also for the least value, which has no positive counterpart.
std::uint64_t magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, kGreatestDecimal> digits{};
  out.append(digits.data(), put_decimal(digits.data(), value));
}

/// Exactly `width` digits. REQUIRES: value < 10^width, width <= 9.
void append_padded(std::string& out, std::uint64_t value, unsigned width) {
  std::array<char, kNsDigits> digits{};
  out.append(digits.data(), put_padded(digits.data(), value, width));
}

/// put_seconds() of one number of digits: all divisions are by constants.
template <unsigned kDigits>
char* put_span(char* out, DurationNs span) {
  constexpr std::uint64_t kStepNs = detail::kPowersOf10[kNsDigits - kDigits];
  constexpr std::uint64_t kStepsPerSecond = detail::kPowersOf10[kDigits];
  const std::uint64_t span_ns = magnitude(span.value);
  // Not span + step / 2: no sum here may pass 2^64.
  const std::uint64_t steps = span_ns / kStepNs + (span_ns % kStepNs >= kStepNs - kStepNs / 2 ? 1 : 0);
  if (span.value < 0) *out++ = '-';
  out = put_decimal(out, steps / kStepsPerSecond);
  if constexpr (kDigits > 0) {
    *out++ = '.';
    out = put_padded(out, steps % kStepsPerSecond, kDigits);
  }
  return out;
}

/// A point in time as whole seconds, rounded down, and 0 <= nanoseconds < 10^9.
struct SplitTime {
  std::int64_t seconds;
  std::uint64_t nanoseconds;
};

SplitTime split(TimestampNs time) {
  std::int64_t seconds = time.value / kNsPerSecond;
  std::int64_t rest = time.value % kNsPerSecond;
  if (rest < 0) {
    rest += kNsPerSecond;
    --seconds;
  }
  return {seconds, static_cast<std::uint64_t>(rest)};
}

/// Years have four digits: 64 bits of nanoseconds reach from 1677 to 2262.
std::tm calendar_of(std::int64_t seconds_since_epoch, bool utc) {
  const std::time_t seconds = seconds_since_epoch;
  std::tm calendar{};
  if (utc) {
    ::gmtime_r(&seconds, &calendar);
  } else {
    ::localtime_r(&seconds, &calendar);
  }
  return calendar;
}

/// `21:21:02.883718124`
void append_time_of_day(std::string& out, const std::tm& calendar, std::uint64_t nanoseconds) {
  append_padded(out, static_cast<std::uint64_t>(calendar.tm_hour), 2);
  out.push_back(':');
  append_padded(out, static_cast<std::uint64_t>(calendar.tm_min), 2);
  out.push_back(':');
  append_padded(out, static_cast<std::uint64_t>(calendar.tm_sec), 2);
  out.push_back('.');
  append_padded(out, nanoseconds, kNsDigits);
}

/// `2018-09-26T21:21:02.883718124`
void append_calendar(std::string& out, TimestampNs time, bool utc, char between) {
  const SplitTime parts = split(time);
  const std::tm calendar = calendar_of(parts.seconds, utc);
  const auto field = [&out](int value, unsigned width, char after) {
    append_padded(out, static_cast<std::uint64_t>(value), width);
    out.push_back(after);
  };
  field(calendar.tm_year + 1900, 4, '-');
  field(calendar.tm_mon + 1, 2, '-');
  field(calendar.tm_mday, 2, between);
  append_time_of_day(out, calendar, parts.nanoseconds);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Walks over a text from left to right; what fails to match consumes nothing.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  bool accept(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool accept_either(char a, char b) { return accept(a) || accept(b); }

  /// A number of exactly `width` digits, at most `greatest`.
  std::optional<int> number(std::size_t width, int greatest) {
    const std::string_view digits = rest_.substr(0, width);
    if (digits.size() != width || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
    int value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    if (value > greatest) return std::nullopt;
    rest_.remove_prefix(width);
    return value;
  }

  /// All digits that follow, possibly none.
  std::string_view digits() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(found.size());
    return found;
  }

 private:
  std::string_view rest_;
};

/// The value of 0.DIGITS in units of 10^-9; what is finer is cut off.
std::uint64_t billionths(std::string_view digits) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kNsDigits; ++i) value = value * 10 + (i < digits.size() ? unsigned(digits[i] - '0') : 0U);
  return value;
}

std::optional<std::uint64_t> unit_ns(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 6> kUnits = {{{"ns", 1},
                                                                                 {"us", 1'000},
                                                                                 {"ms", 1'000'000},
                                                                                 {"s", 1'000'000'000},
                                                                                 {"m", 60'000'000'000},
                                                                                 {"h", 3'600'000'000'000}}};
  for (const auto& [unit, ns] : kUnits) {
    if (unit == name) return ns;
  }
  return std::nullopt;
}

struct Calendar {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::uint64_t nanoseconds = 0;
};

/// `T21:21:02.88`, up to the zone. False: malformed.
bool parse_time_of_day(TextCursor& in, Calendar& into) {
  const auto hour = in.number(2, 23);
  if (!hour || !in.accept(':')) return false;
  const auto minute = in.number(2, 59);
  if (!minute) return false;
  into.hour = *hour;
  into.minute = *minute;
  if (!in.accept(':')) return true;
  const auto second = in.number(2, 60);  // 60: a leap second, the same instant as the second after it
  if (!second) return false;
  into.second = *second;
  if (!in.accept('.')) return true;
  const std::string_view fraction = in.digits();
  into.nanoseconds = billionths(fraction);
  return !fraction.empty();
}

std::optional<Calendar> parse_calendar(TextCursor& in) {
  Calendar calendar;
  const auto year = in.number(4, 9999);
  if (!year || !in.accept('-')) return std::nullopt;
  const auto month = in.number(2, 12);
  if (!month || !in.accept('-')) return std::nullopt;
  const auto day = in.number(2, 31);
  if (!day) return std::nullopt;
  calendar.year = *year;
  calendar.month = *month;
  calendar.day = *day;
  if ((in.accept_either('T', 't') || in.accept(' ')) && !parse_time_of_day(in, calendar)) return std::nullopt;
  return calendar;
}

/// Seconds east of UTC of `Z`, `+02:00`, `+0200`, `-02`; malformed: nullopt.
std::optional<int> parse_zone(TextCursor& in) {
  if (in.accept_either('Z', 'z')) return 0;
  const bool west = in.accept('-');
  if (!west && !in.accept('+')) return std::nullopt;
  const auto hours = in.number(2, 23);
  if (!hours) return std::nullopt;
  int seconds = *hours * 3600;
  if (in.accept(':') || !in.at_end()) {
    const auto minutes = in.number(2, 59);
    if (!minutes) return std::nullopt;
    seconds += *minutes * 60;
  }
  return west ? -seconds : seconds;
}

std::optional<std::int64_t> local_seconds(const Calendar& calendar) {
  std::tm fields{};
  fields.tm_year = calendar.year - 1900;
  fields.tm_mon = calendar.month - 1;
  fields.tm_mday = calendar.day;
  fields.tm_hour = calendar.hour;
  fields.tm_min = calendar.minute;
  fields.tm_sec = calendar.second;
  fields.tm_isdst = -1;
  fields.tm_wday = -1;  // stays so if mktime fails; its result -1 is also a valid time
  const std::time_t seconds = std::mktime(&fields);
  if (fields.tm_wday == -1) return std::nullopt;
  return std::int64_t{seconds};
}

}  // namespace

void append_epoch_seconds(std::string& out, TimestampNs time) {
  append_seconds(out, DurationNs{time.value}, static_cast<int>(kNsDigits));
}

char* put_seconds(char* out, DurationNs span, int digits) {
  constexpr std::array<char* (*)(char*, DurationNs), kNsDigits + 1> kOfDigits = {
      put_span<0>, put_span<1>, put_span<2>, put_span<3>, put_span<4>,
      put_span<5>, put_span<6>, put_span<7>, put_span<8>, put_span<9>};
  return kOfDigits[std::min(static_cast<unsigned>(std::max(digits, 0)), kNsDigits)](out, span);
}

void append_seconds(std::string& out, DurationNs span, int digits) {
  std::array<char, kGreatestSeconds> text{};
  out.append(text.data(), put_seconds(text.data(), span, digits));
}

void append_local_time(std::string& out, TimestampNs time, bool utc) { append_calendar(out, time, utc, ' '); }

void append_wireshark_time(std::string& out, TimestampNs time) {
  constexpr std::array<const char*, 12> kMonths = {"Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ",
                                                   "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "};
  const SplitTime parts = split(time);
  const std::tm calendar = calendar_of(parts.seconds, false);
  out += kMonths[static_cast<std::size_t>(calendar.tm_mon)];
  if (calendar.tm_mday < 10) out.push_back(' ');
  append_number(out, static_cast<std::uint64_t>(calendar.tm_mday));
  out += ", ";
  append_padded(out, std::uint64_t{1900} + static_cast<std::uint64_t>(calendar.tm_year), 4);
  out.push_back(' ');
  append_time_of_day(out, calendar, parts.nanoseconds);
  out.push_back(' ');
  out += calendar.tm_zone;
}

void append_iso8601_utc(std::string& out, TimestampNs time) {
  append_calendar(out, time, true, 'T');
  out.push_back('Z');
}

std::optional<DurationNs> parse_duration(std::string_view text) {
  TextCursor in(text);
  const bool negative = in.accept('-');
  if (!negative) (void)in.accept('+');
  const std::string_view whole = in.digits();
  const std::string_view fraction = in.accept('.') ? in.digits() : std::string_view();
  const auto unit = unit_ns(in.rest());
  if ((whole.empty() && fraction.empty()) || !unit) return std::nullopt;
  std::uint64_t value = 0;
  if (!whole.empty() && std::from_chars(whole.data(), whole.data() + whole.size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  // Fractions to 10^-9 of the unit; split so that even hours stay below 2^64.
  const std::uint64_t parts = billionths(fraction);
  const std::uint64_t part_ns = parts * (*unit / 1'000) / 1'000'000 + parts * (*unit % 1'000) / 1'000'000'000;
  std::uint64_t total = 0;
  if (__builtin_mul_overflow(value, *unit, &total) || __builtin_add_overflow(total, part_ns, &total)) {
    return std::nullopt;
  }
  if (total > (std::uint64_t{1} << 63) - (negative ? 0 : 1)) return std::nullopt;
  return DurationNs{static_cast<std::int64_t>(negative ? 0 - total : total)};
}

std::optional<TimestampNs> parse_iso8601(std::string_view text) {
  TextCursor in(text);
  const auto calendar = parse_calendar(in);
  if (!calendar) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(calendar->year),
                                         std::chrono::month(static_cast<unsigned>(calendar->month)),
                                         std::chrono::day(static_cast<unsigned>(calendar->day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = 0;
  if (in.at_end()) {
    const auto local = local_seconds(*calendar);
    if (!local) return std::nullopt;
    seconds = *local;
  } else {
    const auto zone = parse_zone(in);
    if (!zone || !in.at_end()) return std::nullopt;
    seconds = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86'400 + calendar->hour * 3600 +
              calendar->minute * 60 + calendar->second - *zone;
  }
  // Counted from the second after it, so that the least time of all does not overflow half way.
  const bool before_epoch = seconds < 0;
  const auto part = static_cast<std::int64_t>(calendar->nanoseconds) - (before_epoch ? kNsPerSecond : 0);
  std::int64_t total = 0;
  if (__builtin_mul_overflow(seconds + (before_epoch ? 1 : 0), kNsPerSecond, &total)) return std::nullopt;
  if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
  return TimestampNs{total};
}

}  // namespace pcapsule::text
