// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis/compare/connection_match.h"
#include "analyzer/analysis/compare/summary.h"
#include "analyzer/analysis/connection_set.h"
#include "analyzer/read/connection_table.h"
#include "analyzer/read/record_file.h"
#include "analyzer/select/damage.h"

/// Walks two record files pair by pair of connections, in bounded memory.
namespace pcapsule::compare {

/// One of the two files, open, and which of its connections are asked for.
struct Tap {
  read::RecordFile& file;
  const read::ConnectionTable& table;
  const analysis::ConnectionSet& connections;
};

struct Options {
  std::int64_t slice_ns = 0;  ///< 0: about thirty slices
  bool list_exchanges = false;
  bool keep_duplicates = false;                 ///< copies at the tap count as segments (S40)
  analysis::compare::PathSink* path = nullptr;  ///< receives what a picture shows; nullptr: none
};

/// What is said of a pair of connections.
struct MatchedPair {
  analysis::compare::ConnectionPair pair;
  std::array<std::uint32_t, 2> stream{};    ///< by point
  std::array<Endpoint, 2> client{};         ///< by point
  std::array<Endpoint, 2> server{};         ///< by point
  std::array<std::uint32_t, 2> shift{};     ///< of the client's numbers and the server's
  std::array<std::uint64_t, 2> segments{};  ///< by point, without duplicates
  std::uint64_t matched = 0;
  bool client_is_far = false;  ///< the client is at the far end
};

/// A connection of one file only.
struct OnlyOne {
  std::uint32_t stream = 0;
  Endpoint client;
  Endpoint server;
  std::uint64_t segments = 0;
  analysis::compare::OnlyReason reason = analysis::compare::OnlyReason::kNotSeen;
};

struct Comparison {
  bool swapped = false;  ///< the first file is the far one: what follows says near and far as found
  analysis::compare::Frame frame;
  analysis::compare::Span overlap;                    ///< by the near clock; last < first: none
  std::array<std::uint64_t, 2> duplicates{};          ///< by point
  std::vector<MatchedPair> pairs;                     ///< by ascending near entry
  std::array<std::vector<OnlyOne>, 2> only;           ///< by point
  std::array<std::uint64_t, 2> segments_within{};     ///< by point: of the matched connections, inside the overlap
  std::optional<analysis::compare::Summary> summary;  ///< nullopt: nothing is shared
  select::DamageList damage;                          ///< what was left out
};

/// Compares `near` with `far`; where they turn out to be exchanged, the other way round.
Comparison compare(const Tap& near, const Tap& far, const Options& options);

}  // namespace pcapsule::compare
