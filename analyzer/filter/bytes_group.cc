// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/bytes_group.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pcapsule::filter {

std::string masked(std::string bytes, std::optional<unsigned> prefix_bits) {
  if (!prefix_bits) return bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t kept = *prefix_bits > i * 8 ? std::min<std::size_t>(*prefix_bits - i * 8, 8) : 0;
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) & (0xff00U >> kept));
  }
  return bytes;
}

std::vector<plan::BytesGroup> grouped(std::vector<plan::BytesMember>& members) {
  std::map<std::optional<unsigned>, std::vector<std::string>> by_prefix;
  std::vector<plan::BytesMember> ranges;
  for (plan::BytesMember& member : members) {
    if (member.last) {
      ranges.push_back(std::move(member));
    } else {
      const auto prefix_bits = member.first.prefix_bits;
      by_prefix[prefix_bits].push_back(masked(std::move(member.first.value), prefix_bits));
    }
  }
  members = std::move(ranges);
  std::vector<plan::BytesGroup> groups;
  for (auto& [prefix_bits, values] : by_prefix) {
    std::ranges::sort(values);
    groups.push_back({prefix_bits, std::move(values)});
  }
  return groups;
}

}  // namespace pcapsule::filter
