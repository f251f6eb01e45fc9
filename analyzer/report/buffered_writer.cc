// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/buffered_writer.h"

#include <algorithm>
#include <utility>

namespace pcapsule::report {

void BufferedWriter::append_in_pieces(std::string_view text) {
  while (!text.empty()) {
    const std::size_t piece = std::min(text.size(), kBytes);
    char* const at = reserve(piece);
    std::copy_n(text.begin(), piece, at);
    commit(at + piece);
    text.remove_prefix(piece);
  }
}

void BufferedWriter::flush() {
  const std::size_t bytes = std::exchange(used_, 0);
  if (done_ || bytes == 0) return;
  const auto taken = sink_.write({buffer_.get(), bytes});
  if (!taken) error_ = taken.error();
  done_ = !taken || !*taken;
}

Result<void> BufferedWriter::finish() {
  flush();
  if (error_) return *error_;
  return {};
}

}  // namespace pcapsule::report
