// SPDX-License-Identifier: Apache-2.0
#include "analyzer/select/rows_ahead.h"

#include <algorithm>
#include <numeric>
#include <system_error>
#include <utility>

#include "analyzer/fields/chunk_context.h"
#include "analyzer/filter/evaluator.h"

namespace pcapsule::select {

namespace {

constexpr std::size_t kGreatestThreads = 8;
/// Chunks that may be claimed before the one that is taken next: `-c 10` reads no more than these in vain.
constexpr std::size_t kSlots = 16;
/// Below it a thread costs more than it saves.
constexpr std::size_t kChunksPerThread = 4;
/// An evaluator keeps up to 64 KiB a memo: a filter with many is left to one thread.
constexpr std::size_t kGreatestMemos = 16;

/// Threads beside that of who takes.
std::size_t helpers(std::size_t chunks, std::size_t memos) {
  if (memos > kGreatestMemos) return 0;
  const std::size_t cores = std::max(std::thread::hardware_concurrency(), 1U);
  return std::min({kGreatestThreads, cores, std::max<std::size_t>(chunks / kChunksPerThread, 1)}) - 1;
}

}  // namespace

/// What one thread needs to look at a chunk.
class RowsAhead::Finder {
 public:
  Finder(read::RecordFile& file, const Selection& selection)
      : file_(file),
        selection_(selection),
        evaluator_(selection.filter()->plan()),
        texts_(file.path(), file.catalog()) {
    context_.catalog = &file.catalog();
    context_.texts = &texts_;
  }

  Result<void> find(std::uint32_t number) {
    const read::ChunkInfo info = file_.segment_chunk_info(number);
    const auto chunk = file_.segments(number, selection_.columns(info) | selection_.filter()->columns());
    if (!chunk) return chunk.error();
    context_.chunk = *chunk;
    rows_.resize(chunk->rows);
    std::iota(rows_.begin(), rows_.end(), std::uint16_t{0});
    if (!selection_.has_all(info)) {
      std::erase_if(rows_, [&](std::uint16_t row) { return !selection_.has(*chunk, row, TimestampNs{}); });
    }
    evaluator_.enter(context_);
    evaluator_.narrow(rows_);
    return {};
  }

  [[nodiscard]] std::span<const std::uint16_t> rows() const { return rows_; }
  [[nodiscard]] bool gave_up() const { return evaluator_.gave_up(); }

 private:
  read::RecordFile& file_;
  const Selection& selection_;
  filter::Evaluator evaluator_;
  fields::FileTexts texts_;
  fields::ChunkContext context_;
  std::vector<std::uint16_t> rows_;
};

RowsAhead::RowsAhead(read::RecordFile& file, const Selection& selection, std::span<const std::uint32_t> chunks)
    : file_(file),
      selection_(selection),
      chunks_(chunks),
      finder_(std::make_unique<Finder>(file, selection)),
      slots_(kSlots) {
  start_threads();
}

RowsAhead::~RowsAhead() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool RowsAhead::suits(const Selection& selection) {
  return selection.filter() != nullptr && selection.filter()->needs() == fields::kNothing &&
         selection.connections().is_all() && !selection.needs_connection_start();
}

void RowsAhead::start_threads() {
  const std::size_t wanted = helpers(chunks_.size(), selection_.filter()->plan().memos);
  threads_.reserve(wanted);
  try {
    while (threads_.size() < wanted) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // There may be no more threads: those that there are do the work, if only who takes.
  }
}

/// REQUIRES: the mutex is held.
bool RowsAhead::has_unclaimed() const { return claimed_ < std::min(chunks_.size(), taken_ + slots_.size()); }

void RowsAhead::work() {
  std::unique_ptr<Finder> finder;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stops_ || has_unclaimed(); });
    if (stops_) return;
    const std::size_t place = claimed_++;
    lock.unlock();
    Slot& slot = slot_of(place);
    try {
      if (!finder) finder = std::make_unique<Finder>(file_, selection_);
      find(*finder, place);
    } catch (...) {
      slot.failure = std::current_exception();  // bad_alloc: handed to who takes
    }
    lock.lock();
    slot.is_ready = true;
    // All wait for one condition, so that all are to look.
    changed_.notify_all();
  }
}

/// REQUIRES: `place` is claimed, and by this thread.
void RowsAhead::find(Finder& finder, std::size_t place) {
  Slot& slot = slot_of(place);
  slot.status = finder.find(chunks_[place]);
  if (slot.status) slot.rows.assign(finder.rows().begin(), finder.rows().end());
  if (finder.gave_up()) gave_up_ = true;
}

Result<void> RowsAhead::take(std::vector<std::uint16_t>& rows) {
  std::unique_lock lock(mutex_);
  Slot& slot = slot_of(taken_);
  while (!slot.is_ready) {
    if (!has_unclaimed()) {
      changed_.wait(lock);
      continue;
    }
    const std::size_t place = claimed_++;
    lock.unlock();
    find(*finder_, place);
    lock.lock();
    slot_of(place).is_ready = true;
  }
  if (slot.failure) std::rethrow_exception(slot.failure);
  rows.swap(slot.rows);
  const Result<void> status = slot.status;
  slot.is_ready = false;
  ++taken_;
  lock.unlock();
  changed_.notify_all();
  return status;
}

}  // namespace pcapsule::select
