// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/relative_numbers.h"

#include "common/net/tcp_seq.h"

namespace pcapsule::analysis {

Bases first_bases(const read::Connection& connection) {
  Bases bases;
  for (std::size_t side = 0; side < 2; ++side) {
    bases.base[side] = connection.side[side].base;
    bases.known[side] = connection.side[side].base_source != format::BaseSource::kNone;
  }
  return bases;
}

RelativeTracker::RelativeTracker(const Bases& bases) {
  for (std::size_t side = 0; side < 2; ++side) stream_[side] = {bases.base[side], bases.known[side], 0};
}

void RelativeTracker::rebase(unsigned side, std::uint32_t base) { stream_[side] = {base, true, 0}; }

std::optional<std::int64_t> RelativeTracker::Stream::unwrap(std::uint32_t raw) const {
  if (!known) return std::nullopt;
  const TcpSeq reference{base + static_cast<std::uint32_t>(position)};
  return position + distance_bytes(reference, TcpSeq{raw});
}

RelativeNumbers RelativeTracker::feed(const RawNumbers& row) {
  Stream& sender = stream_[row.side];
  Stream& receiver = stream_[row.side ^ 1U];
  const bool has_ack = row.word.has(tcp_flag::kAck);
  RelativeNumbers numbers;
  numbers.seq = sender.unwrap(row.seq);
  if (has_ack) numbers.ack = receiver.unwrap(row.ack);
  // A RST is often forged or stale, and malformed headers hold anything: neither
  // may move the reference by 2 GiB and shift all that follows by a wrap.
  const bool trusted = (row.oddities & oddity::kNoSegment) == 0 && !row.word.has(tcp_flag::kRst);
  if (trusted && numbers.seq) sender.position = *numbers.seq;
  if (trusted && numbers.ack) receiver.position = *numbers.ack;
  return numbers;
}

}  // namespace pcapsule::analysis
