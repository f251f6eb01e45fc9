// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/accurate_ecn.h"

#include "analyzer/analysis/option_walk.h"

namespace pcapsule::analysis {

namespace {

/// An Accurate ECN option of a length that holds whole counters: of a kind of its
/// own, or of an experimental kind under one of its two identifiers.
bool is_accurate_ecn(ByteView option) {
  const std::uint8_t kind = option[0];
  std::size_t head = 2;
  if (kind == option_kind::kExperiment1 || kind == option_kind::kExperiment2) {
    if (option.size() < 4) return false;
    const std::uint16_t id = load_be16(&option[2]);
    if (id != 0xacc0 && id != 0xacc1) return false;
    head = 4;
  } else if (kind != option_kind::kAccurateEcn0 && kind != option_kind::kAccurateEcn1) {
    return false;
  }
  constexpr std::size_t kCounterBytes = 3;
  constexpr std::size_t kGreatestCounters = 3;
  const std::size_t body = option.size() - head;
  return body % kCounterBytes == 0 && body / kCounterBytes <= kGreatestCounters;
}

}  // namespace

void AccurateEcnReplay::feed(const OptionRow& row) {
  const bool ae = row.word.has(tcp_flag::kAe);
  const bool cwr = row.word.has(tcp_flag::kCwr);
  const bool ece = row.word.has(tcp_flag::kEce);
  if (row.word.is_pure_syn()) syn_asks_ = ae && cwr && ece;
  if (row.word.is_syn_ack()) syn_ack_agrees_ = (cwr && !ae) || (ae && !ece);
  if ((row.oddities & oddity::kBadDataOffset) != 0 || row.fixed_header_cut) return;
  walk_options(row.options, [this](ByteView option) { has_option_ |= is_accurate_ecn(option); });
}

}  // namespace pcapsule::analysis
