// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/parser.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/filter/lexer.h"

namespace pcapsule::filter {

namespace {

using ast::Condition;
using ast::Quantifier;
using ast::Relation;
using ast::Value;
using ast::ValuePtr;
using K = TokenKind;

struct Compare {
  Relation relation;
  Quantifier quantifier;
};

/// The comparison that a token stands for, with the quantifier that it has by itself.
std::optional<Compare> comparison_of(K kind) {
  switch (kind) {
    case K::kAnyEq:
      return Compare{Relation::kEq, Quantifier::kAny};
    case K::kAllEq:
      return Compare{Relation::kEq, Quantifier::kAll};
    case K::kAnyNe:
      return Compare{Relation::kNe, Quantifier::kAny};
    case K::kAllNe:
      return Compare{Relation::kNe, Quantifier::kAll};
    case K::kLess:
      return Compare{Relation::kLess, Quantifier::kAny};
    case K::kLessOrEqual:
      return Compare{Relation::kLessOrEqual, Quantifier::kAny};
    case K::kGreater:
      return Compare{Relation::kGreater, Quantifier::kAny};
    case K::kGreaterOrEqual:
      return Compare{Relation::kGreaterOrEqual, Quantifier::kAny};
    case K::kContains:
      return Compare{Relation::kContains, Quantifier::kAny};
    case K::kMatches:
      return Compare{Relation::kMatches, Quantifier::kAny};
    default:
      return std::nullopt;
  }
}

bool can_be_chained(Relation relation) { return relation != Relation::kContains && relation != Relation::kMatches; }

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  std::variant<std::optional<Condition>, Fault> run() {
    if (peek().kind == K::kEnd) return std::optional<Condition>();
    auto condition = parse_or();
    if (!fault_ && peek().kind != K::kEnd) unexpected();
    if (fault_) return *fault_;
    return std::optional<Condition>(std::move(condition));
  }

 private:
  /// Counts a level of nesting as long as it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.level_ > kGreatestNesting) {
        parser_.fail("the expression is nested more than " + std::to_string(kGreatestNesting) + " levels deep");
      }
    }
    ~Level() { --parser_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
  const Token& take() { return tokens_[peek().kind == K::kEnd ? at_ : at_++]; }
  bool accept(K kind) {
    if (fault_ || peek().kind != kind) return false;
    take();
    return true;
  }
  void expect(K kind, const char* what) {
    if (!accept(kind)) fail(std::string("here should stand ") + what);
  }
  void fail(std::string message) { fail_at(std::move(message), peek().at); }
  void fail_at(std::string message, Span at) {
    if (!fault_) fault_ = Fault{std::move(message), at};
  }
  void unexpected() { fail(peek().kind == K::kEnd ? "the expression ends too early" : "this does not belong here"); }
  /// From `begin` up to the token before this one.
  [[nodiscard]] Span since(std::uint32_t begin) const { return {begin, at_ == 0 ? begin : tokens_[at_ - 1].at.end}; }

  /// Terms of `parse`, joined by `joint`; a term alone is itself.
  template <class Joined, auto kTerms>
  Condition parse_joined(K joint, Condition (Parser::*parse)()) {
    const std::uint32_t begin = peek().at.begin;
    Condition first = (this->*parse)();
    if (fault_ || peek().kind != joint) return first;
    Joined joined;
    (joined.*kTerms).push_back(std::move(first));
    while (accept(joint)) (joined.*kTerms).push_back((this->*parse)());
    return {since(begin), std::move(joined)};
  }

  Condition parse_or() { return parse_joined<ast::Or, &ast::Or::any>(K::kOr, &Parser::parse_and); }
  Condition parse_and() { return parse_joined<ast::And, &ast::And::all>(K::kAnd, &Parser::parse_not); }

  Condition parse_not() {
    const std::uint32_t begin = peek().at.begin;
    bool negated = false;
    while (accept(K::kNot)) negated = !negated;
    Condition condition = parse_primary();
    if (!negated || fault_) return condition;
    return {since(begin), ast::Not{std::make_unique<Condition>(std::move(condition))}};
  }

  Condition parse_primary() {
    if (peek().kind != K::kLeftParen) return parse_relation();
    const Level level(*this);
    if (fault_) return {};
    const Token open = take();
    Condition condition = parse_or();
    if (!fault_ && !accept(K::kRightParen)) {
      peek().kind == K::kEnd ? fail_at("this parenthesis is not closed", open.at) : unexpected();
    }
    // As in Wireshark, where a comparison after ) has nothing to compare.
    if (!fault_ && (comparison_of(peek().kind) || is_arithmetic(peek().kind))) {
      fail("parentheses group conditions; group arithmetic with { }");
    }
    return condition;
  }

  static bool is_arithmetic(K kind) {
    return kind == K::kBitAnd || kind == K::kPlus || kind == K::kMinus || kind == K::kStar || kind == K::kSlash ||
           kind == K::kPercent;
  }

  Condition parse_relation() {
    const std::uint32_t begin = peek().at.begin;
    std::optional<Quantifier> quantifier;
    if (accept(K::kAny)) quantifier = Quantifier::kAny;
    if (!quantifier && accept(K::kAll)) quantifier = Quantifier::kAll;
    Value left = parse_value();
    if (fault_) return {};
    if (const auto compare = comparison_of(peek().kind)) return parse_comparison(begin, quantifier, std::move(left));
    const bool negated = peek().kind == K::kNot && tokens_[at_ + 1].kind == K::kIn;
    if (negated) take();
    if (accept(K::kIn)) return parse_membership(begin, quantifier, std::move(left), negated);
    if (quantifier) fail("'any' and 'all' stand before a comparison");
    return {since(begin), ast::Test{std::make_unique<Value>(std::move(left))}};
  }

  /// `left < b < c` is `left < b && b < c`: b is read twice.
  Condition parse_comparison(std::uint32_t begin, std::optional<Quantifier> quantifier, Value left) {
    std::vector<Condition> links;
    while (const auto compare = comparison_of(peek().kind)) {
      if (!links.empty() && !can_be_chained(compare->relation)) break;
      take();
      const std::size_t second = at_;
      Value right = parse_value();
      if (fault_) return {};
      links.push_back(
          {since(left.at.begin),
           ast::Comparison{compare->relation, quantifier.value_or(compare->quantifier),
                           std::make_unique<Value>(std::move(left)), std::make_unique<Value>(std::move(right))}});
      if (!can_be_chained(compare->relation) || !comparison_of(peek().kind)) break;
      const std::size_t end = std::exchange(at_, second);
      left = parse_value();
      at_ = end;
    }
    if (links.size() == 1) return {since(begin), std::move(links.front().node)};
    return {since(begin), ast::And{std::move(links)}};
  }

  Condition parse_membership(std::uint32_t begin, std::optional<Quantifier> quantifier, Value left, bool negated) {
    ast::Membership set{quantifier.value_or(Quantifier::kAny), negated, std::make_unique<Value>(std::move(left)), {}};
    expect(K::kLeftBrace, "the set, as {80, 443, 8000..8080}");
    while (!fault_) {
      if (set.members.size() == kGreatestMembers)
        fail("the set has more than " + std::to_string(kGreatestMembers) + " members");
      set.members.push_back(parse_member());
      if (accept(K::kRightBrace)) break;
      if (!accept(K::kComma)) {
        peek().kind == K::kEnd ? unexpected() : fail("members of a set are separated by commas");
      }
    }
    return {since(begin), std::move(set)};
  }

  ast::Member parse_member() {
    ast::Member member{parse_signed_entity(), nullptr};
    if (accept(K::kDots)) member.last = std::make_unique<Value>(parse_signed_entity());
    return member;
  }

  /// `operand op operand op ...`, grouped to the left.
  template <std::size_t N>
  Value parse_left(const std::array<std::pair<K, ast::Arithmetic>, N>& operators, Value (Parser::*operand)()) {
    Value left = (this->*operand)();
    const unsigned level = level_;
    for (bool more = true; more && !fault_;) {
      more = false;
      for (const auto& [kind, op] : operators) {
        if (!accept(kind)) continue;
        // A tree to the left: each operator is a level.
        if (++level_ > kGreatestNesting) fail("too many operators in one value");
        Value right = (this->*operand)();
        const Span at = since(left.at.begin);
        left = Value{
            at, ast::Binary{op, std::make_unique<Value>(std::move(left)), std::make_unique<Value>(std::move(right))}};
        more = true;
        break;
      }
    }
    level_ = level;
    return left;
  }

  Value parse_value() {
    using A = ast::Arithmetic;
    constexpr std::array<std::pair<K, A>, 1> kOperators = {{{K::kBitAnd, A::kBitAnd}}};
    return parse_left(kOperators, &Parser::parse_sum);
  }
  Value parse_sum() {
    using A = ast::Arithmetic;
    constexpr std::array<std::pair<K, A>, 2> kOperators = {{{K::kPlus, A::kAdd}, {K::kMinus, A::kSubtract}}};
    return parse_left(kOperators, &Parser::parse_product);
  }
  Value parse_product() {
    using A = ast::Arithmetic;
    constexpr std::array<std::pair<K, A>, 3> kOperators = {
        {{K::kStar, A::kMultiply}, {K::kSlash, A::kDivide}, {K::kPercent, A::kModulo}}};
    return parse_left(kOperators, &Parser::parse_factor);
  }

  Value parse_factor() {
    if (peek().kind != K::kLeftBrace) return parse_signed_entity();
    const Level level(*this);
    if (fault_) return {};
    const Token open = take();
    Value value = parse_value();
    if (!fault_ && !accept(K::kRightBrace)) {
      peek().kind == K::kEnd ? fail_at("this brace is not closed", open.at) : unexpected();
    }
    return value;
  }

  Value parse_signed_entity() {
    const std::uint32_t begin = peek().at.begin;
    const bool negative = accept(K::kMinus);
    if (!negative) (void)accept(K::kPlus);
    Value value = parse_entity();
    if (!negative) return value;
    return {since(begin), ast::Negation{std::make_unique<Value>(std::move(value))}};
  }

  Value parse_entity() {
    const Token token = peek();
    Value value{token.at, {}};
    if (accept(K::kWord)) {
      value = peek().kind == K::kLeftParen ? parse_call(token) : parse_layer(token);
    } else if (accept(K::kString)) {
      value.node = ast::String{token.text};
    } else if (accept(K::kCharacter)) {
      value.node = ast::Character{static_cast<unsigned char>(token.text.front())};
    } else {
      unexpected();
    }
    const unsigned level = level_;
    while (!fault_ && peek().kind == K::kSlice) {
      if (++level_ > kGreatestNesting) fail("too many slices of one value");
      const Token slice = take();
      value = Value{since(token.at.begin), ast::Slice{std::make_unique<Value>(std::move(value)), slice.text}};
    }
    level_ = level;
    return value;
  }

  Value parse_layer(const Token& word) {
    if (peek().kind != K::kLayer) return {word.at, ast::Word{word.text}};
    const Token layer = take();
    return {since(word.at.begin), ast::Layer{word.text, layer.text}};
  }

  Value parse_call(const Token& name) {
    const Level level(*this);
    expect(K::kLeftParen, "(");
    ast::Call call{name.text, {}};
    if (!accept(K::kRightParen)) {
      do {
        if (call.arguments.size() == kGreatestArguments) fail("a function has at most 16 arguments");
        call.arguments.push_back(parse_value());
      } while (accept(K::kComma));
      if (!fault_ && !accept(K::kRightParen)) unexpected();
    }
    return {since(name.at.begin), std::move(call)};
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  unsigned level_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace

std::variant<std::optional<Condition>, Fault> parse(std::string_view expression) {
  auto tokens = tokenize(expression);
  if (auto* fault = std::get_if<Fault>(&tokens)) return std::move(*fault);
  return Parser(std::move(std::get<std::vector<Token>>(tokens))).run();
}

}  // namespace pcapsule::filter
