// SPDX-License-Identifier: Apache-2.0
#include "common/io/mapping_guard.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string_view>
#include <utility>

#include "common/base/exit_code.h"

namespace pcapsule::io {

namespace {

/// All that the handler reads: it may interrupt anything, so it may not allocate or lock.
struct Slot {
  std::atomic<bool> taken;
  std::atomic<const std::uint8_t*> begin;  ///< nullptr: not (yet) in use
  std::size_t size_bytes;
  std::string line;  ///< ready to be written
};
static_assert(std::atomic<const std::uint8_t*>::is_always_lock_free, "a signal handler reads it");

std::array<Slot, MappingGuard::kMaxGuarded> slots;
LineOf line_maker = nullptr;

const Slot* slot_of(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const Slot& slot : slots) {
    const std::uint8_t* begin = slot.begin.load(std::memory_order_acquire);
    const auto first = reinterpret_cast<std::uintptr_t>(begin);
    if (begin != nullptr && at >= first && at - first < slot.size_bytes) return &slot;
  }
  return nullptr;
}

void on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  // A code of 0 or below means that a process sent it: then there is no address.
  const Slot* slot = info->si_code > 0 ? slot_of(info->si_addr) : nullptr;
  if (slot == nullptr) {
    std::signal(signal, SIG_DFL);
    (void)std::raise(signal);  // delivered on return
    return;
  }
  static std::atomic_flag told;
  while (told.test_and_set()) (void)::pause();  // another thread met the same, and ends the process
  for (std::string_view rest = slot->line; !rest.empty();) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::_exit(static_cast<int>(ExitCode::kFailed));
}

}  // namespace

void guard_mappings(LineOf line_of) {
  line_maker = line_of;
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  (void)::sigaction(SIGBUS, &action, nullptr);
}

MappingGuard::MappingGuard(const std::string& path, const std::uint8_t* begin, std::size_t size_bytes) {
  if (line_maker == nullptr) return;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].taken.exchange(true, std::memory_order_acquire)) continue;
    slots[i].line = line_maker(path +
                               ": a part of it could not be read any more: the file was truncated while it was being "
                               "read, or its disk fails; run the command again");
    slots[i].size_bytes = size_bytes;
    slots[i].begin.store(begin, std::memory_order_release);
    slot_ = i;
    return;
  }
}

MappingGuard::MappingGuard(MappingGuard&& other) noexcept : slot_(std::exchange(other.slot_, kMaxGuarded)) {}

MappingGuard& MappingGuard::operator=(MappingGuard&& other) noexcept {
  if (this != &other) {
    release();
    slot_ = std::exchange(other.slot_, kMaxGuarded);
  }
  return *this;
}

MappingGuard::~MappingGuard() { release(); }

void MappingGuard::release() {
  if (slot_ == kMaxGuarded) return;
  slots[slot_].begin.store(nullptr, std::memory_order_release);
  slots[slot_].taken.store(false, std::memory_order_release);
  slot_ = kMaxGuarded;
}

}  // namespace pcapsule::io
