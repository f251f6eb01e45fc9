// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/clock.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/unit/analyzer/analysis/compare/made_pair.h"

namespace pcapsule::analysis::compare {
namespace {

using testing::ns;

constexpr double kMinute = 60'000;

struct ClockCase {
  const char* name;
  double offset_ms;
  double drift;
  std::function<double(double)> there;  ///< delay from near to far at a time, in milliseconds
  std::function<double(double)> back;
};
class EstimateClock : public ::testing::TestWithParam<ClockCase> {};

double steady(double) { return 10; }
/// Queues that empty now and then.
double busy(double ms) { return 10 + std::abs(std::sin(ms / 37)) * 25; }
double step(double ms) { return ms < kMinute / 2 ? 10 : 60; }

TEST_P(EstimateClock, FindsOffsetAndDrift) {
  const ClockCase& c = GetParam();
  const auto far_clock = [&](double ms) { return ms * (1 + c.drift) + c.offset_ms; };
  ClockSamples samples(0, ns(kMinute));
  for (double ms = 0; ms < kMinute; ms += 10) {
    samples.add(Direction::kNearToFar, ns(ms), ns(far_clock(ms + c.there(ms))));
    samples.add(Direction::kFarToNear, ns(ms), ns(far_clock(ms - c.back(ms))));
  }
  const auto clock = samples.estimate();
  ASSERT_TRUE(clock);
  EXPECT_TRUE(clock->drift_known);
  EXPECT_NEAR(clock->drift * 1e6, c.drift * 1e6, 1);
  EXPECT_NEAR(static_cast<double>(clock->offset_ns), c.offset_ms * 1e6, 30'000);
  EXPECT_NEAR(static_cast<double>(clock->round_trip_least_ns), 20e6, 30'000);
  EXPECT_GE(clock->offset_bound_ns, 9'900'000);
}

INSTANTIATE_TEST_SUITE_P(S49, EstimateClock,
                         ::testing::ValuesIn(std::vector<ClockCase>{
                             {"same_clock", 0, 0, steady, steady},
                             {"minutes_apart", 217'000, 0, steady, steady},
                             {"minutes_behind", -217'000, 0, steady, steady},
                             {"drift", 5, 100e-6, steady, steady},
                             {"drift_the_other_way", 5, -100e-6, steady, steady},
                             {"queues", 5, 40e-6, busy, busy},
                             {"a_step_of_one_direction_is_no_drift", 5, 0, step, steady},
                             {"a_step_of_the_other_direction_is_no_drift", 5, 100e-6, steady, step},
                             {"a_step_of_both", 5, 100e-6, step, step},
                         }),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EstimateClock, OneDirectionTellsNothing) {
  ClockSamples samples(0, ns(1000));
  samples.add(Direction::kNearToFar, ns(1), ns(11));
  EXPECT_FALSE(samples.estimate());
}

TEST(EstimateClock, OneAnswerTellsNoDrift) {
  ClockSamples samples(0, ns(1000));
  samples.add(Direction::kNearToFar, ns(1), ns(111));
  samples.add(Direction::kFarToNear, ns(22), ns(112));
  const auto clock = samples.estimate();
  ASSERT_TRUE(clock);
  EXPECT_FALSE(clock->drift_known);
  EXPECT_EQ(clock->offset_ns, ns(100));
  EXPECT_EQ(clock->round_trip_least_ns, ns(20));
}

TEST(ClockModel, GoesThereAndBack) {
  ClockModel clock;
  clock.epoch_ns = ns(1000);
  clock.offset_ns = ns(5000);
  clock.drift = 1e-4;
  EXPECT_EQ(clock.to_far(ns(11'000)), ns(16'001));
  EXPECT_NEAR(static_cast<double>(clock.to_near(ns(16'001))), static_cast<double>(ns(11'000)), 200);
  EXPECT_EQ(clock.span_to_near(ns(10'000)), ns(9'999));
  EXPECT_EQ(clock.delay(Direction::kNearToFar, ns(1000), ns(6010)), ns(10));
  EXPECT_EQ(clock.delay(Direction::kFarToNear, ns(1000), ns(5990)), ns(10));
}

}  // namespace
}  // namespace pcapsule::analysis::compare
