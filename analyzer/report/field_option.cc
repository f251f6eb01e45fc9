// SPDX-License-Identifier: Apache-2.0
// The values of -E.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "analyzer/report/renderer.h"

namespace pcapsule::report {

namespace {

/// One character, or `/t` for a tab, `/s` for a blank.
std::optional<char> parse_character(std::string_view text) {
  if (text == "/t") return '\t';
  if (text == "/s") return ' ';
  if (text.size() == 1) return text.front();
  return std::nullopt;
}

/// The character that a one-letter choice stands for.
template <class T, std::size_t N>
std::optional<T> parse_choice(std::string_view text, const std::array<std::pair<char, T>, N>& choices) {
  for (const auto& [letter, value] : choices) {
    if (text.size() == 1 && text.front() == letter) return value;
  }
  return std::nullopt;
}

template <class T>
bool assign(T& target, const std::optional<T>& value) {
  if (value) target = *value;
  return value.has_value();
}

}  // namespace

Result<void> apply_field_option(std::string_view text, FieldFormat& format) {
  using Occurrence = FieldFormat::Occurrence;
  constexpr std::array<std::pair<char, bool>, 2> kSwitch = {{{'y', true}, {'n', false}}};
  constexpr std::array<std::pair<char, char>, 3> kQuotes = {{{'d', '"'}, {'s', '\''}, {'n', '\0'}}};
  constexpr std::array<std::pair<char, Occurrence>, 3> kOccurrences = {
      {{'f', Occurrence::kFirst}, {'l', Occurrence::kLast}, {'a', Occurrence::kAll}}};
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(std::min(equals + 1, text.size()));
  bool good = false;
  if (name == "header") good = assign(format.header, parse_choice(value, kSwitch));
  if (name == "separator") good = assign(format.separator, parse_character(value));
  if (name == "aggregator") good = assign(format.aggregator, parse_character(value));
  if (name == "quote") good = assign(format.quote, parse_choice(value, kQuotes));
  if (name == "occurrence") good = assign(format.occurrence, parse_choice(value, kOccurrences));
  if (good) return {};
  return Error{ErrorCode::kUsage, "-E " + std::string(text) +
                                      ": write header=y|n, separator=/t|/s|CHARACTER, quote=d|s|n, "
                                      "occurrence=f|l|a or aggregator=,|/s|CHARACTER"};
}

}  // namespace pcapsule::report
