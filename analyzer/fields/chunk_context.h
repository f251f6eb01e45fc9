// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis/chunk_connections.h"
#include "analyzer/analysis/labels/segment_labels.h"
#include "analyzer/read/catalog.h"
#include "analyzer/read/chunk_view.h"

namespace pcapsule::fields {

/// What a field needs beyond columns of its row.
enum Need : std::uint16_t {
  kNothing = 0,
  kConnections = 1,   ///< facts of the row's connection
  kBases = 2,         ///< sequence bases at the row; brings kConnections
  kShifts = 4,        ///< Wireshark's window scaling at the row; brings kConnections
  kRelative = 8,      ///< unwrapped numbers (S19); brings kBases
  kRowBefore = 16,    ///< the stamp of the connection's row before; brings kConnections
  kAccurateEcn = 32,  ///< Wireshark's Accurate ECN at the row; brings kConnections
  kTotals = 64,       ///< exact ConnectionFacts::totals; brings kConnections
  kLabels = 128,      ///< the labels of Wireshark's analysis; brings kConnections
  kDuplicates = 256,  ///< is the row a copy at the tap; brings kConnections
  kCauses = 512,      ///< the cause of the row
  kMeasures = 1024,   ///< all that Wireshark's analysis says of the row; brings kLabels
};
using Needs = std::uint16_t;

/// Texts of a record file that values refer to by index, made harmless for any output.
struct FileTexts {
  FileTexts() = default;
  FileTexts(std::string_view path, const read::Catalog& catalog);

  std::string file;  ///< the record file's name
  std::vector<std::string> captures;
  std::vector<std::string> encapsulations;
  /// By encapsulation: bit i is set when the VLAN tag i, outermost first, is a service
  /// tag (IEEE 802.1ad), which Wireshark has under another name than vlan.id.
  std::vector<std::uint8_t> service_tags;
};

/// One segment chunk with everything that its rows are evaluated from.
struct ChunkContext {
  const read::Catalog* catalog = nullptr;
  const FileTexts* texts = nullptr;
  read::SegmentChunk chunk;
  analysis::ChunkConnections connections;  ///< with kConnections
  /// By row: the slot of its connection. With kConnections.
  std::vector<std::uint32_t> slots;
  /// By row of the chunk, only of rows whose connection is selected. With kRelative.
  std::span<const analysis::RelativeNumbers> relative;
  /// By row, only where the facts of its connection have no timeline. With kShifts.
  std::span<const analysis::ShiftPair> replayed_shifts;
  /// By row: the stamp of the row of its connection before, its own of the first. With kRowBefore.
  std::span<const TimestampNs> row_before;
  /// By row: 1 where AE, CWR and ECE are a counter (W8.6). With kAccurateEcn.
  std::span<const std::uint8_t> accurate_ecn;
  /// By row. With kLabels.
  std::span<const analysis::LabelSet> labels;
  /// By row. With kMeasures.
  std::span<const analysis::SegmentLabels> measures;
  /// By row: the frame that it is a copy of (S40); 0: none. With kDuplicates.
  std::span<const std::uint64_t> copy_of;
  /// By row: 0 without a cause, else 1 + analysis::Cause. With kCauses.
  std::span<const std::uint8_t> causes;
};

/// Some rows of a chunk, evaluated together, field by field.
struct Strip {
  static constexpr std::size_t kGreatestRows = 512;

  const ChunkContext& context;
  std::span<const std::uint16_t> rows;  ///< ascending, at most kGreatestRows

  [[nodiscard]] const read::SegmentChunk& chunk() const { return context.chunk; }
  [[nodiscard]] std::size_t row(std::size_t i) const { return rows[i]; }
  [[nodiscard]] std::uint32_t slot(std::size_t i) const { return context.slots[rows[i]]; }
  [[nodiscard]] const analysis::ConnectionFacts& facts(std::size_t i) const {
    return context.connections.facts(slot(i));
  }
  /// 0: sent by endpoint A. Needs kMarks.
  [[nodiscard]] unsigned side(std::size_t i) const {
    return (chunk().marks[rows[i]] & format::mark::kSentByB) != 0 ? 1 : 0;
  }
};

}  // namespace pcapsule::fields
