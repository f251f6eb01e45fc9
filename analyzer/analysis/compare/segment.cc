// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/segment.h"

#include <utility>

namespace pcapsule::analysis::compare {

namespace {

/// Unwraps the numbers of one direction around where the stream was last seen.
class Stream {
 public:
  explicit Stream(std::uint32_t base) : base_(base) {}

  [[nodiscard]] std::int64_t position(std::uint32_t raw) const {
    return last_ + static_cast<std::int32_t>(raw - base_ - static_cast<std::uint32_t>(last_));
  }
  void move_to(std::int64_t position) { last_ = position; }

 private:
  std::uint32_t base_;
  std::int64_t last_ = 0;
};

}  // namespace

void place(TapRows& rows, const Placing& placing) {
  std::array<Stream, 2> streams = {Stream(placing.base[0]), Stream(placing.base[1])};
  if (placing.near_side != 0) std::swap(rows.duplicates[0], rows.duplicates[1]);
  auto sack = rows.sacks.begin();
  for (std::size_t row = 0; row < rows.segments.size(); ++row) {
    Segment& segment = rows.segments[row];
    segment.side = segment.side == placing.near_side ? 0 : 1;
    Stream& other = streams[segment.side ^ 1U];
    segment.seq = streams[segment.side].position(static_cast<std::uint32_t>(segment.seq));
    segment.ack = segment.has(tcp_flag::kAck) ? other.position(static_cast<std::uint32_t>(segment.ack)) : 0;
    if (!segment.has(tcp_flag::kRst)) {  // those may carry any number
      streams[segment.side].move_to(segment.seq);
      if (segment.has(tcp_flag::kAck)) other.move_to(segment.ack);
    }
    for (; sack != rows.sacks.end() && sack->row <= row; ++sack) {
      // Blocks lie within a window of the acknowledgment, on either side of it; they move nothing.
      const auto near_ack = [&](std::int64_t raw) {
        const auto distance =
            static_cast<std::int32_t>(static_cast<std::uint32_t>(raw) - placing.base[segment.side ^ 1U] -
                                      static_cast<std::uint32_t>(segment.ack));
        return segment.ack + distance;
      };
      sack->left = near_ack(sack->left);
      sack->right = near_ack(sack->right);
    }
  }
}

}  // namespace pcapsule::analysis::compare
