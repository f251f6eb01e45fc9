// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/filter/fault.h"

namespace pcapsule::filter {

enum class TokenKind : std::uint8_t {
  kWord,       ///< a name or an unquoted value: tcp.port, 80, 10.0.0.0/8, 2001:db8::1
  kString,     ///< "..." or r"...", its escapes resolved
  kCharacter,  ///< 'A'
  kSlice,      ///< [0:2]: what stands between the brackets
  kLayer,      ///< #1 or #[1-2]: what stands behind the #, without brackets
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kComma,
  kDots,  ///< ..
  kAnd,
  kOr,
  kNot,
  kAny,
  kAll,
  kIn,
  kAnyEq,
  kAllEq,
  kAnyNe,
  kAllNe,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kContains,
  kMatches,
  kBitAnd,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Span at;
  std::string text;  ///< of the first five kinds; else empty
};

/// A longer expression is refused.
inline constexpr std::size_t kGreatestExpressionBytes = std::size_t{256} * 1024;

/// The words of an expression, ending in kEnd.
///
/// A word runs over letters, digits and `_ - . :`, so that `tcp.len-1` is one word,
/// as in Wireshark, and `1..5` is three. A `/` belongs to it where it makes an
/// address a network.
std::variant<std::vector<Token>, Fault> tokenize(std::string_view expression);

}  // namespace pcapsule::filter
