// SPDX-License-Identifier: Apache-2.0
#include "extractor/capture/window_reader.h"

#include <algorithm>
#include <span>

namespace pcapsule::capture {
namespace {

// Measured: from 256 KiB on the size makes no difference; below, system calls begin to show.
constexpr std::size_t kWindowBytes = std::size_t{512} << 10;

}  // namespace

bool WindowReader::refill(std::size_t count_bytes) {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
            buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  while (end_ < count_bytes && !stream_ended_) {
    // What a block says of its length is believed as far as there are bytes for it.
    if (end_ == buffer_.size()) buffer_.resize(std::max(kWindowBytes, buffer_.size() * 2));
    const auto got = from_.read(std::span(buffer_).subspan(end_));
    if (!got) failure_ = got.error();
    stream_ended_ = !got || *got == 0;
    if (got) end_ += *got;
  }
  return end_ >= count_bytes;
}

bool WindowReader::skip(std::uint64_t count_bytes) {
  while (count_bytes > 0) {
    if (!fetch(1)) return false;
    const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(count_bytes, held().size()));
    consume(passed);
    count_bytes -= passed;
  }
  return true;
}

}  // namespace pcapsule::capture
