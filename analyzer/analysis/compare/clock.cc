// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/clock.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace pcapsule::analysis::compare {

namespace {

/// Spans of time for which the fastest segments are kept, and those that the drift is
/// estimated from: all pairs of the latter are looked at.
constexpr std::int64_t kBins = 1 << 14;
constexpr std::size_t kWindows = 256;

/// Rounds of taking the drift out and looking again.
constexpr int kRounds = 3;
constexpr std::size_t kFewWindows = 6;  ///< do not tell a drift

/// Two windows see the same path when their least round trips differ by no more than this
/// at first; it is doubled until enough pairs agree.
constexpr double kLeastToleranceNs = 20'000;
constexpr double kToleranceShare = 0.01;
constexpr std::size_t kPairShare = 8;  // at least one pair in so many

struct Slope {
  double value = 0;
  double weight = 0;
};

double weighted_median(std::vector<Slope>& slopes) {
  std::ranges::sort(slopes, {}, &Slope::value);
  double all = 0;
  for (const Slope& slope : slopes) all += slope.weight;
  double below = 0;
  for (const Slope& slope : slopes) {
    below += slope.weight;
    if (below * 2 >= all) return slope.value;
  }
  return 0;
}

/// 1.4826 times the median distance from the median: a standard deviation that outliers do not move.
double deviation(std::vector<double> values) {
  if (values.size() < 2) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  const double median = *middle;
  for (double& value : values) value = std::abs(value - median);
  std::ranges::nth_element(values, middle);
  return 1.4826 * *middle;
}

}  // namespace

ClockSamples::ClockSamples(std::int64_t first_ns, std::int64_t last_ns)
    : first_ns_(first_ns),
      bin_ns_(std::max<std::int64_t>((TimestampNs{last_ns} - TimestampNs{first_ns}).value / kBins, 0) + 1) {
  for (auto& fastest : fastest_) fastest.resize(kBins);
}

void ClockSamples::add(Direction direction, std::int64_t near_ns, std::int64_t far_ns) {
  const std::int64_t since = std::max<std::int64_t>((TimestampNs{near_ns} - TimestampNs{first_ns_}).value, 0);
  Fastest& fastest = fastest_[index_of(direction)][static_cast<std::size_t>(std::min(since / bin_ns_, kBins - 1))];
  std::int64_t distance = (TimestampNs{far_ns} - TimestampNs{near_ns}).value;
  if (direction == Direction::kFarToNear) distance = DurationNs{TimestampNs{near_ns} - TimestampNs{far_ns}}.value;
  if (fastest.known && fastest.distance_ns <= distance) return;
  fastest = {near_ns, distance, true};
}

std::vector<ClockSamples::Window> ClockSamples::windows(double drift) const {
  // Where segments are few, the windows are made longer until most have both directions.
  std::vector<Window> best;
  constexpr auto kAllBins = static_cast<std::size_t>(kBins);
  for (std::size_t bins = kAllBins / kWindows; bins <= kAllBins; bins *= 2) {
    std::vector<Window> found = windows(drift, bins);
    if (found.size() > best.size()) best = std::move(found);
  }
  return best;
}

std::vector<ClockSamples::Window> ClockSamples::windows(double drift, std::size_t bins_of_each) const {
  std::vector<Window> found;
  for (std::size_t first = 0; first < static_cast<std::size_t>(kBins); first += bins_of_each) {
    Window window;
    std::array<bool, 2> known{};
    for (std::size_t direction = 0; direction < 2; ++direction) {
      for (std::size_t bin = first; bin < first + bins_of_each; ++bin) {
        const Fastest& fastest = fastest_[direction][bin];
        if (!fastest.known) continue;
        const auto since = static_cast<double>(fastest.near_ns - first_ns_);
        const double sign = direction == 0 ? 1 : -1;
        const double distance = static_cast<double>(fastest.distance_ns) - sign * drift * since;
        if (known[direction] && window.least_ns[direction] <= distance) continue;
        known[direction] = true;
        window.near_ns[direction] = since;
        window.least_ns[direction] = distance;
      }
    }
    if (known[0] && known[1]) found.push_back(window);
  }
  return found;
}

double ClockSamples::slope_of(const std::vector<Window>& windows) {
  // Between windows with the same round trip the path is the same, so that what changed
  // is the clocks: a step of the delay, in whichever direction, puts windows apart.
  double least = std::numeric_limits<double>::max();
  for (const Window& window : windows) least = std::min(least, window.round_trip());
  const std::size_t pairs = windows.size() * (windows.size() - 1) / 2;
  double tolerance = std::max(kLeastToleranceNs, least * kToleranceShare);
  std::vector<Slope> slopes;
  for (int doubling = 0; doubling < 40; ++doubling, tolerance *= 2) {
    slopes.clear();
    for (std::size_t i = 0; i < windows.size(); ++i) {
      for (std::size_t j = i + 1; j < windows.size(); ++j) {
        if (std::abs(windows[i].round_trip() - windows[j].round_trip()) > tolerance) continue;
        const double span = windows[j].time() - windows[i].time();
        if (span <= 0) continue;
        slopes.push_back({(windows[j].offset() - windows[i].offset()) / span, span});
      }
    }
    if (slopes.size() * kPairShare >= pairs) break;
  }
  return slopes.empty() ? 0 : weighted_median(slopes);
}

double ClockSamples::lower_quartile(const std::vector<Window>& windows) {
  std::vector<double> trips;
  trips.reserve(windows.size());
  for (const Window& window : windows) trips.push_back(window.round_trip());
  const auto quartile = trips.begin() + static_cast<std::ptrdiff_t>(trips.size() / 4);
  std::ranges::nth_element(trips, quartile);
  return *quartile;
}

std::optional<ClockModel> ClockSamples::estimate() const {
  double drift = 0;
  std::vector<Window> found = windows(drift);
  if (found.empty()) return std::nullopt;
  for (int round = 0; round < kRounds && found.size() >= kFewWindows; ++round) {
    drift += slope_of(found);
    found = windows(drift);
  }
  std::array<double, 2> least = found.front().least_ns;
  for (const Window& window : found) {
    for (std::size_t direction = 0; direction < 2; ++direction) {
      least[direction] = std::min(least[direction], window.least_ns[direction]);
    }
  }
  ClockModel model;
  model.epoch_ns = first_ns_;
  model.drift = drift;
  model.drift_known = found.size() >= kFewWindows;
  model.offset_ns = whole_ns(std::round((least[0] - least[1]) / 2));
  model.round_trip_least_ns = whole_ns(std::round(least[0] + least[1]));
  std::vector<double> offsets;
  double mean = 0;
  for (const Window& window : found) {
    offsets.push_back(window.offset());
    mean += window.time() / static_cast<double>(found.size());
  }
  // A few windows can agree by chance; how much the round trips of the faster ones vary bounds from below how
  // exact any of them is.
  const double sigma = std::max(deviation(std::move(offsets)), (lower_quartile(found) - least[0] - least[1]) / 2);
  double spread = 0;
  for (const Window& window : found) spread += (window.time() - mean) * (window.time() - mean);
  model.offset_noise_ns = whole_ns(2 * sigma);
  model.drift_noise = spread > 0 ? 2 * sigma / std::sqrt(spread) : 0;
  model.offset_bound_ns = std::max<std::int64_t>(model.round_trip_least_ns / 2, 0) + model.offset_noise_ns;
  return model;
}

}  // namespace pcapsule::analysis::compare
