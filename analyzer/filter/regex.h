// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace pcapsule::filter {

/// Steps that one match may take; hostile patterns end there.
inline constexpr unsigned kGreatestMatchSteps = 100'000;

/// A compiled pattern of `matches`: PCRE2, case-insensitive, over bytes.
class Regex {
 public:
  enum class Outcome { kMatch, kNoMatch, kGaveUp };

  /// The message of PCRE2 if the pattern is none.
  static std::variant<Regex, std::string> compile(std::string_view pattern);

  [[nodiscard]] Outcome match(std::string_view text) const;

 private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace pcapsule::filter
