// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_order.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

namespace pcapsule::select {

namespace {

using fields::Field;
using fields::FieldType;

/// Short names of the fields that people sort by.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kShortNames = {
    {{"stream", "tcp.stream"},
     {"segments", "pcapsule.frames"},
     {"duration", "pcapsule.duration_ns"},
     {"client_payload", "pcapsule.client_payload_bytes"},
     {"server_payload", "pcapsule.server_payload_bytes"}}};

const Field* find_connection_field(std::string_view text) {
  const auto known = std::ranges::find(kShortNames, text, &std::pair<std::string_view, std::string_view>::first);
  const Field* field = fields::find_field(known != kShortNames.end() ? known->second : text);
  if (field == nullptr) field = fields::find_field("pcapsule." + std::string(text));
  return field != nullptr && field->of_connection != nullptr ? field : nullptr;
}

bool is_amount(const Field& field) {
  const bool is_position = field.name == "tcp.stream" || field.name.ends_with("_frame");
  return !is_position && (field.type == FieldType::kUnsigned || field.type == FieldType::kSigned);
}

/// What an entry is sorted by; entries without a value come last.
template <class Value>
struct Key {
  Value value{};
  std::uint64_t entry = 0;
  bool known = false;
};

/// A number, such that it is in ascending order as an unsigned one.
std::uint64_t in_order(const Field& field, std::uint64_t value) {
  constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
  const bool is_signed =
      field.type == FieldType::kSigned || field.type == FieldType::kTime || field.type == FieldType::kDuration;
  return is_signed ? value ^ kSignBit : value;
}

/// The first `count` of the chosen entries; `value_of` makes what they are sorted by from a connection and the
/// field's value.
template <class Value, class ValueOf>
std::vector<std::uint64_t> sorted(const read::ConnectionTable& table, const analysis::ConnectionSet& chosen,
                                  const ConnectionOrder& order, std::uint64_t count, TotalsReader& totals,
                                  ValueOf value_of) {
  const Field& field = *order.field;
  const read::Facts facts = facts_of(field);
  const bool wants_totals = (field.needs & fields::kTotals) != 0;
  std::vector<Key<Value>> keys;
  keys.reserve(chosen.count());
  read::Connection connection;
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (!chosen.has(entry)) continue;
    table.read(entry, facts, connection);
    const auto value =
        field.of_connection({connection, wants_totals ? totals.of(connection) : analysis::totals_of(connection)});
    Key<Value>& key = keys.emplace_back();
    key.entry = entry;
    key.known = value.has_value();
    if (value) key.value = value_of(connection, *value);
  }
  const auto before = [&order](const Key<Value>& a, const Key<Value>& b) {
    if (a.known != b.known) return a.known;
    if (a.value != b.value) return (a.value < b.value) != order.descending;
    return a.entry < b.entry;
  };
  const auto wanted = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count, keys.size()));
  std::partial_sort(keys.begin(), keys.begin() + wanted, keys.end(), before);
  std::vector<std::uint64_t> entries;
  entries.reserve(static_cast<std::size_t>(wanted));
  for (const Key<Value>& key : std::span(keys).first(static_cast<std::size_t>(wanted))) entries.push_back(key.entry);
  return entries;
}

}  // namespace

read::Facts facts_of(const fields::Field& field) {
  if ((field.needs & fields::kTotals) != 0) return read::Facts::kTotals;
  return field.type == FieldType::kEndpoint ? read::Facts::kIdentity : read::Facts::kAll;
}

Result<ConnectionOrder> parse_connection_order(std::string_view text) {
  if (const Field* field = find_connection_field(text)) return ConnectionOrder{field, is_amount(*field)};
  return Error{ErrorCode::kUsage, "--sort " + std::string(text) +
                                      ": connections are sorted by bytes, duration, start, segments, stream, client, "
                                      "server, ... or any other field of connections; see `analyzer fields`"};
}

std::vector<std::uint64_t> ordered_entries(read::RecordFile& file, const read::ConnectionTable& table,
                                           const analysis::ConnectionSet& chosen, const ConnectionOrder& order,
                                           std::uint64_t count, TotalsReader& totals) {
  if (order.field == nullptr) {
    std::vector<std::uint64_t> entries;
    entries.reserve(std::min(count, chosen.count()));
    for (std::uint64_t entry = 0; entry < table.size() && entries.size() < count; ++entry) {
      if (chosen.has(entry)) entries.push_back(entry);
    }
    return entries;
  }
  const Field& field = *order.field;
  if (field.type == FieldType::kEndpoint) {
    return sorted<Endpoint>(table, chosen, order, count, totals,
                            [](const read::Connection& c, std::uint64_t side) { return c.side[side & 1].endpoint; });
  }
  if (field.type == FieldType::kText) {
    const fields::FileTexts texts(file.path(), file.catalog());
    return sorted<std::string>(table, chosen, order, count, totals, [&](const read::Connection& c, std::uint64_t v) {
      fields::ValueBuffer buffer;
      return std::string(fields::value_text(buffer, field, v, c, texts));
    });
  }
  return sorted<std::uint64_t>(table, chosen, order, count, totals,
                               [&](const read::Connection&, std::uint64_t value) { return in_order(field, value); });
}

}  // namespace pcapsule::select
