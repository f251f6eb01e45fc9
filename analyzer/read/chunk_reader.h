// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/read/column.h"
#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"
#include "common/container/container.h"
#include "common/io/mapped_file.h"
#include "flatbuffers/flatbuffers.h"

namespace pcapsule::read {

/// What is known of a part of a file, which stays so. Several threads may find it out at the same time, so it is read
/// and set by these functions only.
enum class Proof : std::uint8_t { kNone, kGood, kWrong };
inline Proof load(Proof& proof) { return std::atomic_ref(proof).load(std::memory_order_relaxed); }
inline bool is_good(Proof& proof) { return load(proof) == Proof::kGood; }
inline void set(Proof& proof, Proof found) { std::atomic_ref(proof).store(found, std::memory_order_relaxed); }

/// The bytes of one chunk with the checksum regions that the catalog holds for it.
struct ChunkBytes {
  ByteView bytes;  ///< from the size prefix
  std::span<const std::uint32_t> region_end;
  std::span<const std::uint64_t> region_xxh3;
  std::span<Proof> region_proof;  ///< of each checksum
  const io::MappedFile* file;     ///< to ask for regions; nullptr: the whole chunk was asked for
};

/// Hands out the vectors of one chunk, each proven first: it begins where a region
/// begins, ends inside it, has the length that it must have, and the region
/// matches its checksum. The first fault is kept; what follows it yields nothing.
class ChunkReader {
 public:
  /// `place` names file, chunk and offset, for messages. `rows`: rows of the chunk.
  ChunkReader(const ChunkBytes& chunk, std::string place, std::uint32_t rows)
      : chunk_(chunk), place_(std::move(place)), rows_(rows) {}

  /// The region before the first vector: tables and constants.
  void check_root() { check_region(0, "its tables"); }
  [[nodiscard]] std::uint32_t root_bytes() const { return chunk_.region_end.front(); }

  /// nullptr when absent, or after a fault.
  template <class T>
  const T* dense(const flatbuffers::Vector<T>* vector, const char* name) {
    if (vector == nullptr) return nullptr;
    const std::span<const T> values = sparse(vector, name);
    if (error_) return nullptr;
    if (values.size() != rows_) {
      fail(std::string("column ") + name + " has " + std::to_string(values.size()) + " elements, not " +
           std::to_string(rows_));
      return nullptr;
    }
    return values.data();
  }

  template <class T>
  std::span<const T> sparse(const flatbuffers::Vector<T>* vector, const char* name) {
    if (vector == nullptr || error_) return {};
    const auto begin = static_cast<std::uint64_t>(reinterpret_cast<const std::uint8_t*>(vector) - chunk_.bytes.data());
    const std::uint64_t data = begin + sizeof(flatbuffers::uoffset_t);
    // Region r begins where region r - 1 ends; the first holds the tables.
    const auto before = std::lower_bound(chunk_.region_end.begin(), chunk_.region_end.end(), begin);
    const auto region = static_cast<std::size_t>(before - chunk_.region_end.begin()) + 1;
    const bool begins_region =
        before != chunk_.region_end.end() && *before == begin && region < chunk_.region_end.size();
    // Nothing of the vector was looked at before, its length neither.
    if (!begins_region || begin % sizeof(flatbuffers::uoffset_t) != 0 || data > chunk_.region_end[region] ||
        data % sizeof(T) != 0 || vector->size() > (chunk_.region_end[region] - data) / sizeof(T)) {
      fail(std::string("column ") + name + " lies outside the regions of the catalog");
      return {};
    }
    check_region(region, name);
    if (error_) return {};
    return {vector->data(), vector->size()};
  }

  template <class T>
  Column<T> column(T all, const flatbuffers::Vector<T>* vector, const char* name) {
    return {dense(vector, name), all};
  }

  template <class Narrow, class Wide>
  NarrowedColumn<Narrow, Wide> narrowed(Wide all, const flatbuffers::Vector<Narrow>* narrow,
                                        const flatbuffers::Vector<Wide>* wide, const char* name) {
    check_width(narrow, wide, name);
    return {dense(narrow, name), dense(wide, name), all};
  }

  OffsetColumn offsets(std::uint64_t base, const flatbuffers::Vector<std::uint32_t>* narrow,
                       const flatbuffers::Vector<std::uint64_t>* wide, const char* name) {
    check_width(narrow, wide, name);
    return {base, dense(narrow, name), dense(wide, name)};
  }

  TimeColumn times(std::int64_t base_ns, std::uint64_t unit_ns, const flatbuffers::Vector<std::uint32_t>* narrow,
                   const flatbuffers::Vector<std::uint64_t>* wide, const char* name) {
    check_width(narrow, wide, name);
    return {base_ns, unit_ns, dense(narrow, name), dense(wide, name)};
  }

  SpanColumn spans(std::int64_t all_ns, std::uint64_t unit_ns, const flatbuffers::Vector<std::uint32_t>* narrow,
                   const flatbuffers::Vector<std::int64_t>* wide, const char* name) {
    check_width(narrow, wide, name);
    return {all_ns, unit_ns, dense(narrow, name), dense(wide, name)};
  }

  /// Of a narrow and a wide vector at most one is there: else it is for each reader to say which one counts.
  template <class Narrow, class Wide>
  void check_width(const flatbuffers::Vector<Narrow>* narrow, const flatbuffers::Vector<Wide>* wide, const char* name) {
    if (narrow != nullptr && wide != nullptr) fail(std::string("column ") + name + " is there in both widths");
  }

  /// The rows that lead sparse facts: below the row count and ascending, each at most `most` times, so that what is
  /// done for every fact of a row has a bound. REQUIRES: most > 0.
  void check_rows(std::span<const std::uint16_t> rows, std::size_t most, const char* name) {
    for (std::size_t i = 0; i < rows.size() && !error_; ++i) {
      if (rows[i] >= rows_ || (i > 0 && rows[i - 1] > rows[i])) {
        fail(std::string("the rows of ") + name + " are out of order or range");
      } else if (i >= most && rows[i - most] == rows[i]) {
        fail(std::string(name) + " names a row more than " + (most == 1 ? "once" : std::to_string(most) + " times"));
      }
    }
  }

  void require(bool holds, const char* what) {
    if (!holds) fail(what);
  }

  void fail(const std::string& what) {
    if (!error_) error_ = Error{ErrorCode::kCorrupt, place_ + ": " + what + "; re-run the extractor on the capture"};
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  void check_region(std::size_t region, const char* name) {
    if (error_) return;
    const Proof known = load(chunk_.region_proof[region]);
    if (known == Proof::kGood) return;
    const std::uint32_t begin = region == 0 ? 0 : chunk_.region_end[region - 1];
    const ByteView bytes = chunk_.bytes.subspan(begin, chunk_.region_end[region] - begin);
    if (known == Proof::kNone && chunk_.file != nullptr) chunk_.file->will_need(bytes);
    // Who asks again, for every connection perhaps, gets the same answer without the work.
    if (known == Proof::kWrong || container::checksum(bytes) != chunk_.region_xxh3[region]) {
      set(chunk_.region_proof[region], Proof::kWrong);
      fail(std::string(name) + " (" + std::to_string(bytes.size()) + " bytes at " + std::to_string(begin) +
           " in the chunk) does not match its checksum");
      return;
    }
    set(chunk_.region_proof[region], Proof::kGood);
  }

  ChunkBytes chunk_;
  std::string place_;
  std::uint32_t rows_;
  std::optional<Error> error_;
};

}  // namespace pcapsule::read
