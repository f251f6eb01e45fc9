// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/read/chunk_view.h"
#include "common/bytes/byte_cursor.h"

namespace pcapsule::analysis {

/// What Wireshark knows of Multipath TCP (W4c), which decides over duplicate ACKs:
/// which connections belong together, and which option subtypes their group has
/// carried so far. Groups span connections and follow the file, so this is
/// collected from all rows of the file first and then answers for any row, in
/// whatever order connections are gone through. A group has at most eight changes.
class MptcpTimeline {
 public:
  /// A row with Multipath TCP options.
  struct Row {
    std::uint64_t row = 0;  ///< of the file
    std::uint32_t connection = 0;
    unsigned side = 0;
    bool broken = false;   ///< the walk over its options broke: what it carried is not added
    bool has_dss = false;  ///< a data sequence signal, maybe not in `options`
    ByteView options;
  };

  /// The columns that feed() reads.
  static read::ColumnSet columns();
  /// All rows of a chunk. REQUIRES: chunks ascend.
  void feed(const read::SegmentChunk& chunk);
  void feed(const Row& row);

  [[nodiscard]] bool empty() const { return members_.empty(); }
  /// Did the connection ever belong to a group?
  [[nodiscard]] bool has(std::uint32_t connection) const { return members_.contains(connection); }

  /// The subtypes (bits 0 to 7) that the group of the connection had carried before
  /// `row` of the file; nullopt: it belonged to none then.
  [[nodiscard]] std::optional<std::uint8_t> seen_before(std::uint32_t connection, std::uint64_t row) const;

 private:
  /// From the row after `row` on.
  struct Change {
    std::uint64_t row = 0;
    std::uint32_t value = 0;
  };
  /// One direction of a group.
  struct Flow {
    bool has_key = false;
    std::optional<std::uint32_t> token;
  };
  struct Group {
    std::array<Flow, 2> flow;
    std::vector<Change> seen;
  };
  struct Member {
    std::vector<Change> groups;  ///< which one it belongs to
    /// The flow of the group that endpoint A's direction is, then B's.
    std::array<unsigned, 2> flow{};
  };

  void read_option(const Row& row, ByteView option);
  void read_capable(const Row& row, ByteView option);
  Flow* flow_of(std::uint32_t connection, unsigned side);
  void register_key(const Row& row, unsigned side, unsigned version, std::uint64_t key);
  void register_token(const Row& row, unsigned side, std::uint32_t token);
  void found_group(const Row& row);
  void enter(const Row& row, std::uint32_t group);
  [[nodiscard]] std::optional<std::uint32_t> group_of(std::uint32_t connection) const;

  // Tokens are chosen by the peers, connections' numbers by whoever made the file: in a table of hashes they could
  // all fall together.
  std::map<std::uint32_t, Member> members_;  ///< by connection
  std::map<std::uint32_t, std::uint32_t> group_of_token_;
  std::vector<Group> groups_;
};

}  // namespace pcapsule::analysis
