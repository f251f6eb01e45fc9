// SPDX-License-Identifier: Apache-2.0
#include "extractor/write/encapsulations.h"

#include "extractor/decode/layer_stack.h"

namespace pcapsule::write {

std::uint16_t Encapsulations::find_or_add(decode::LayerStack layers) {
  if (const auto known = index_.find(layers); known != index_.end()) return known->second;
  if (texts_.size() >= kMaxEncapsulations) return kMaxEncapsulations - 1;
  const bool last = texts_.size() == kMaxEncapsulations - 1;
  const auto index = static_cast<std::uint16_t>(texts_.size());
  texts_.push_back(last ? "other" : decode::to_text(layers));
  if (!last) index_.emplace(layers, index);
  return index;
}

}  // namespace pcapsule::write
