// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "analyzer/filter/ast.h"

/// The grammar, as observed of Wireshark 4.0 (docs/filter.md explains it to users):
///
///     filter     = [ or ] ;
///     or         = and { ( "or" | "||" ) and } ;
///     and        = not { ( "and" | "&&" ) not } ;
///     not        = { "not" | "!" } ( "(" or ")" | relation ) ;
///     relation   = value                                        (* present, or not zero *)
///                | [ "any" | "all" ] value compare value { compare value }
///                | [ "any" | "all" ] field [ "not" ] "in" "{" member { "," member } "}"
///                | [ "any" | "all" ] value ( "contains" | "matches" | "~" ) value ;
///     compare    = "==" | "eq" | "any_eq" | "===" | "all_eq" | "!=" | "ne" | "all_ne" | "!==" | "~=" | "any_ne"
///                | "<" | "lt" | "<=" | "le" | ">" | "gt" | ">=" | "ge" ;
///     value      = sum { "&" sum } ;
///     sum        = product { ( "+" | "-" ) product } ;
///     product    = factor { ( "*" | "/" | "%" ) factor } ;
///     factor     = "{" value "}" | [ "+" | "-" ] entity ;
///     entity     = ( field | constant | function "(" value { "," value } ")" ) { "[" ranges "]" } ;
///     field      = word [ "#" layers ] ;
///     member     = [ "+" | "-" ] entity [ ".." [ "+" | "-" ] entity ] ;
///
/// Parentheses group conditions, braces group arithmetic.
namespace pcapsule::filter {

/// Levels of parentheses, braces, calls, slices and operators inside one another.
inline constexpr unsigned kGreatestNesting = 100;
inline constexpr std::size_t kGreatestMembers = 20'000;  ///< of a set
inline constexpr std::size_t kGreatestArguments = 16;    ///< of a function

/// nullopt in the variant: the expression is empty and every row matches.
std::variant<std::optional<ast::Condition>, Fault> parse(std::string_view expression);

}  // namespace pcapsule::filter
