// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/number_set.h"

#include <limits>

namespace pcapsule::filter {

namespace {

using ast::Relation;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

std::vector<NumberRange> complement_of(std::span<const NumberRange> ranges) {
  std::vector<NumberRange> gaps;
  std::int64_t next = kLeast;
  for (const NumberRange& range : ranges) {
    if (range.first > next) gaps.push_back({next, range.first - 1});
    if (range.last == kGreatest) return gaps;
    next = range.last + 1;
  }
  gaps.push_back({next, kGreatest});
  return gaps;
}

std::vector<NumberRange> below(std::int64_t constant, bool included) {
  if (included) return {{kLeast, constant}};
  if (constant == kLeast) return {};
  return {{kLeast, constant - 1}};
}

std::vector<NumberRange> above(std::int64_t constant, bool included, std::int64_t last) {
  if (included) return {{constant, last}};
  if (constant >= last) return {};
  return {{constant + 1, last}};
}

}  // namespace

NumberSet NumberSet::of(std::vector<NumberRange> ranges) {
  NumberSet set;
  set.ranges_ = std::move(ranges);
  set.normalize();
  return set;
}

NumberSet NumberSet::of(Relation relation, std::int64_t constant, bool is_signed) {
  const bool beyond = !is_signed && constant < 0;
  switch (relation) {
    case Relation::kEq:
      return of({{constant, constant}});
    case Relation::kNe:
      return of(complement_of(std::vector<NumberRange>{{constant, constant}}));
    case Relation::kLess:
    case Relation::kLessOrEqual:
      return of(below(constant, relation == Relation::kLessOrEqual));
    case Relation::kGreater:
    case Relation::kGreaterOrEqual:
      return of(above(constant, relation == Relation::kGreaterOrEqual, beyond ? -1 : kGreatest));
    case Relation::kContains:
    case Relation::kMatches:
      break;
  }
  return {};
}

std::vector<NumberRange> NumberSet::plain() const { return complement_ ? complement_of(ranges_) : ranges_; }

void NumberSet::normalize() {
  std::vector<NumberRange> sorted = plain();
  std::erase_if(sorted, [](const NumberRange& range) { return range.first > range.last; });
  std::ranges::sort(sorted, {}, &NumberRange::first);
  std::vector<NumberRange> merged;
  for (const NumberRange& range : sorted) {
    const bool joins = !merged.empty() && (merged.back().last == kGreatest || range.first <= merged.back().last + 1);
    if (joins) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  std::vector<NumberRange> gaps = complement_of(merged);
  complement_ = gaps.size() < merged.size();
  ranges_ = complement_ ? std::move(gaps) : std::move(merged);
}

void NumberSet::add(const NumberSet& other) {
  std::vector<NumberRange> both = plain();
  const std::vector<NumberRange> more = other.plain();
  both.insert(both.end(), more.begin(), more.end());
  *this = of(std::move(both));
}

NumberSet NumberSet::intersected(const NumberSet& other) const {
  std::vector<NumberRange> out;
  for (const NumberRange& a : plain()) {
    for (const NumberRange& b : other.plain()) {
      const NumberRange common = {std::max(a.first, b.first), std::min(a.last, b.last)};
      if (common.first <= common.last) out.push_back(common);
    }
  }
  return of(std::move(out));
}

bool NumberSet::meets(NumberRange other) const {
  return std::ranges::any_of(
      plain(), [&](const NumberRange& range) { return range.first <= other.last && other.first <= range.last; });
}

bool NumberSet::covers(NumberRange other) const {
  return std::ranges::any_of(
      plain(), [&](const NumberRange& range) { return range.first <= other.first && other.last <= range.last; });
}

}  // namespace pcapsule::filter
