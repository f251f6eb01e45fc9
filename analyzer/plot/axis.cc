// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/axis.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace pcapsule::plot {

namespace {

struct Scale {
  double factor;  ///< of the unit of the points
  double from;    ///< used when the greatest value is at least this
  std::string_view name;
};

// kB is 1000 bytes. A unit begins where its numbers have an own digit or two before the point.
constexpr std::array<Scale, 4> kByteScales = {{{1e9, 1e10, "GB"}, {1e6, 1e7, "MB"}, {1e3, 1e4, "kB"}, {1, 0, "bytes"}}};
constexpr std::array<Scale, 4> kBitScales = {
    {{1e9, 2e9, "Gbit/s"}, {1e6, 2e6, "Mbit/s"}, {1e3, 2e3, "kbit/s"}, {1, 0, "bit/s"}}};
constexpr std::array<Scale, 4> kTimeScales = {{{1e9, 1e9, "s"}, {1e6, 1e6, "ms"}, {1e3, 1e3, "us"}, {1, 0, "ns"}}};
constexpr std::array<Scale, 4> kClockScales = {{{1e9, 1e8, "s"}, {1e6, 1e5, "ms"}, {1e3, 1e3, "us"}, {1, 0, "ns"}}};
constexpr std::array<Scale, 1> kShareScales = {{{0.01, 0, "%"}}};

std::span<const Scale> scales_of(Unit unit) {
  switch (unit) {
    case Unit::kBytes:
      return kByteScales;
    case Unit::kBitsPerSecond:
      return kBitScales;
    case Unit::kNanoseconds:
      return kTimeScales;
    case Unit::kClock:
      return kClockScales;
    case Unit::kShare:
      return kShareScales;
  }
  return kByteScales;
}

const Scale& scale_of(Unit unit, double greatest) {
  const auto scales = scales_of(unit);
  return *std::ranges::find_if(scales, [&](const Scale& scale) { return greatest >= scale.from || scale.from == 0; });
}

std::string fixed(double value, int decimals) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
  return error == std::errc() ? std::string(text.data(), end) : std::string();
}

/// The least of 1, 2 and 5 times a power of ten that is at least `least`, and the power.
std::pair<double, int> round_step(double least) {
  int power = static_cast<int>(std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (digit * std::pow(10.0, power) >= least * (1 - 1e-9)) return {digit * std::pow(10.0, power), power};
  }
  ++power;
  return {std::pow(10.0, power), power};
}

void add_linear_ticks(Axis& axis, const Scale& scale, std::size_t wanted) {
  const double low = axis.low / scale.factor;
  const double high = axis.high / scale.factor;
  const auto [step, power] = round_step((high - low) / static_cast<double>(std::max<std::size_t>(wanted, 1)));
  const double first = std::ceil(low / step - 1e-9);
  for (double i = first; i * step <= high + step * 1e-9; ++i) {
    const double at = i == 0 ? 0 : i * step;  // not -0
    axis.ticks.push_back({at * scale.factor, fixed(at, std::max(-power, 0))});
    if (axis.ticks.size() > 2 * wanted + 2) return;  // numbers so large that steps vanish in them
  }
}

/// Ticks of a logarithmic axis say their own unit: they reach over several.
void add_logarithmic_ticks(Axis& axis, Unit unit) {
  const int first = static_cast<int>(std::floor(std::log10(axis.low)));
  const int last = static_cast<int>(std::ceil(std::log10(axis.high)));
  const bool dense = last - first <= 3;
  for (int power = first; power <= last; ++power) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      if (digit > 1 && !dense) continue;
      const double at = digit * std::pow(10.0, power);
      if (at < axis.low || at > axis.high) continue;
      const Scale& scale = scale_of(unit, at);
      axis.ticks.push_back({at, plain_number(at / scale.factor) + " " + std::string(scale.name)});
    }
  }
}

}  // namespace

std::string plain_number(double value) {
  std::array<char, 400> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(text.data(), end) : std::string();
}

Axis make_axis(Unit unit, double least, double greatest, Fit fit, std::size_t ticks) {
  Axis axis;
  axis.low = least;
  axis.high = greatest;
  if (fit == Fit::kLogarithmic) {
    axis.logarithmic = true;
    axis.low = least * 0.8;
    axis.high = greatest * 1.25;
    add_logarithmic_ticks(axis, unit);
    return axis;
  }
  if (fit == Fit::kFromZero) axis.low = std::min(least, 0.0);
  if (axis.high <= axis.low) {  // one value
    constexpr double kMillisecond = 1e6;
    const double least_room = unit == Unit::kShare ? 0.1 : unit == Unit::kClock ? kMillisecond : 1;
    const double around = std::max(std::abs(axis.low) * 0.1, least_room);
    if (fit != Fit::kFromZero) axis.low -= around;
    axis.high += around;
  }
  const double room = (axis.high - axis.low) * 0.05;
  if (fit != Fit::kExact) axis.high += room;
  if (fit == Fit::kTight) axis.low -= room;
  if (fit == Fit::kFromZero && least <= 0) axis.low -= room / 2;
  const Scale& scale = scale_of(unit, std::max(std::abs(greatest), std::abs(axis.low)));
  axis.unit = scale.name;
  add_linear_ticks(axis, scale, ticks);
  return axis;
}

}  // namespace pcapsule::plot
