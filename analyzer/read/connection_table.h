// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "analyzer/read/connection.h"
#include "analyzer/read/record_file.h"
#include "common/base/result.h"

namespace pcapsule::read {

/// The connection table of a record file, in ascending order of numbers. Opening
/// verifies all of it; every access after that is a few loads.
class ConnectionTable {
 public:
  static Result<ConnectionTable> open(RecordFile& file);

  /// From now on at() says of copies at the tap (S40) that they are none.
  void take_copies_for_segments() { keeps_copies_ = true; }

  /// Number of connections; entries are 0 … size() - 1.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// REQUIRES: entry < size().
  [[nodiscard]] Connection at(std::uint64_t entry) const;

  /// Entry of the connection with this number; nullopt: the file has none.
  [[nodiscard]] std::optional<std::uint64_t> find(std::uint32_t number) const;

  /// Cheap access to single facts. REQUIRES: entry < size().
  [[nodiscard]] std::uint32_t number(std::uint64_t entry) const;
  [[nodiscard]] Endpoint endpoint(std::uint64_t entry, unsigned side) const;
  [[nodiscard]] unsigned client(std::uint64_t entry) const;

 private:
  struct Place {
    const ConnectionChunk* chunk;
    std::size_t row;
  };
  [[nodiscard]] Place place(std::uint64_t entry) const;

  std::vector<ConnectionChunk> chunks_;
  std::uint64_t size_ = 0;
  bool keeps_copies_ = false;
  bool consecutive_ = true;  ///< numbers run from first_number_ without a gap
  std::uint32_t first_number_ = 0;
};

}  // namespace pcapsule::read
