// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/analysis/compare/pair.h"
#include "analyzer/analysis/compare/retransmissions.h"
#include "common/base/overflow.h"

namespace pcapsule::analysis::compare {

/// Who had the ball: what a stretch of time of an exchange was spent on.
enum class Share : std::uint8_t {
  kTransit,        ///< between the points
  kRecovery,       ///< waiting for what was lost between the points to be sent again
  kBeyondNear,     ///< the same for what was lost before the near point
  kBeyondFar,      ///< or behind the far one
  kFarThink,       ///< the host at the far end, before it sent data
  kFarZeroWindow,  ///< its receive window was shut
  kFarDelayedAck,  ///< it sent nothing but an acknowledgment
  kNearThink,
  kNearZeroWindow,
  kNearDelayedAck,
};
inline constexpr std::size_t kShares = 10;
std::string_view to_text(Share share);

/// Nanoseconds by share.
using Shares = std::array<std::int64_t, kShares>;

constexpr std::int64_t of(const Shares& shares, Share share) { return shares[static_cast<std::size_t>(share)]; }

/// Sums of shares. Each may be as long as 64 bits hold.
constexpr std::int64_t network_of(const Shares& s) {
  return saturating_sum(of(s, Share::kTransit), of(s, Share::kRecovery));
}
constexpr std::int64_t far_of(const Shares& s) {
  return saturating_sum(of(s, Share::kFarThink), of(s, Share::kFarZeroWindow), of(s, Share::kFarDelayedAck));
}
constexpr std::int64_t near_of(const Shares& s) {
  return saturating_sum(of(s, Share::kNearThink), of(s, Share::kNearZeroWindow), of(s, Share::kNearDelayedAck));
}
constexpr std::int64_t beyond_of(const Shares& s) {
  return saturating_sum(of(s, Share::kBeyondNear), of(s, Share::kBeyondFar));
}

/// A stretch of an exchange, by the near clock.
struct Stretch {
  std::int64_t begin_ns = 0;
  std::int64_t span_ns = 0;
  Share share = Share::kTransit;
  Direction direction = Direction::kNearToFar;               ///< of the segment that ended it
  std::array<std::uint32_t, 2> from_row = {kNoRow, kNoRow};  ///< by point: the segment that it began with
  std::array<std::uint32_t, 2> to_row = {kNoRow, kNoRow};    ///< and the one that ended it
};

enum class ExchangeKind : std::uint8_t { kHandshake, kData, kUpload };
std::string_view to_text(ExchangeKind kind);

/// A request and its answer (S48). Rows are matched ones of both points.
struct Exchange {
  ExchangeKind kind = ExchangeKind::kData;
  std::uint32_t first_row = kNoRow;                             ///< at the client's point: where the request begins
  std::uint32_t last_row = kNoRow;                              ///< and where the answer ends
  std::int64_t start_ns = 0;                                    ///< by the near clock
  std::int64_t total_ns = 0;                                    ///< from the first row to the last
  std::int64_t passed_ns = 0;                                   ///< of its stretches those that go forward
  std::int64_t backward_ns = 0;                                 ///< and those that go back: 0 or less
  bool is_measured = false;                                     ///< false: the next four are not known
  std::array<std::uint32_t, 2> request_row = {kNoRow, kNoRow};  ///< by point: the last segment of the request
  std::array<std::uint32_t, 2> answer_row = {kNoRow, kNoRow};   ///< the first segment of the answer
  std::int64_t network_ns = 0;                                  ///< S48 of these two
  std::int64_t host_ns = 0;                                     ///< what the answering host took
  Shares shares{};                                              ///< of total_ns; adds up to it
  std::uint32_t rounds = 0;     ///< trips to the other point and back that followed each other
  std::uint32_t stretches = 0;  ///< how many of stretches() are its own

  /// Whether its times mean anything (S52). Stamping puts a stretch off by microseconds, and drift by a share of
  /// the time; where stamps go back by more, a clock was set, or the clocks are not what was measured.
  [[nodiscard]] constexpr bool is_timed() const {
    constexpr std::int64_t kNoiseNs = 1'000'000;
    constexpr std::int64_t kNoiseParts = 1'000;
    return backward_ns >= -kNoiseNs || backward_ns >= -(passed_ns / kNoiseParts);
  }
};

/// The exchanges of one pair, and where their time went.
///
/// Time is followed backwards from the end of the answer: the host that sent it did so after the last
/// segment that had reached it, which the client had sent after the last that had reached it, and so on to
/// the beginning of the request. So every instant belongs to one host or to the way between the
/// points, and each way there is measured together with the way back, without the clocks' offset.
class Exchanges {
 public:
  /// `causes`: by direction. `client_point`: the point at whose end the connection's client is.
  Exchanges(const PairRows& pair, const std::array<std::vector<ResendCause>, 2>& causes, const Frame& frame,
            unsigned client_point);

  [[nodiscard]] const std::vector<Exchange>& exchanges() const { return exchanges_; }
  /// Stretches of all exchanges; each exchange's from its end to its beginning.
  [[nodiscard]] const std::vector<Stretch>& stretches() const { return stretches_; }

 private:
  /// A host is where its point is: host 0 at the near end.
  void learn_triggers(unsigned host);
  void find_handshake();
  void find_requests();
  void close(ExchangeKind kind, std::uint32_t first, std::uint32_t request, std::uint32_t answer, std::uint32_t last);
  void measure(Exchange& exchange, std::uint32_t request, std::uint32_t answer) const;
  void follow_back(Exchange& exchange, std::uint32_t first, std::uint32_t last);
  void add(Exchange& exchange, std::int64_t begin_ns, std::int64_t span_ns, Share share, std::uint32_t from_here,
           std::uint32_t to_here);
  [[nodiscard]] std::array<std::uint32_t, 2> at_both(std::uint32_t row_here) const;
  [[nodiscard]] Share share_of(unsigned host, std::uint32_t own_row) const;
  [[nodiscard]] bool is_probe(const Segment& segment, std::int64_t sent_end) const;
  /// A span of the point behind as the clock of the client's point would have measured it.
  [[nodiscard]] std::int64_t span_here(std::int64_t span_there_ns) const;
  [[nodiscard]] std::int64_t near_time(std::int64_t here_ns) const;

  const PairRows& pair_;
  const std::array<std::vector<ResendCause>, 2>& causes_;
  const Frame& frame_;
  unsigned here_;   ///< the point at the client's end, where the user waits
  unsigned there_;  ///< the other one
  /// By host: of each row that leaves it, the last matched one before that told it something new; kNoRow: none.
  std::array<std::vector<std::uint32_t>, 2> trigger_;
  /// By host, of each row that leaves it: was the other host's window shut, and its own before?
  std::array<std::vector<std::uint8_t>, 2> shut_;
  std::vector<Exchange> exchanges_;
  std::vector<Stretch> stretches_;
};

/// The network's time of a data segment of one host and the first segment that acknowledges it (S48).
struct RoundTrip {
  std::int64_t near_ns = 0;  ///< when it ended, by the near clock
  std::int64_t network_ns = 0;
  std::int64_t host_ns = 0;  ///< that the answering host took
  std::uint32_t near_row = kNoRow;
  std::uint32_t far_row = kNoRow;
};

/// All of them, of both directions.
std::vector<RoundTrip> round_trips(const PairRows& pair, const Frame& frame);

}  // namespace pcapsule::analysis::compare
