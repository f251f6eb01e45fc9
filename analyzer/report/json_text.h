// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/report/buffered_writer.h"
#include "common/base/time.h"

namespace pcapsule::report {

/// Writes one JSON value piece by piece, for what is no table: commas and quotes are put
/// where they belong. Nesting is the caller's: each begin has its end.
class JsonText {
 public:
  explicit JsonText(BufferedWriter& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_list() { open('['); }
  void end_list() { close(']'); }
  /// The name of the value that follows. Top-level members stand on lines of their own.
  void key(std::string_view name);

  void text(std::string_view value);
  void boolean(bool value) { put(value ? "true" : "false"); }
  void null() { put("null"); }
  template <std::integral Number>
  void number(Number value) {
    put(std::to_string(value));
  }
  template <std::integral Number>
  void number(const std::optional<Number>& value) {
    value ? put(std::to_string(*value)) : null();
  }
  /// With six digits after the point.
  void decimal(double value);
  /// Seconds since the epoch, as text.
  void stamp(std::int64_t ns);

  template <std::integral Number>
  void member(std::string_view name, Number value) {
    key(name);
    number(value);
  }
  template <std::integral Number>
  void member(std::string_view name, const std::optional<Number>& value) {
    key(name);
    number(value);
  }
  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void member(std::string_view name, const char* value) { member(name, std::string_view(value)); }
  void member(std::string_view name, bool value) {
    key(name);
    boolean(value);
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void put(std::string_view value);

  BufferedWriter& out_;
  std::string scratch_;
  unsigned depth_ = 0;
  bool first_ = true;  ///< of its object or list
  bool after_key_ = false;
};

}  // namespace pcapsule::report
