// SPDX-License-Identifier: Apache-2.0
#include "common/text/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace pcapsule::text {

std::size_t edit_distance(std::string_view typed, std::string_view name) {
  constexpr std::size_t kLongestName = 80;
  typed = typed.substr(0, kLongestName);
  std::vector<std::size_t> row(name.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= typed.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= name.size(); ++j) {
      const std::size_t replaced = diagonal + (typed[i - 1] == name[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[name.size()];
}

bool is_slip_of(std::string_view typed, std::string_view name) {
  const std::size_t distance = edit_distance(typed, name);
  return distance <= 2 && distance * 3 <= name.size();
}

}  // namespace pcapsule::text
