// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/hash/seeded.h"
#include "extractor/decode/segment.h"

namespace pcapsule::write {

/// For hash maps with stacks as keys.
struct StackHash {
  hash::HashSeed seed;
  std::size_t operator()(decode::LayerStack stack) const noexcept {
    return static_cast<std::size_t>(hash::fold_multiply(stack.inner ^ seed.first, stack.outer ^ seed.second));
  }
};

/// The header stacks that a capture has, numbered in the order in which they
/// appear. Strangers may nest headers as they like, so the table is bounded: what
/// comes after kMaxEncapsulations − 1 different stacks shares the last entry.
class Encapsulations {
 public:
  /// `seed`: of this run, unknown to who made the capture.
  explicit Encapsulations(hash::HashSeed seed) : index_(0, StackHash{seed}) {}

  std::uint16_t index_of(decode::LayerStack layers) {
    if (layers != latest_) {
      latest_index_ = find_or_add(layers);
      latest_ = layers;
    }
    return latest_index_;
  }

  /// As Wireshark's frame.protocols, by index.
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  static constexpr std::size_t kMaxEncapsulations = 4096;

  std::uint16_t find_or_add(decode::LayerStack layers);

  std::vector<std::string> texts_;
  std::unordered_map<decode::LayerStack, std::uint16_t, StackHash> index_;
  decode::LayerStack latest_{~std::uint64_t{0}, ~std::uint64_t{0}};
  std::uint16_t latest_index_ = 0;
};

}  // namespace pcapsule::write
