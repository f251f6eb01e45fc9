// SPDX-License-Identifier: Apache-2.0
#include "analyzer/fields/row_values.h"

#include <algorithm>

#include "analyzer/analysis/option_walk.h"

namespace pcapsule::fields {

namespace {

Value port(const Strip& s, std::size_t i, unsigned side) { return s.facts(i).connection.side[side].endpoint.port; }

analysis::RawNumbers raw_numbers(const Strip& s, std::size_t i) {
  const std::size_t row = s.row(i);
  return {s.side(i), word(s, i), s.chunk().seq[row], s.chunk().ack[row], oddities(s, i)};
}

analysis::Bases bases(const Strip& s, std::size_t i) { return s.facts(i).bases_at(s.chunk().first_row + s.row(i)); }

std::int8_t shift(const Strip& s, std::size_t i) {
  const auto& facts = s.facts(i);
  const std::size_t row = s.row(i);
  const analysis::ShiftPair shifts =
      facts.shifts ? facts.shifts->before(s.chunk().frame[row]) : s.context.replayed_shifts[row];
  return shifts[s.side(i)];
}

/// Shows `visit` the options of a row that stand in its option area: all of those
/// that have columns of their own nowhere else.
template <class Visit>
void options_of(const Strip& s, std::size_t i, Visit&& visit) {
  if (malformed(s, i)) return;
  analysis::walk_options(s.chunk().option_area(s.row(i)), visit);
}

void sack_edges(const Strip& s, std::size_t i, Cells& out, bool right) {
  if (malformed(s, i)) return;
  const analysis::Bases at = bases(s, i);
  const unsigned receiver = s.side(i) ^ 1U;
  const std::uint32_t base = at.known[receiver] ? at.base[receiver] : 0;
  const auto& sack = s.chunk().sack;
  const auto [first, end] = std::equal_range(sack.row.begin(), sack.row.end(), s.rows[i]);
  for (auto entry = first; entry != end; ++entry) {
    const auto block = static_cast<std::size_t>(entry - sack.row.begin());
    out.add((right ? sack.right : sack.left)[block] - base);
  }
}

/// The capture that a frame came from; nullptr where the catalog has none for it.
const read::CaptureInfo* capture_of(const Strip& s, std::size_t i) {
  const auto& captures = s.context.catalog->captures;
  const std::uint64_t frame = s.chunk().frame[s.row(i)];
  const auto after = std::ranges::upper_bound(captures, frame, {}, &read::CaptureInfo::first_frame);
  return after == captures.begin() ? nullptr : &*(after - 1);
}

}  // namespace

Value source_port(const Strip& s, std::size_t i) { return port(s, i, s.side(i)); }
Value destination_port(const Strip& s, std::size_t i) { return port(s, i, s.side(i) ^ 1U); }

void ports(const Strip& s, std::size_t i, Cells& out) {
  out.add(source_port(s, i));
  out.add(destination_port(s, i));
}

void vlan_ids(const Strip& s, std::size_t i, Cells& out) {
  const std::size_t row = s.row(i);
  const std::size_t tags = std::min<std::size_t>(s.chunk().vlan_tags[row], s.chunk().vlan.size());
  const auto& service_tags = s.context.texts->service_tags;
  const std::size_t encapsulation = s.chunk().encapsulation[row];
  const unsigned service = encapsulation < service_tags.size() ? service_tags[encapsulation] : 0U;
  for (std::size_t tag = 0; tag < tags; ++tag) {
    if ((service >> tag & 1U) == 0) out.add(s.chunk().vlan[tag][row] & 0xfffU);
  }
}

Value frame_time(const Strip& s, std::size_t i) { return bits(s.chunk().time[s.row(i)].value); }

Value frame_time_relative(const Strip& s, std::size_t i) {
  return bits((s.chunk().time[s.row(i)] - s.context.catalog->first_frame_time).value);
}

/// The rows ascend, and so do those that have an entry: one search a strip.
void frame_time_delta(const Strip& s, Cells& out) {
  Value* const values = out.one_each();
  const auto& entries = s.chunk().previous.row;
  std::size_t entry = 0;
  if (!s.rows.empty()) {
    entry = static_cast<std::size_t>(std::ranges::lower_bound(entries, s.rows.front()) - entries.begin());
  }
  for (std::size_t i = 0; i < s.rows.size(); ++i) {
    const std::size_t row = s.row(i);
    while (entry < entries.size() && entries[entry] < row) ++entry;
    const bool has_entry = entry < entries.size() && entries[entry] == row;
    values[i] = bits(s.chunk().since_frame_before(row, has_entry ? std::optional(entry) : std::nullopt).value);
  }
}

Maybe tcp_time_relative(const Strip& s, std::size_t i) {
  const std::size_t row = s.row(i);
  if (malformed(s, i) || s.chunk().fixed_header_cut(row)) return std::nullopt;
  return bits((s.chunk().time[row] - s.facts(i).connection.first.time).value);
}

Maybe tcp_time_delta(const Strip& s, std::size_t i) {
  const std::size_t row = s.row(i);
  if (malformed(s, i) || s.chunk().fixed_header_cut(row)) return std::nullopt;
  return bits((s.chunk().time[row] - s.context.row_before[row]).value);
}

Value tcp_seq(const Strip& s, std::size_t i) { return analysis::wireshark_seq(bases(s, i), raw_numbers(s, i)); }
Value tcp_ack(const Strip& s, std::size_t i) { return analysis::wireshark_ack(bases(s, i), raw_numbers(s, i)); }

Maybe tcp_len(const Strip& s, std::size_t i) {
  return length_known(s, i) ? Maybe(s.chunk().payload[s.row(i)]) : Maybe();
}

Maybe tcp_nxtseq(const Strip& s, std::size_t i) {
  if (!length_known(s, i) || malformed(s, i)) return std::nullopt;
  const std::uint32_t control = word(s, i).has(tcp_flag::kSyn | tcp_flag::kFin) ? 1 : 0;
  return static_cast<std::uint32_t>(tcp_seq(s, i)) + s.chunk().payload[s.row(i)] + control;
}

Value tcp_window_size(const Strip& s, std::size_t i) {
  return analysis::wireshark_window(shift(s, i), word(s, i), s.chunk().window[s.row(i)], length_known(s, i));
}

Maybe tcp_scale_factor(const Strip& s, std::size_t i) {
  if (malformed(s, i) || word(s, i).has(tcp_flag::kSyn)) return std::nullopt;
  const std::int8_t value = shift(s, i);
  return bits(value < 0 ? value : std::int64_t{1} << value);
}

/// What tshark -2 prints: the bits of the first row count from the second row on (W7).
Value tcp_completeness(const Strip& s, std::size_t i) {
  const read::Connection& connection = s.facts(i).connection;
  const bool is_first = s.chunk().first_row + s.row(i) == connection.first_row;
  return connection.completeness | (is_first ? 0U : connection.completeness_first_row);
}

Value tcp_flags_str(const Strip& s, std::size_t i) {
  const TcpWord flags = word(s, i);
  const bool counts = !flags.has(tcp_flag::kSyn) && s.context.accurate_ecn[s.row(i)] != 0;
  return flag_letters_value(flags.flags(), counts);
}

void mss_values(const Strip& s, std::size_t i, Cells& out) {
  options_of(s, i, [&out](ByteView option) {
    if (option[0] == analysis::option_kind::kMss && option.size() == 4) out.add(load_be16(&option[2]));
  });
}

void shift_values(const Strip& s, std::size_t i, Cells& out) {
  options_of(s, i, [&out](ByteView option) {
    if (option[0] == analysis::option_kind::kWindowScale && option.size() == 3) out.add(option[2]);
  });
}

void sack_permitted(const Strip& s, std::size_t i, Cells& out) {
  options_of(s, i, [&out](ByteView option) {
    if (option[0] == analysis::option_kind::kSackPermitted) out.add(option_bytes_value(option));
  });
}

void sack_left_edges(const Strip& s, std::size_t i, Cells& out) { sack_edges(s, i, out, false); }
void sack_right_edges(const Strip& s, std::size_t i, Cells& out) { sack_edges(s, i, out, true); }

Maybe capture(const Strip& s, std::size_t i) {
  const read::CaptureInfo* const found = capture_of(s, i);
  return found == nullptr ? Maybe() : Maybe(static_cast<Value>(found - s.context.catalog->captures.data()));
}

Maybe capture_frame(const Strip& s, std::size_t i) {
  const read::CaptureInfo* const found = capture_of(s, i);
  return found == nullptr ? Maybe() : Maybe(s.chunk().frame[s.row(i)] - found->first_frame + 1);
}

}  // namespace pcapsule::fields
