// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "analyzer/analysis/labels/mptcp_timeline.h"
#include "analyzer/analysis/labels/open_segments.h"
#include "analyzer/analysis/labels/segment_labels.h"
#include "analyzer/analysis/window_scale.h"
#include "analyzer/read/chunk_view.h"
#include "analyzer/read/connection.h"
#include "common/bytes/byte_cursor.h"
#include "common/format/record_layout.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

/// What the labels need of a row.
struct LabelRow {
  std::uint64_t row = 0;  ///< of the file
  read::Moment at;
  unsigned side = 0;  ///< the sender
  TcpWord word;
  std::uint16_t window = 0;  ///< as sent
  std::uint8_t oddities = 0;
  bool fixed_header_cut = false;  ///< fewer than 20 bytes of the TCP header are available
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;  ///< the field, also without the ACK flag
  std::uint32_t payload = 0;
  std::uint32_t sacked_bytes = 0;  ///< of its first three SACK blocks, modulo 2^32
  ByteView options;                ///< as far as SegmentChunk::option_area() has them

  [[nodiscard]] bool length_known() const { return (oddities & oddity::kLengthUnknown) == 0; }
};

/// The columns that label_row() reads.
read::ColumnSet label_columns();
/// The first three SACK blocks of a row added up, modulo 2^32.
std::uint32_t sum_of_sack_blocks(const read::SackBlocks& sack, std::size_t row);

inline LabelRow label_row(const read::SegmentChunk& chunk, std::size_t row) {
  namespace mark = format::mark;
  LabelRow of;
  of.row = chunk.first_row + row;
  of.at = {chunk.frame[row], chunk.time[row]};
  const std::uint8_t marks = chunk.marks[row];
  of.side = (marks & mark::kSentByB) != 0 ? 1 : 0;
  of.word = TcpWord{chunk.tcp_word[row]};
  of.window = chunk.window[row];
  of.oddities = chunk.oddities[row];
  of.seq = chunk.seq[row];
  of.ack = chunk.ack[row];
  of.payload = chunk.payload[row];
  if ((of.oddities & oddity::kHeaderCut) != 0) of.fixed_header_cut = chunk.fixed_header_cut(row);
  if ((marks & mark::kHasSack) != 0) of.sacked_bytes = sum_of_sack_blocks(chunk.sack, row);
  if ((marks & mark::kHasOptionBytes) != 0) of.options = chunk.option_area(row);
  return of;
}

/// Labels the rows of one connection (W4). Feed every row of it in file order,
/// from the first, also quoted and malformed ones: Wireshark's state follows them
/// too. About 400 bytes, and what each direction has unacknowledged.
class LabelReplay {
 public:
  /// `mptcp`, of the whole file, outlives the replay.
  LabelReplay(const read::Connection& connection, const MptcpTimeline& mptcp, LabelScope scope = LabelScope::kMeasures);

  /// Begins anew with a connection, in the memory of the one before.
  void restart(const read::Connection& connection, const MptcpTimeline& mptcp, LabelScope scope);

  /// What Wireshark prints of the row.
  SegmentLabels feed(const LabelRow& row) {
    SegmentLabels labels;
    feed(row, labels);
    return labels;
  }
  /// The same in place, which spares a copy that the processor has to wait for.
  void feed(const LabelRow& row, SegmentLabels& labels);

 private:
  [[nodiscard]] bool is_usual(const LabelRow& row) const;
  bool follow(const LabelRow& row, SegmentLabels& labels);
  void follow_ack(const LabelRow& row);
  /// 0 means none wherever Wireshark compares with 0: a real 0 then counts as none.
  struct Direction {
    std::uint32_t base = 0;
    std::uint32_t window = 0xffffffff;  ///< the last window field
    std::uint32_t high = 0;             ///< the highest end of a segment; 0: none
    std::uint32_t contiguous = 0;       ///< the end of what came without a gap; 0: none
    std::uint32_t ack = 0;              ///< the last ack field; 0: none
    std::uint32_t duplicates = 0;       ///< duplicate ACKs in a row, or kMuted
    std::uint32_t sacked = 0;           ///< of its latest row
    std::uint8_t mptcp_seen = 0;
    bool base_known = false;
    bool flight_known = true;  ///< false: segments of it are missing
    bool unscaled = false;     ///< its latest segment had SYN
    LabelSet labels;           ///< of its latest analysed segment
    TimestampNs high_time;
    std::uint64_t high_frame = 0;
    TimestampNs ack_time;
    std::uint64_t ack_frame = 0;  ///< in which `ack` last changed
    OpenSegments open;
  };

  void follow_syn(const LabelRow& row, SegmentLabels& labels);
  void set_bases(const LabelRow& row);
  void analyze(const LabelRow& row, SegmentLabels& labels);
  bool label_probe(const LabelRow& row, SegmentLabels& labels) const;
  void label_window(const LabelRow& row, SegmentLabels& labels);
  void label_repeated_ack(const LabelRow& row, SegmentLabels& labels);
  void label_lost_ack(const LabelRow& row, SegmentLabels& labels);
  void label_sent_again(const LabelRow& row, SegmentLabels& labels);
  void remember(const LabelRow& row, const SegmentLabels& labels);
  void measure(const LabelRow& row, SegmentLabels& labels);
  void follow_handshake(const LabelRow& row);
  /// REQUIRES: the row's options are marked as broken.
  [[nodiscard]] bool breaks(const LabelRow& row) const;

  const MptcpTimeline* mptcp_;
  std::uint32_t number_;
  bool first_row_ = true;
  bool reuses_ports_;
  bool has_mptcp_;
  /// Are unacknowledged segments listed? For labels alone they matter only once the list is full (A13).
  bool lists_open_;
  ShiftReplay shifts_;
  TimestampNs syn_time_;    ///< of the latest pure SYN; 0: none
  DurationNs initial_rtt_;  ///< 0: none
  std::array<Direction, 2> direction_;
};

}  // namespace pcapsule::analysis
