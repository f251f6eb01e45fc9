// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "analyzer/analysis/compare/connection_match.h"
#include "analyzer/analysis/compare/pair.h"
#include "analyzer/compare/comparison.h"
#include "analyzer/select/connection_rows.h"
#include "analyzer/select/damage.h"

namespace pcapsule::compare {

/// A pair of connections with its rows: placed with the client at the near end, matched.
struct PlacedPair {
  analysis::compare::PairRows rows;
  std::array<unsigned, 2> client_side{};               ///< by point: the client's endpoint in that file
  std::array<std::array<std::uint32_t, 2>, 2> base{};  ///< by point; of client and server
};

/// Goes through the pairs in order, as often as wanted, in batches of bounded size; a pair that is
/// too large for a batch is one of its own. What fits in memory is kept between the rounds.
class PairWalk {
 public:
  /// All must outlive this.
  PairWalk(const std::array<const Tap*, 2>& taps, std::span<const analysis::compare::ConnectionPair> pairs,
           bool keep_duplicates, bool keep);

  /// `work` gets the place of the pair; what it changes it must change back.
  void visit(const std::function<void(std::size_t, PlacedPair&)>& work);

  /// What was left out of both files.
  [[nodiscard]] select::DamageList damage() const;

 private:
  [[nodiscard]] std::size_t batch_end(std::size_t begin) const;
  [[nodiscard]] std::uint64_t rows_of(std::size_t pair) const;
  [[nodiscard]] bool is_too_large(std::size_t pair) const;
  [[nodiscard]] std::unique_ptr<PlacedPair> placed(std::size_t pair, analysis::compare::TapRows& near,
                                                   analysis::compare::TapRows& far) const;

  std::array<const Tap*, 2> taps_;
  std::span<const analysis::compare::ConnectionPair> pairs_;
  std::array<select::ConnectionRows, 2> readers_;
  std::vector<std::unique_ptr<PlacedPair>> kept_;  ///< by pair; nullptr: not kept
  std::uint64_t room_;                             ///< rows that may still be kept
};

}  // namespace pcapsule::compare
