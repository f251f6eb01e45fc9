// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/labels/mptcp_timeline.h"

#include <algorithm>

#include "analyzer/analysis/labels/key_token.h"
#include "analyzer/analysis/option_walk.h"
#include "common/format/record_layout.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

namespace mark = format::mark;
using C = read::SegmentColumn;

namespace {

// RFC 8684 section 8.2.
constexpr unsigned kCapable = 0;
constexpr unsigned kJoin = 1;
constexpr unsigned kDataSequenceSignal = 2;
constexpr unsigned kSubtypesCounted = 8;

constexpr std::size_t kOneKeyBytes = 12;   ///< MP_CAPABLE of SYN and SYN-ACK
constexpr std::size_t kTwoKeysBytes = 20;  ///< of the ACK; 22 and 24 with data
constexpr std::size_t kJoinSynBytes = 12;

bool carries_keys(ByteView option) {
  const std::size_t length = option.size();
  return length == kOneKeyBytes || length == kTwoKeysBytes || length == kTwoKeysBytes + 2 ||
         length == kTwoKeysBytes + 4;
}

std::uint64_t load_key(const std::uint8_t* bytes) {
  return std::uint64_t{load_be32(bytes)} << 32 | load_be32(bytes + 4);
}

}  // namespace

read::ColumnSet MptcpTimeline::columns() { return {C::kConnection, C::kMarks, C::kOddities, C::kOptions, C::kCut}; }

void MptcpTimeline::feed(const read::SegmentChunk& chunk) {
  if (chunk.marks.is_constant() && (chunk.marks.all & (mark::kHasOptionBytes | mark::kHasDss)) == 0) return;
  std::size_t entry = 0;
  for (std::size_t row = 0; row < chunk.rows; ++row) {
    const std::uint8_t marks = chunk.marks[row];
    if ((marks & (mark::kHasOptionBytes | mark::kHasDss)) == 0) continue;
    Row of;
    if ((marks & mark::kHasOptionBytes) != 0) {
      while (entry < chunk.options.row.size() && chunk.options.row[entry] < row) ++entry;
      if (entry < chunk.options.row.size() && chunk.options.row[entry] == row) of.options = chunk.options[entry];
    }
    const std::uint8_t oddities = chunk.oddities[row];
    if ((oddities & oddity::kBadDataOffset) != 0 || chunk.fixed_header_cut(row)) continue;
    of.row = chunk.first_row + row;
    of.connection = chunk.connection[row];
    of.side = (marks & mark::kSentByB) != 0 ? 1 : 0;
    of.broken = (oddities & oddity::kOptionsBroken) != 0;
    of.has_dss = (marks & mark::kHasDss) != 0;
    feed(of);
  }
}

void MptcpTimeline::feed(const Row& row) {
  std::uint8_t carried = row.has_dss ? 1U << kDataSequenceSignal : 0;
  bool any = row.has_dss;
  walk_options(row.options, [&](ByteView option) {
    constexpr std::size_t kLeastBytes = 3;
    if (option[0] != option_kind::kMultipath || option.size() < kLeastBytes) return;
    any = true;
    read_option(row, option);
    const unsigned subtype = option[2] >> 4;
    if (subtype < kSubtypesCounted) carried = static_cast<std::uint8_t>(carried | 1U << subtype);
  });
  if (!any) return;
  if (row.has_dss && !group_of(row.connection)) found_group(row);
  const auto group = group_of(row.connection);
  if (row.broken || !group) return;
  std::vector<Change>& seen = groups_[*group].seen;
  const std::uint32_t before = seen.empty() ? 0 : seen.back().value;
  if ((before | carried) != before) seen.push_back({row.row, before | carried});
}

void MptcpTimeline::read_option(const Row& row, ByteView option) {
  const unsigned subtype = option[2] >> 4;
  if (subtype == kCapable) {
    if (carries_keys(option)) read_capable(row, option);
  } else if (subtype == kJoin && option.size() == kJoinSynBytes) {
    register_token(row, row.side ^ 1U, load_be32(&option[4]));
  } else if (!group_of(row.connection)) {
    found_group(row);
  }
}

void MptcpTimeline::read_capable(const Row& row, ByteView option) {
  const unsigned version = option[2] & 0xfU;
  register_key(row, row.side, version, load_key(&option[4]));
  if (option.size() >= kTwoKeysBytes) register_key(row, row.side ^ 1U, version, load_key(&option[12]));
}

MptcpTimeline::Flow* MptcpTimeline::flow_of(std::uint32_t connection, unsigned side) {
  const auto group = group_of(connection);
  return group ? &groups_[*group].flow[members_[connection].flow[side]] : nullptr;
}

void MptcpTimeline::register_key(const Row& row, unsigned side, unsigned version, std::uint64_t key) {
  const Flow* const known = flow_of(row.connection, side);
  if (known != nullptr && known->has_key) return;
  std::uint32_t token = 0;  // of a version that Wireshark does not know
  if (version == 0) token = token_of_key_v0(key);
  if (version == 1) token = token_of_key_v1(key);
  register_token(row, side, token);
  flow_of(row.connection, side)->has_key = true;
}

/// The direction `side` answers to `token`. A token that is known already makes the
/// connection a member of the group that it names.
void MptcpTimeline::register_token(const Row& row, unsigned side, std::uint32_t token) {
  const Flow* const known = flow_of(row.connection, side);
  if (known != nullptr && known->token) return;
  if (const auto found = group_of_token_.find(token); found != group_of_token_.end()) {
    enter(row, found->second);
  } else {
    if (!group_of(row.connection)) found_group(row);
    Group& group = groups_[*group_of(row.connection)];
    group.flow[group.flow[0].token ? 1 : 0].token = token;
    group_of_token_.emplace(token, *group_of(row.connection));
  }
  const Group& group = groups_[*group_of(row.connection)];
  const unsigned flow = group.flow[0].token == token ? 0 : 1;
  std::array<unsigned, 2>& flows = members_[row.connection].flow;
  flows[side] = flow;
  flows[side ^ 1U] = flow ^ 1U;
}

void MptcpTimeline::found_group(const Row& row) {
  enter(row, static_cast<std::uint32_t>(groups_.size()));
  groups_.emplace_back();
  std::array<unsigned, 2>& flows = members_[row.connection].flow;
  flows[row.side] = 0;
  flows[row.side ^ 1U] = 1;
}

void MptcpTimeline::enter(const Row& row, std::uint32_t group) {
  std::vector<Change>& groups = members_[row.connection].groups;
  if (!groups.empty() && groups.back().value == group) return;
  groups.push_back({row.row, group});
}

std::optional<std::uint32_t> MptcpTimeline::group_of(std::uint32_t connection) const {
  const auto member = members_.find(connection);
  if (member == members_.end() || member->second.groups.empty()) return std::nullopt;
  return member->second.groups.back().value;
}

std::optional<std::uint8_t> MptcpTimeline::seen_before(std::uint32_t connection, std::uint64_t row) const {
  const auto at = [row](const std::vector<Change>& changes) -> std::optional<std::uint32_t> {
    const auto after = std::ranges::lower_bound(changes, row, {}, &Change::row);
    return after == changes.begin() ? std::nullopt : std::optional((after - 1)->value);
  };
  const auto member = members_.find(connection);
  if (member == members_.end()) return std::nullopt;
  const auto group = at(member->second.groups);
  if (!group) return std::nullopt;
  return static_cast<std::uint8_t>(at(groups_[*group].seen).value_or(0));
}

}  // namespace pcapsule::analysis
