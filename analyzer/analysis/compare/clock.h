// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis/compare/segment.h"
#include "common/base/overflow.h"

namespace pcapsule::analysis::compare {

/// Cut to whole nanoseconds, and to what 64 bits hold.
inline std::int64_t whole_ns(double ns) {
  constexpr double kGreatest = 9.2e18;
  return static_cast<std::int64_t>(ns >= -kGreatest && ns <= kGreatest ? ns : 0);
}

/// How the far point's clock stands to the near one's (S49).
struct ClockModel {
  std::int64_t epoch_ns = 0;   ///< the near stamp that the offset is given for
  std::int64_t offset_ns = 0;  ///< far less near at the epoch
  double drift = 0;            ///< by how much the far clock runs faster, 1e-6 being 1 ppm
  /// The offset lies within, whatever the path: half of the least round trip, and noise.
  std::int64_t offset_bound_ns = 0;
  /// Of the offset if the least delays of both directions are equal, and of the drift: two
  /// standard deviations of what the least delays of many spans of time say.
  std::int64_t offset_noise_ns = 0;
  double drift_noise = 0;
  bool drift_known = false;  ///< false: too few spans of time; the drift is taken as 0
  std::int64_t round_trip_least_ns = 0;

  /// Far less near at a near stamp.
  [[nodiscard]] std::int64_t offset_at(std::int64_t near_ns) const {
    return wrapping_add(offset_ns, whole_ns(drift * static_cast<double>(wrapping_subtract(near_ns, epoch_ns))));
  }
  [[nodiscard]] std::int64_t to_far(std::int64_t near_ns) const { return wrapping_add(near_ns, offset_at(near_ns)); }
  [[nodiscard]] std::int64_t to_near(std::int64_t far_ns) const {
    // The drift is so small that one step from the offset at the epoch is exact.
    return wrapping_subtract(far_ns, offset_at(wrapping_subtract(far_ns, offset_ns)));
  }
  /// A span by the far clock as the near one would have measured it.
  [[nodiscard]] std::int64_t span_to_near(std::int64_t far_span_ns) const {
    return wrapping_subtract(far_span_ns, whole_ns(drift * static_cast<double>(far_span_ns)));
  }
  /// The delay of a segment between the points: its level assumes equal least delays.
  [[nodiscard]] std::int64_t delay(Direction direction, std::int64_t near_ns, std::int64_t far_ns) const {
    const std::int64_t distance = wrapping_subtract(far_ns, to_far(near_ns));
    return direction == Direction::kNearToFar ? distance : wrapping_subtract(0, distance);
  }
};

/// Gathers the stamps of segments that both points saw, and keeps the fastest of each span
/// of time and direction: memory does not grow with their number.
class ClockSamples {
 public:
  /// `first`, `last`: of the near capture. Stamps outside count with its ends.
  ClockSamples(std::int64_t first_ns, std::int64_t last_ns);

  void add(Direction direction, std::int64_t near_ns, std::int64_t far_ns);

  /// nullopt: one of the directions has no sample.
  [[nodiscard]] std::optional<ClockModel> estimate() const;

 private:
  struct Fastest {
    std::int64_t near_ns = 0;
    std::int64_t distance_ns = 0;  ///< far less near; of the direction to the near point negated: least is fastest
    bool known = false;
  };
  /// The fastest of a span of time in both directions, without the drift assumed so far.
  struct Window {
    std::array<double, 2> near_ns{};
    std::array<double, 2> least_ns{};
    [[nodiscard]] double round_trip() const { return least_ns[0] + least_ns[1]; }
    [[nodiscard]] double offset() const { return (least_ns[0] - least_ns[1]) / 2; }
    [[nodiscard]] double time() const { return (near_ns[0] + near_ns[1]) / 2; }
  };
  [[nodiscard]] std::vector<Window> windows(double drift) const;
  [[nodiscard]] std::vector<Window> windows(double drift, std::size_t bins_of_each) const;
  static double slope_of(const std::vector<Window>& windows);
  /// Of their round trips.
  static double lower_quartile(const std::vector<Window>& windows);

  std::int64_t first_ns_;
  std::int64_t bin_ns_;
  std::array<std::vector<Fastest>, 2> fastest_;
};

}  // namespace pcapsule::analysis::compare
