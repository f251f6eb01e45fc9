// SPDX-License-Identifier: Apache-2.0
#include "analyzer/plot/thinning.h"

#include <algorithm>
#include <array>

namespace pcapsule::plot {

void Thinner::add(const Point& point) {
  const Numbered added = {point, count_++};
  const auto [at, is_new] = stretches_.try_emplace(stretch_of(point.x_ns), Stretch{added, added, added, added});
  if (!is_new) {
    Stretch& stretch = at->second;
    stretch.last = added;
    if (point.value < stretch.least.point.value) stretch.least = added;
    if (point.value_end > stretch.greatest.point.value_end) stretch.greatest = added;
  }
  while (stretches_.size() > greatest_stretches_) widen();
}

/// Two stretches become one, as if it had been one from the start.
void Thinner::widen() {
  ++shift_;
  std::map<std::int64_t, Stretch> wider;
  for (const auto& [index, stretch] : stretches_) {
    const auto at = wider.try_emplace(wider.end(), index >> 1, stretch);
    Stretch& into = at->second;
    if (stretch.first.number < into.first.number) into.first = stretch.first;
    if (stretch.last.number > into.last.number) into.last = stretch.last;
    const double least = stretch.least.point.value - into.least.point.value;
    if (least < 0 || (least == 0 && stretch.least.number < into.least.number)) into.least = stretch.least;
    const double greatest = stretch.greatest.point.value_end - into.greatest.point.value_end;
    if (greatest > 0 || (greatest == 0 && stretch.greatest.number < into.greatest.number)) {
      into.greatest = stretch.greatest;
    }
  }
  stretches_ = std::move(wider);
}

std::vector<Point> Thinner::points() const {
  std::vector<Point> kept;
  for (const auto& [index, stretch] : stretches_) {
    std::array<const Numbered*, 4> of = {&stretch.first, &stretch.least, &stretch.greatest, &stretch.last};
    std::ranges::sort(of, {}, &Numbered::number);
    const Numbered* before = nullptr;
    for (const Numbered* numbered : of) {
      if (before == nullptr || numbered->number != before->number) kept.push_back(numbered->point);
      before = numbered;
    }
  }
  return kept;
}

}  // namespace pcapsule::plot
