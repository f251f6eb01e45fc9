// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/fields/evaluate.h"

/// The values of the tcp.analysis fields. A label is there or not, and prints 1.
/// Numbers and times that are 0 Wireshark does not print.
namespace pcapsule::fields {

inline analysis::LabelSet labels_of(const Strip& s, std::size_t i) { return s.context.labels[s.row(i)]; }
inline const analysis::SegmentLabels& measures_of(const Strip& s, std::size_t i) {
  return s.context.measures[s.row(i)];
}

inline Maybe present_if(bool present) { return present ? Maybe(1) : Maybe(); }
inline Maybe unless_zero(std::uint64_t value) { return value != 0 ? Maybe(value) : Maybe(); }
inline Maybe time_bits(std::optional<DurationNs> time) { return time ? Maybe(bits(time->value)) : Maybe(); }

template <analysis::Label kLabel>
void label(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) { return present_if(labels_of(s, i).has(kLabel)); }>(strip, out);
}

/// Wireshark has two items of this name on such a row, so it prints `1,1`.
inline void duplicate_ack(const Strip& s, std::size_t i, Cells& out) {
  if (!labels_of(s, i).has(analysis::Label::kDuplicateAck)) return;
  out.add(1);
  out.add(1);
}

/// 0 where the connection's first acknowledgments are repeated: as in Wireshark.
inline Maybe duplicate_ack_frame(const Strip& s, std::size_t i) {
  const analysis::SegmentLabels& of = measures_of(s, i);
  return of.has(analysis::Label::kDuplicateAck) ? Maybe(of.duplicate_ack_frame) : Maybe();
}

inline Maybe has_analysis(const Strip& s, std::size_t i) { return present_if(measures_of(s, i).has_record); }
inline Maybe has_any_label(const Strip& s, std::size_t i) { return present_if(!labels_of(s, i).empty()); }

template <auto kNumber>
void label_number(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) { return unless_zero(measures_of(s, i).*kNumber); }>(strip, out);
}

template <auto kTime>
void label_time(const Strip& strip, Cells& out) {
  some<[](const Strip& s, std::size_t i) { return time_bits((measures_of(s, i).*kTime)()); }>(strip, out);
}

}  // namespace pcapsule::fields
