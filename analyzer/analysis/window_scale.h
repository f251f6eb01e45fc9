// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/read/connection.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

/// Two views of window scaling: Wireshark's, which follows the options in file
/// order, and ours, which looks at the whole connection (S23 to S26).
namespace pcapsule::analysis {

inline constexpr std::int8_t kShiftUnknown = -1;
inline constexpr std::int8_t kShiftUnused = -2;
inline constexpr std::uint8_t kGreatestShift = 14;  ///< RFC 7323 section 2.3

/// Wireshark's state of both directions: kShiftUnknown, kShiftUnused, or 0 … 14.
using ShiftPair = std::array<std::int8_t, 2>;
inline constexpr ShiftPair kShiftsAtStart = {kShiftUnknown, kShiftUnknown};

/// Wireshark's state as a function of the frame number, for a connection whose
/// first SYN and SYN-ACK decide it alone.
class ShiftTimeline {
 public:
  /// nullopt: the connection table does not tell; replay its rows with ShiftReplay.
  static std::optional<ShiftTimeline> from(const read::Connection& connection);

  /// The state that the window of `frame` is read with: options act from the next segment on.
  [[nodiscard]] ShiftPair before(std::uint64_t frame) const {
    if (frame > steps_[1].frame) return steps_[1].after;
    return frame > steps_[0].frame ? steps_[0].after : kShiftsAtStart;
  }

 private:
  struct Step {
    std::uint64_t frame = 0;
    ShiftPair after = kShiftsAtStart;
  };
  std::array<Step, 2> steps_;  ///< by ascending frame; those that never happen come first, at frame 0
};

/// What a replay of a connection's options needs of a row.
struct OptionRow {
  unsigned side = 0;
  TcpWord word;
  std::uint8_t oddities = 0;
  bool fixed_header_cut = false;  ///< fewer than 20 bytes of the TCP header are available
  ByteView options;               ///< the option area as captured
};

/// Wireshark's state, from the options of a connection's rows in file order.
class ShiftReplay {
 public:
  /// The state before the row that is fed next.
  [[nodiscard]] ShiftPair state() const { return state_; }
  void feed(const OptionRow& row);

 private:
  ShiftPair state_ = kShiftsAtStart;
};

/// Wireshark's tcp.window_size.
constexpr std::uint32_t wireshark_window(std::int8_t shift, TcpWord word, std::uint16_t window, bool length_known) {
  const bool scaled = length_known && !word.has(tcp_flag::kSyn) && shift >= 0;
  return scaled ? std::uint32_t{window} << shift : window;
}

enum class ScaleState : std::uint8_t {
  kUnknown,   ///< neither SYN nor SYN-ACK tells (S26)
  kNone,      ///< one of them lacks the option: nothing is scaled (S24)
  kBoth,      ///< both carried it (S23)
  kOneSided,  ///< only one was captured, with the option (S25)
  kAssumed,   ///< the user said so (S26)
};
std::string_view to_text(ScaleState state);

/// What `--assume-window-scale C,S` says.
struct AssumedScale {
  std::uint8_t client = 0;
  std::uint8_t server = 0;
};

/// Our own result for a connection. `shift` is what its sender's windows are
/// multiplied by, 0 where nothing is scaled; nullopt: unknown.
struct WindowScale {
  ScaleState state = ScaleState::kUnknown;
  std::array<std::optional<std::uint8_t>, 2> shift;

  /// Bytes that a window field stands for; nullopt: its scale is unknown. The
  /// window of a SYN is never scaled (S23).
  [[nodiscard]] std::optional<std::uint32_t> bytes(unsigned side, TcpWord word, std::uint16_t window) const {
    if (word.has(tcp_flag::kSyn)) return window;
    if (!shift[side]) return std::nullopt;
    return std::uint32_t{window} << *shift[side];
  }
};

WindowScale window_scale(const read::Connection& connection, std::optional<AssumedScale> assumed);

}  // namespace pcapsule::analysis
