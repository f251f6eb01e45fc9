// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/read/record_file.h"

namespace pcapsule::verify {

/// What is wrong with a file: the first faults as lines, and how many there are.
class FaultList {
 public:
  static constexpr std::size_t kGreatestKept = 200;

  explicit FaultList(std::string file) : file_(std::move(file)) {}

  /// A fault that names its place itself.
  void add(std::string line) {
    if (++count_ <= kGreatestKept) lines_.push_back(std::move(line));
  }
  void add(const read::ChunkInfo& chunk, const std::string& what) {
    add(file_ + ": chunk " + std::to_string(chunk.number) + " at offset " + std::to_string(chunk.offset) + ": " + what);
  }
  void add_to_file(const std::string& what) { add(file_ + ": " + what); }

  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::string file_;
  std::vector<std::string> lines_;
  std::uint64_t count_ = 0;
};

}  // namespace pcapsule::verify
