// SPDX-License-Identifier: Apache-2.0
#include "extractor/track/connection_records.h"

#include <limits>
#include <new>
#include <stdexcept>

namespace pcapsule::track {

ConnectionRecord& ConnectionRecords::add() {
  if (size_ == std::numeric_limits<std::uint32_t>::max()) throw std::length_error("more than 2^32 - 1 connections");
  if (size_ % kBlockRecords == 0) {
    void* const block = ::operator new(sizeof(ConnectionRecord) * kBlockRecords);
    blocks_.emplace_back(static_cast<ConnectionRecord*>(block));
  }
  ConnectionRecord* const place = blocks_.back().get() + size_ % kBlockRecords;
  ++size_;
  return *new (place) ConnectionRecord;
}

}  // namespace pcapsule::track
