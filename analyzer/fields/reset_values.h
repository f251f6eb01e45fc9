// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/analysis/reset.h"
#include "analyzer/fields/evaluate.h"

/// The values of a RST of a connection: of the row where rows are RSTs, else of
/// the one that ended the connection, else of its first.
namespace pcapsule::fields {

template <auto kGet>
Maybe of_reset(const ConnectionEntry& e) {
  if (e.reset != nullptr) return kGet(*e.reset);
  if (e.connection.resets.empty()) return std::nullopt;
  return kGet(*analysis::main_reset(e.connection));
}

inline Maybe value_of(const std::optional<bool>& known) { return known ? Maybe(*known ? 1 : 0) : Maybe(); }
inline Maybe reset_kind(const analysis::Reset& r) { return static_cast<Value>(r.kind); }
inline Maybe reset_by(const analysis::Reset& r) { return r.by_client ? 0 : 1; }
inline Maybe reset_frame(const analysis::Reset& r) { return r.at.frame; }
inline Maybe reset_time(const analysis::Reset& r) { return bits(r.at.time.value); }
inline Maybe reset_before_fin(const analysis::Reset& r) {
  return r.kind == analysis::ResetKind::kRefused ? Maybe() : Maybe(r.before_fin ? 1 : 0);
}
inline Maybe reset_premature(const analysis::Reset& r) { return value_of(r.premature); }
inline Maybe reset_ttl(const analysis::Reset& r) { return r.ttl; }
inline Maybe reset_ttl_odd(const analysis::Reset& r) { return value_of(r.odd_ttl); }
template <std::size_t kSide>
Maybe reset_outstanding(const analysis::Reset& r) {
  return r.outstanding_bytes[kSide] ? Maybe(*r.outstanding_bytes[kSide]) : Maybe();
}

}  // namespace pcapsule::fields
