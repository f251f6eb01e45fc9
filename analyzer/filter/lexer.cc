// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/lexer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace pcapsule::filter {

namespace {

using K = TokenKind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word_byte(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == ':'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Longest first: of two that match, the longer holds.
constexpr auto kOperators = std::to_array<std::pair<std::string_view, K>>({
    {"===", K::kAllEq},
    {"!==", K::kAnyNe},
    {"==", K::kAnyEq},
    {"!=", K::kAllNe},
    {"~=", K::kAnyNe},
    {"<=", K::kLessOrEqual},
    {">=", K::kGreaterOrEqual},
    {"&&", K::kAnd},
    {"||", K::kOr},
    {"..", K::kDots},
    {"<", K::kLess},
    {">", K::kGreater},
    {"~", K::kMatches},
    {"!", K::kNot},
    {"&", K::kBitAnd},
    {"+", K::kPlus},
    {"-", K::kMinus},
    {"*", K::kStar},
    {"/", K::kSlash},
    {"%", K::kPercent},
    {"(", K::kLeftParen},
    {")", K::kRightParen},
    {"{", K::kLeftBrace},
    {"}", K::kRightBrace},
    {",", K::kComma},
});

constexpr auto kKeywords = std::to_array<std::pair<std::string_view, K>>({
    {"and", K::kAnd},
    {"or", K::kOr},
    {"not", K::kNot},
    {"any", K::kAny},
    {"all", K::kAll},
    {"in", K::kIn},
    {"eq", K::kAnyEq},
    {"ne", K::kAllNe},
    {"any_eq", K::kAnyEq},
    {"all_eq", K::kAllEq},
    {"any_ne", K::kAnyNe},
    {"all_ne", K::kAllNe},
    {"lt", K::kLess},
    {"le", K::kLessOrEqual},
    {"gt", K::kGreater},
    {"ge", K::kGreaterOrEqual},
    {"contains", K::kContains},
    {"matches", K::kMatches},
});

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::variant<std::vector<Token>, Fault> run() {
    if (text_.size() > kGreatestExpressionBytes) {
      return Fault{"the expression is longer than " + std::to_string(kGreatestExpressionBytes) + " bytes", {0, 1}};
    }
    for (skip_blanks(); at_ < text_.size() && !fault_; skip_blanks()) next();
    if (fault_) return *fault_;
    tokens_.push_back({K::kEnd, {place(text_.size()), place(text_.size())}, {}});
    return std::move(tokens_);
  }

 private:
  static std::uint32_t place(std::size_t at) { return static_cast<std::uint32_t>(at); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  void fail(std::string message, std::size_t begin, std::size_t end) {
    if (!fault_) fault_ = Fault{std::move(message), {place(begin), place(end)}};
  }
  void push(K kind, std::size_t begin, std::string text = {}) {
    tokens_.push_back({kind, {place(begin), place(at_)}, std::move(text)});
  }

  void next() {
    const char c = peek();
    if (c == '"') return quoted(K::kString, at_, false);
    if (c == 'r' && peek(1) == '"') return ++at_, quoted(K::kString, at_ - 1, true);
    if (c == '\'') return quoted(K::kCharacter, at_, false);
    if (c == '[') return bracketed(K::kSlice, at_);
    if (c == '#') return layer();
    const bool colons = c == ':' && (peek(1) == ':' || hex_digit(peek(1)) >= 0);
    const bool dotted_name = c == '.' && peek(1) != '.' && is_word_byte(peek(1));
    if (is_letter(c) || is_digit(c) || colons || dotted_name) return word();
    for (const auto& [symbol, kind] : kOperators) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      return push(kind, at_ - symbol.size());
    }
    fail(c == '=' ? "a comparison is written ==" : "this does not belong here", at_, at_ + 1);
  }

  void word() {
    const std::size_t begin = at_;
    while (is_word_byte(peek()) && !(peek() == '.' && peek(1) == '.')) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    const bool address = name.find(':') != std::string_view::npos ||
                         (std::ranges::count(name, '.') == 3 && name.find_first_not_of("0123456789.") == name.npos);
    if (address && peek() == '/' && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek()) || peek() == '.') ++at_;
    }
    const auto* const keyword = std::ranges::find(kKeywords, name, &std::pair<std::string_view, K>::first);
    if (keyword != kKeywords.end()) return push(keyword->second, begin);
    push(K::kWord, begin, std::string(text_.substr(begin, at_ - begin)));
  }

  void layer() {
    const std::size_t begin = at_++;
    if (peek() == '[') return bracketed(K::kLayer, begin);
    const std::size_t digits = at_;
    while (is_digit(peek())) ++at_;
    if (digits == at_) return fail("a layer is written tcp.port#1 or tcp.port#[1-2]", begin, at_ + 1);
    push(K::kLayer, begin, std::string(text_.substr(digits, at_ - digits)));
  }

  void bracketed(K kind, std::size_t begin) {
    const std::size_t close = text_.find(']', at_);
    if (close == std::string_view::npos) return fail("the closing ] is missing", at_, at_ + 1);
    std::string inner(text_.substr(at_ + 1, close - at_ - 1));
    std::erase_if(inner, is_blank);
    at_ = close + 1;
    push(kind, begin, std::move(inner));
  }

  /// From the opening quote at `at_`; `begin` is there or at the r before it.
  void quoted(K kind, std::size_t begin, bool raw) {
    const char quote = text_[at_++];
    std::string value;
    while (peek() != quote) {
      if (at_ >= text_.size()) return fail("the closing quote is missing", begin, begin + 1);
      if (peek() != '\\') {
        value.push_back(text_[at_++]);
      } else if (raw) {
        value.push_back(text_[at_++]);
        if (peek() == quote) value.push_back(text_[at_++]);
      } else if (!escape(value)) {
        return;
      }
    }
    ++at_;
    if (kind == K::kCharacter && value.size() != 1) return fail("between ' ' stands one character", begin, at_);
    push(kind, begin, std::move(value));
  }

  bool escape(std::string& out) {
    const std::size_t begin = at_++;
    constexpr std::string_view kLetters = "abfnrtv\\'\"";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"";
    const char letter = peek();
    ++at_;
    if (const auto found = kLetters.find(letter); letter != '\0' && found != kLetters.npos) {
      out.push_back(kMeanings[found]);
      return true;
    }
    if (letter >= '0' && letter <= '7') return octal(out, begin);
    if (letter == 'x') return hexadecimal(out, begin, 1, 2);
    if (letter == 'u') return hexadecimal(out, begin, 4, 4);
    if (letter == 'U') return hexadecimal(out, begin, 8, 8);
    fail("there is no such escape; write \\\\ for a backslash, or r\"...\" for a text without escapes", begin, at_);
    return false;
  }

  bool octal(std::string& out, std::size_t begin) {
    --at_;
    unsigned value = 0;
    for (int digits = 0; digits < 3 && peek() >= '0' && peek() <= '7'; ++digits) {
      value = value * 8 + static_cast<unsigned>(text_[at_++] - '0');
    }
    if (value > 0xff) return fail("an octal escape goes up to \\377", begin, at_), false;
    out.push_back(static_cast<char>(value));
    return true;
  }

  bool hexadecimal(std::string& out, std::size_t begin, std::size_t least, std::size_t greatest) {
    std::uint32_t value = 0;
    std::size_t digits = 0;
    for (; digits < greatest && hex_digit(peek()) >= 0; ++digits) {
      value = value << 4 | static_cast<std::uint32_t>(hex_digit(text_[at_++]));
    }
    if (digits < least) return fail("hexadecimal digits are missing: \\xHH, \\uHHHH or \\UHHHHHHHH", begin, at_), false;
    if (greatest == 2) {
      out.push_back(static_cast<char>(value));
      return true;
    }
    // As in C: no universal name for what can be typed, nor for a surrogate.
    const bool character = value >= 0xa0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
    if (!character) return fail("this is no valid universal character name", begin, at_), false;
    append_utf8(out, value);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::optional<Fault> fault_;
};

}  // namespace

std::variant<std::vector<Token>, Fault> tokenize(std::string_view expression) { return Lexer(expression).run(); }

}  // namespace pcapsule::filter
