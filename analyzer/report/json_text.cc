// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/json_text.h"

#include <array>
#include <charconv>

#include "common/text/escape.h"
#include "common/text/time_text.h"

namespace pcapsule::report {

void JsonText::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_.append(depth_ <= 2 ? ",\n" : ", ");
  if (first_ && depth_ > 0 && depth_ <= 2) out_.put('\n');
  first_ = false;
}

void JsonText::open(char bracket) {
  separate();
  out_.put(bracket);
  ++depth_;
  first_ = true;
}

void JsonText::close(char bracket) {
  if (depth_ <= 2 && !first_) out_.put('\n');
  --depth_;
  first_ = false;
  out_.put(bracket);
}

void JsonText::key(std::string_view name) {
  separate();
  scratch_.clear();
  text::append_json_string(scratch_, name);
  out_.append(scratch_);
  out_.append(": ");
  after_key_ = true;
}

void JsonText::put(std::string_view value) {
  separate();
  out_.append(value);
}

void JsonText::text(std::string_view value) {
  scratch_.clear();
  text::append_json_string(scratch_, value);
  put(scratch_);
}

void JsonText::decimal(double value) {
  std::array<char, 64> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 6);
  error == std::errc() ? put(std::string_view(digits.data(), end)) : null();
}

void JsonText::stamp(std::int64_t ns) {
  std::string seconds;
  text::append_epoch_seconds(seconds, TimestampNs{ns});
  text(seconds);
}

}  // namespace pcapsule::report
