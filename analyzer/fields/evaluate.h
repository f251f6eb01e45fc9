// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/fields/cells.h"
#include "analyzer/fields/chunk_context.h"
#include "analyzer/fields/field.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

/// From a function of one row to the evaluation of a strip. The function is a
/// template argument, so that each field is one loop of its own.
namespace pcapsule::fields {

using Value = std::uint64_t;
using Maybe = std::optional<std::uint64_t>;

constexpr Value bits(std::int64_t value) { return static_cast<Value>(value); }

/// A field that every row has: kGet(strip, i) is its value.
template <auto kGet>
void each(const Strip& strip, Cells& out) {
  Value* const values = out.one_each();
  for (std::size_t i = 0; i < strip.rows.size(); ++i) values[i] = kGet(strip, i);
}

/// A field that some rows have: kGet(strip, i) is its value, or nullopt.
template <auto kGet>
void some(const Strip& strip, Cells& out) {
  out.begin();
  for (std::size_t i = 0; i < strip.rows.size(); ++i) {
    if (const Maybe value = kGet(strip, i)) out.add(*value);
    out.end_row();
  }
}

/// A field with several values a row: kAdd(strip, i, out) adds them.
template <auto kAdd>
void several(const Strip& strip, Cells& out) {
  out.begin();
  for (std::size_t i = 0; i < strip.rows.size(); ++i) {
    kAdd(strip, i, out);
    out.end_row();
  }
}

inline std::uint8_t oddities(const Strip& s, std::size_t i) { return s.chunk().oddities[s.row(i)]; }
inline bool malformed(const Strip& s, std::size_t i) { return (oddities(s, i) & oddity::kBadDataOffset) != 0; }
inline bool length_known(const Strip& s, std::size_t i) { return (oddities(s, i) & oddity::kLengthUnknown) == 0; }
inline TcpWord word(const Strip& s, std::size_t i) { return {s.chunk().tcp_word[s.row(i)]}; }

/// A field of the header beyond its length: every row but the malformed. Needs kOddities.
template <auto kGet>
void header(const Strip& strip, Cells& out) {
  const auto& column = strip.chunk().oddities;
  if (column.is_constant() && (column.all & oddity::kBadDataOffset) == 0) return each<kGet>(strip, out);
  some<[](const Strip& s, std::size_t i) { return malformed(s, i) ? Maybe() : Maybe(kGet(s, i)); }>(strip, out);
}

/// A field of the connection, whatever the row. Needs kConnections.
template <auto kGet>
void of_row(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) {
    const analysis::ConnectionFacts& facts = s.facts(i);
    return kGet(ConnectionEntry{facts.connection, facts.totals});
  }>(strip, out);
}

}  // namespace pcapsule::fields
