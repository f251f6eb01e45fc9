// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/connection_order.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <tuple>
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
struct Key {
  std::uint64_t entry = 0;
  bool known = false;
  std::uint64_t number = 0;  ///< in ascending order as an unsigned number
  Endpoint endpoint;
  std::string text;
};

Key key_of(const read::ConnectionTable& table, std::uint64_t entry, const Field& field, const fields::FileTexts& texts,
           TotalsReader& reader) {
  constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
  const read::Connection connection = table.at(entry);
  const analysis::ConnectionTotals totals = reader.of(connection);
  const auto value = field.of_connection({connection, totals});
  Key key;
  key.entry = entry;
  key.known = value.has_value();
  if (!value) return key;
  switch (field.type) {
    case FieldType::kUnsigned:
    case FieldType::kBoolean:
    case FieldType::kLabel:
    case FieldType::kAddress:
      key.number = *value;
      break;
    case FieldType::kSigned:
    case FieldType::kTime:
    case FieldType::kDuration:
      key.number = *value ^ kSignBit;
      break;
    case FieldType::kEndpoint:
      key.endpoint = connection.side[*value & 1].endpoint;
      break;
    case FieldType::kText: {
      fields::ValueBuffer buffer;
      key.text = fields::value_text(buffer, field, *value, connection, texts);
      break;
    }
  }
  return key;
}

}  // namespace

Result<ConnectionOrder> parse_connection_order(std::string_view text) {
  if (const Field* field = find_connection_field(text)) return ConnectionOrder{field, is_amount(*field)};
  return Error{ErrorCode::kUsage, "--sort " + std::string(text) +
                                      ": connections are sorted by bytes, duration, start, segments, stream, client, "
                                      "server, ... or any other field of connections; see `analyzer fields`"};
}

std::vector<std::uint64_t> ordered_entries(read::RecordFile& file, const read::ConnectionTable& table,
                                           const analysis::ConnectionSet& chosen, const ConnectionOrder& order,
                                           std::uint64_t count, TotalsReader& totals) {
  std::vector<std::uint64_t> entries;
  entries.reserve(std::min(count, chosen.count()));
  if (order.field == nullptr) {
    for (std::uint64_t entry = 0; entry < table.size() && entries.size() < count; ++entry) {
      if (chosen.has(entry)) entries.push_back(entry);
    }
    return entries;
  }
  const fields::FileTexts texts(file.path(), file.catalog());
  std::vector<Key> keys;
  keys.reserve(chosen.count());
  for (std::uint64_t entry = 0; entry < table.size(); ++entry) {
    if (chosen.has(entry)) keys.push_back(key_of(table, entry, *order.field, texts, totals));
  }
  const auto before = [&order](const Key& a, const Key& b) {
    if (a.known != b.known) return a.known;
    const auto values = [](const Key& k) { return std::tie(k.number, k.endpoint, k.text); };
    if (values(a) != values(b)) return (values(a) < values(b)) != order.descending;
    return a.entry < b.entry;
  };
  const auto wanted = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count, keys.size()));
  std::partial_sort(keys.begin(), keys.begin() + wanted, keys.end(), before);
  for (const Key& key : std::span(keys).first(static_cast<std::size_t>(wanted))) entries.push_back(key.entry);
  return entries;
}

}  // namespace pcapsule::select
