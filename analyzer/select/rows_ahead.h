// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "analyzer/read/record_file.h"
#include "analyzer/select/selection.h"
#include "common/base/result.h"

namespace pcapsule::select {

/// Finds the rows that a selection with a filter selects, where each chunk alone tells them: the filter asks for
/// nothing but columns, all connections are selected, and no bound counts from their start. Such chunks are worked
/// on by several threads, some ahead of who takes them; they are taken in their order, whichever was ready first.
class RowsAhead {
 public:
  /// `chunks`, in the order of the calls of take(). All arguments outlive this.
  RowsAhead(read::RecordFile& file, const Selection& selection, std::span<const std::uint32_t> chunks);
  ~RowsAhead();
  RowsAhead(const RowsAhead&) = delete;
  RowsAhead& operator=(const RowsAhead&) = delete;

  /// Does it suit the selection?
  static bool suits(const Selection& selection);

  /// The selected rows of the next chunk go to `rows`. Works itself while the others do.
  /// Error: the chunk is damaged. REQUIRES: there is a next chunk.
  Result<void> take(std::vector<std::uint16_t>& rows);

  /// Did a pattern of `matches` reach its limit in a chunk that was looked at?
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  class Finder;
  /// A chunk between being claimed and being taken.
  struct Slot {
    bool is_ready = false;
    Result<void> status;
    std::exception_ptr failure;
    std::vector<std::uint16_t> rows;
  };

  void start_threads();
  void work();
  void find(Finder& finder, std::size_t place);
  [[nodiscard]] bool has_unclaimed() const;
  [[nodiscard]] Slot& slot_of(std::size_t place) { return slots_[place % slots_.size()]; }

  read::RecordFile& file_;
  const Selection& selection_;
  std::span<const std::uint32_t> chunks_;
  std::unique_ptr<Finder> finder_;  ///< of who takes
  std::atomic<bool> gave_up_ = false;

  std::mutex mutex_;  ///< of all below but the threads
  std::condition_variable changed_;
  std::vector<Slot> slots_;  ///< a ring
  std::size_t claimed_ = 0;  ///< chunks before it are being worked on, or ready
  std::size_t taken_ = 0;    ///< chunks before it are taken
  bool stops_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pcapsule::select
