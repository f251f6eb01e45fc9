// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/byte_reader.h"

#include <algorithm>

namespace pcapsule::capture {

Result<ByteView> PeekReader::peek(std::size_t count_bytes) {
  if (head_.size() - taken_ < count_bytes) {  // what was read is not kept
    head_.erase(head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  while (head_.size() - taken_ < count_bytes) {
    const std::size_t held = head_.size();
    head_.resize(taken_ + count_bytes);
    const auto got = from_.read(std::span(head_).subspan(held));
    head_.resize(held + (got ? *got : 0));
    if (!got) return got.error();
    if (*got == 0) break;
  }
  const ByteView rest = ByteView(head_).subspan(taken_);
  return rest.first(std::min(count_bytes, rest.size()));
}

Result<std::size_t> PeekReader::read(std::span<std::uint8_t> into) {
  if (taken_ == head_.size()) return from_.read(into);
  const std::size_t count = std::min(into.size(), head_.size() - taken_);
  std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(taken_), count, into.begin());
  taken_ += count;
  if (taken_ < head_.size() || count == into.size()) return count;
  // Filled up at once, so that who asks for much sees more than what was peeked at.
  const auto more = from_.read(into.subspan(count));
  if (!more) return more.error();
  return count + *more;
}

}  // namespace pcapsule::capture
