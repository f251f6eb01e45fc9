// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis/compare/pair_analysis.h"
#include "analyzer/analysis/compare/path_sink.h"
#include "analyzer/analysis/compare/sampler.h"
#include "analyzer/analysis/compare/verdict.h"

namespace pcapsule::analysis::compare {

/// What all segments of one direction add up to, over all or in a slice of time.
struct DirectionTotals {
  explicit DirectionTotals(std::size_t samples) : delay(samples) {}

  std::uint64_t segments = 0;  ///< of the first point, and those that it missed
  std::uint64_t bytes = 0;
  std::uint64_t matched = 0;
  std::uint64_t ambiguous = 0;
  std::uint64_t resegmented = 0;
  std::uint64_t lost = 0;
  std::uint64_t lost_bytes = 0;
  std::array<std::uint64_t, 2> missed{};  ///< at the first point, at the second
  std::uint64_t unknown = 0;
  std::uint64_t reordered = 0;
  std::uint64_t copies = 0;                   ///< of the second point, more than a millisecond apart
  std::array<std::uint64_t, 2> duplicates{};  ///< left out (S40): at the first point, at the second
  std::array<std::uint64_t, 6> resent{};      ///< by ResendCause
  std::uint64_t zero_windows = 0;
  Sampler delay;
  Verdict verdict;

  /// More copies at the second point than at the first, unless that point saw most segments
  /// twice: then it is the capture that doubles them.
  [[nodiscard]] std::uint64_t duplicated() const {
    if (duplicates[1] <= duplicates[0] || duplicates[1] * 2 > segments) return copies;
    return copies + duplicates[1] - duplicates[0];
  }
  [[nodiscard]] std::uint64_t resent_for(ResendCause cause) const { return resent[static_cast<std::size_t>(cause)]; }
};

/// What exchanges add up to.
struct ExchangeTotals {
  explicit ExchangeTotals(std::size_t samples) : network(samples), far(samples), near(samples) {}

  std::uint64_t count = 0;
  std::uint64_t untimed = 0;  ///< of these; the rest says nothing of them
  std::int64_t total_ns = 0;
  std::int64_t passed_ns = 0;  ///< what shares are shares of: no one is greater
  Shares shares{};
  std::uint64_t rounds = 0;  ///< trips there and back that followed each other
  Sampler network;           ///< by exchange
  Sampler far;
  Sampler near;

  [[nodiscard]] std::uint64_t timed() const { return count - untimed; }
  /// False: there are exchanges, but nothing is known of their time.
  [[nodiscard]] bool has_times() const { return untimed == 0 || timed() > 0 || passed_ns > 0; }
};

/// Counts of what happened, over all or in a slice of time.
struct SliceTotals {
  explicit SliceTotals(std::size_t samples)
      : directions{DirectionTotals(samples), DirectionTotals(samples)}, exchanges(samples), round_trip(samples) {}

  std::int64_t start_ns = 0;  ///< by the near clock
  std::array<DirectionTotals, 2> directions;
  ExchangeTotals exchanges;
  Sampler round_trip;
  Findings findings;
  Verdict verdict;
};

/// A frame pair that proves something.
struct Evidence {
  std::string_view what;
  Direction direction = Direction::kNearToFar;
  std::array<std::uint32_t, 2> stream{};
  std::array<std::uint64_t, 2> frame{};  ///< by point; 0: none
  std::int64_t amount_ns = 0;            ///< 0: it has none
};

/// A segment that one point has and the other not, with everything that a list says of it.
struct ListedAbsent {
  Absent absent;
  std::array<std::uint32_t, 2> stream{};
  std::uint64_t frame = 0;  ///< at the point that has it
  std::int64_t time_ns = 0;
  std::uint32_t seq = 0;  ///< raw, as that point saw it
  std::uint16_t ip_id = 0;
  std::uint16_t flags = 0;
  std::uint32_t payload = 0;
  std::array<std::uint64_t, 2> proof_frame{};  ///< by point; 0: none
};

/// An exchange with everything that a list says of it.
struct ListedExchange {
  Exchange exchange;
  std::array<std::uint32_t, 2> stream{};
  std::array<std::uint64_t, 2> request_frame{};
  std::array<std::uint64_t, 2> answer_frame{};
  std::array<std::uint64_t, 2> ends{};  ///< first and last frame at the client's point
  unsigned client_point = kNear;
};

/// Which lists to keep, and how long slices are.
struct SummaryOptions {
  std::int64_t first_ns = 0;  ///< of the overlap, by the near clock
  std::int64_t last_ns = 0;
  std::int64_t slice_ns = 0;  ///< 0: about thirty slices
  bool list_exchanges = false;
  PathSink* path = nullptr;  ///< nullptr: no picture
};

/// What is known of a pair beside its rows.
struct PairFacts {
  std::array<std::uint32_t, 2> stream{};               ///< by point
  std::array<std::array<std::uint32_t, 2>, 2> base{};  ///< by point and host: the raw number of position 0
  unsigned client_point = kNear;
};

/// Adds up pairs. Memory is bounded but for the lists, which end at a limit.
class Summary {
 public:
  Summary(const Frame& frame, const SummaryOptions& options);

  void add(const PairRows& pair, const PairAnalysis& analysis, const PairFacts& facts);

  /// Judges what was added. Call once, after the last pair.
  void finish();

  [[nodiscard]] const SliceTotals& all() const { return all_; }
  [[nodiscard]] const std::vector<SliceTotals>& slices() const { return slices_; }
  [[nodiscard]] std::int64_t slice_ns() const { return slice_ns_; }
  [[nodiscard]] const std::vector<ListedAbsent>& absent() const { return absent_; }
  [[nodiscard]] const std::vector<ListedExchange>& exchanges() const { return exchanges_; }
  /// Entries that the lists have no room for.
  [[nodiscard]] std::uint64_t not_listed() const { return not_listed_; }
  /// What proves the verdict, most telling first.
  [[nodiscard]] std::vector<Evidence> evidence() const;

 private:
  static constexpr std::size_t kGreatestListed = std::size_t{1} << 20;  ///< entries of each list

  [[nodiscard]] SliceTotals& slice_at(std::int64_t near_ns);
  [[nodiscard]] std::int64_t near_time(unsigned point, std::int64_t time_ns) const;
  void add_segments(const PairRows& pair, const PairAnalysis& analysis, Direction direction);
  void draw(const PairRows& pair, const PairAnalysis& analysis, Direction direction) const;
  void add_absent(const PairRows& pair, const Absent& absent, const PairFacts& facts);
  void add_exchanges(const PairRows& pair, const PairAnalysis& analysis, const PairFacts& facts);
  void add_times(const Exchange& exchange);
  void add_stretch(const Stretch& stretch, bool noticed, unsigned client_point);
  void list(const Exchange& exchange, const PairRows& pair, const PairFacts& facts);
  void add_aborts(const PairRows& pair, const PairAnalysis& analysis, const PairFacts& facts);
  void note(std::string_view what, const PairRows& pair, const PairFacts& facts, Direction direction,
            const std::array<std::uint32_t, 2>& rows, std::int64_t amount_ns);
  void learn_usual_delays();
  void add_delays();
  [[nodiscard]] Verdict judge_direction(const SliceTotals& totals, Direction direction, bool delay_rose) const;

  Frame frame_;
  SummaryOptions options_;
  std::int64_t slice_ns_ = 1;
  SliceTotals all_;
  std::vector<SliceTotals> slices_;
  std::vector<ListedAbsent> absent_;
  std::vector<ListedExchange> exchanges_;
  std::uint64_t not_listed_ = 0;
  std::vector<Evidence> evidence_;
  std::optional<std::int64_t> usual_round_trip_ns_;
  std::array<std::optional<std::int64_t>, 2> usual_delay_ns_;  ///< by direction
};

}  // namespace pcapsule::analysis::compare
