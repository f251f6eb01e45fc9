// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/analysis/handshake_summary.h"
#include "analyzer/report/connection_rows.h"
#include "analyzer/report/renderer.h"

namespace pcapsule::report {

/// The handshakes of single connections: columns for people, and fields for programs.
std::span<const ConnectionColumn> handshake_columns();
FieldList default_handshake_fields();

/// A display filter that shows the SYN, the SYN-ACK and the ACK of a handshake.
std::string handshake_filter(const read::Connection& connection);

/// A table of handshakes summed up by group. Text shows one leg, the others all
/// of them or the one that was asked for.
class HandshakeTable {
 public:
  /// `leg`: the one to show; nullopt: in text kSynToSynAckFirst, else all.
  HandshakeTable(analysis::HandshakeGroup by, std::optional<analysis::Leg> leg, bool text, bool utc)
      : by_(by), leg_(leg), text_(text), utc_(utc) {}

  [[nodiscard]] std::vector<Column> columns() const;
  void put(Renderer& renderer, std::span<const analysis::HandshakeSummary> groups) const;

  /// What the leg of the text is, as one line for people.
  [[nodiscard]] std::string caption() const;

 private:
  [[nodiscard]] std::vector<analysis::Leg> legs() const;
  void put_leg(Row& row, const analysis::LegSummary& leg) const;

  analysis::HandshakeGroup by_;
  std::optional<analysis::Leg> leg_;
  bool text_;
  bool utc_;
};

}  // namespace pcapsule::report
