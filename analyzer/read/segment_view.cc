// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/views.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::read {

namespace {

using Table = fb::SegmentChunk;

PreviousFrames previous_frames(const Table& t, ChunkReader& in) {
  PreviousFrames view;
  view.row = in.sparse(t.previous_row(), "previous_row");
  view.gap = in.sparse(t.previous_gap(), "previous_gap");
  view.gap_wide_ns = in.sparse(t.previous_gap_wide(), "previous_gap_wide");
  view.unit_ns = t.time_unit_ns();
  in.check_width(t.previous_gap(), t.previous_gap_wide(), "previous_gap");
  in.check_rows(view.row, 1, "previous_row");
  in.require(!view.row.empty() && view.row.front() == 0, "previous_row does not have the first row");
  // All of them in one of the two: an entry is looked for in that one alone.
  const std::size_t gaps = view.gap.empty() ? view.gap_wide_ns.size() : view.gap.size();
  in.require(gaps == view.row.size(), "previous_row and its gaps differ in length");
  return view;
}

SackBlocks sack_blocks(const Table& t, ChunkReader& in) {
  const SackBlocks view = {in.sparse(t.sack_row(), "sack_row"), in.sparse(t.sack_left(), "sack_left"),
                           in.sparse(t.sack_right(), "sack_right")};
  constexpr std::size_t kMostBlocks = 4;  // a TCP header has room for no more (RFC 2018 section 3)
  in.check_rows(view.row, kMostBlocks, "sack_row");
  in.require(view.left.size() == view.row.size() && view.right.size() == view.row.size(),
             "the SACK columns differ in length");
  return view;
}

OptionAreas option_areas(const Table& t, ChunkReader& in) {
  const OptionAreas view = {in.sparse(t.options_row(), "options_row"), in.sparse(t.options_end(), "options_end"),
                            in.sparse(t.options_bytes(), "options_bytes")};
  in.check_rows(view.row, 1, "options_row");
  in.require(view.end.size() == view.row.size(), "options_row and options_end differ in length");
  std::uint32_t before = 0;
  for (const std::uint32_t end : view.end) {
    constexpr std::uint32_t kGreatestOptionBytes = 40;
    in.require(end >= before && end - before <= kGreatestOptionBytes && end <= view.bytes.size(),
               "options_end is out of order or range");
    before = end;
  }
  return view;
}

CutHeaders cut_headers(const Table& t, ChunkReader& in) {
  const CutHeaders view = {in.sparse(t.cut_row(), "cut_row"), in.sparse(t.cut_available(), "cut_available")};
  in.check_rows(view.row, 1, "cut_row");
  in.require(view.available.size() == view.row.size(), "cut_row and cut_available differ in length");
  return view;
}

/// A chain of directories ends, since each link leads to an earlier chunk. A directory is proven once: who follows
/// the chains of many connections comes to the same one for each of them.
Directory directory(const Table& t, std::size_t chunk_index, Proof& proof, ChunkReader& in) {
  const Directory view = {in.sparse(t.directory_connection(), "directory_connection"),
                          in.sparse(t.directory_rows(), "directory_rows"),
                          in.sparse(t.directory_previous(), "directory_previous")};
  in.require(view.rows.size() == view.connection.size() && view.previous.size() == view.connection.size(),
             "the directory columns differ in length");
  if (in.error()) return {};
  if (is_good(proof)) return view;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < view.connection.size(); ++i) {
    rows += view.rows[i];
    in.require(view.rows[i] > 0, "the directory names a connection without rows");
    in.require(i == 0 || view.connection[i - 1] < view.connection[i], "the directory is out of order");
    in.require(view.previous[i] <= chunk_index, "the directory leads to a later chunk");
  }
  in.require(rows == t.rows(), "the directory does not count every row once");
  if (!in.error()) set(proof, Proof::kGood);
  return view;
}

}  // namespace

SegmentChunk view_segments(const Table& t, ColumnSet wanted, std::size_t chunk_index, Proof& directory_proof,
                           ChunkReader& in) {
  using C = SegmentColumn;
  if (wanted.has(C::kCaptured)) wanted |= {C::kOverhead, C::kTcpWord, C::kPayload};
  SegmentChunk view;
  view.first_row = t.first_row();
  view.rows = t.rows();
  in.require(t.time_offset() != nullptr || t.time_offset_wide() != nullptr, "column time_offset is missing");
  if (wanted.has(C::kFrame)) view.frame = {t.frame_base(), in.dense(t.frame_offset(), "frame_offset")};
  if (wanted.has(C::kTime)) {
    view.time = in.times(t.time_base_ns(), t.time_unit_ns(), t.time_offset(), t.time_offset_wide(), "time_offset");
  }
  if (wanted.has(C::kPrevious)) view.previous = previous_frames(t, in);
  if (wanted.has(C::kConnection)) view.connection = in.column(t.connection_all(), t.connection(), "connection");
  if (wanted.has(C::kMarks)) view.marks = in.column(t.marks_all(), t.marks(), "marks");
  if (wanted.has(C::kOddities)) view.oddities = in.column(t.oddities_all(), t.oddities(), "oddities");
  if (wanted.has(C::kTcpWord)) view.tcp_word = in.column(t.tcp_word_all(), t.tcp_word(), "tcp_word");
  if (wanted.has(C::kSeq)) view.seq = in.column(t.seq_all(), t.seq(), "seq");
  if (wanted.has(C::kAck)) view.ack = in.column(t.ack_all(), t.ack(), "ack");
  if (wanted.has(C::kWindow)) view.window = in.column(t.window_all(), t.window(), "window");
  if (wanted.has(C::kChecksum)) view.checksum = in.column(t.checksum_all(), t.checksum(), "checksum");
  if (wanted.has(C::kPayload)) view.payload = in.narrowed(t.payload_all(), t.payload(), t.payload_wide(), "payload");
  if (wanted.has(C::kOverhead))
    view.overhead = in.narrowed(t.overhead_all(), t.overhead(), t.overhead_wide(), "overhead");
  if (wanted.has(C::kCaptured)) {
    view.snaplen = t.snaplen();
    view.captured = in.dense(t.captured(), "captured");
  }
  if (wanted.has(C::kTtl)) view.ttl = in.column(t.ttl_all(), t.ttl(), "ttl");
  if (wanted.has(C::kDscpEcn)) view.dscp_ecn = in.column(t.dscp_ecn_all(), t.dscp_ecn(), "dscp_ecn");
  if (wanted.has(C::kIpId)) view.ip_id = in.column(t.ip_id_all(), t.ip_id(), "ip_id");
  if (wanted.has(C::kInterface)) view.interface = in.column(t.interface_all(), t.interface(), "interface");
  if (wanted.has(C::kEncapsulation))
    view.encapsulation = in.column(t.encapsulation_all(), t.encapsulation(), "encapsulation");
  if (wanted.has(C::kVlan)) {
    view.vlan_tags = in.column(t.vlan_tags_all(), t.vlan_tags(), "vlan_tags");
    view.vlan = {in.column(t.vlan_1_all(), t.vlan_1(), "vlan_1"), in.column(t.vlan_2_all(), t.vlan_2(), "vlan_2"),
                 in.column(t.vlan_3_all(), t.vlan_3(), "vlan_3"), in.column(t.vlan_4_all(), t.vlan_4(), "vlan_4")};
  }
  if (wanted.has(C::kTimestamps)) {
    view.ts_value = in.column(t.ts_value_all(), t.ts_value(), "ts_value");
    view.ts_echo = in.column(t.ts_echo_all(), t.ts_echo(), "ts_echo");
  }
  if (wanted.has(C::kSack)) view.sack = sack_blocks(t, in);
  if (wanted.has(C::kOptions)) view.options = option_areas(t, in);
  if (wanted.has(C::kCut)) view.cut = cut_headers(t, in);
  if (wanted.has(C::kRebase)) {
    view.rebase_row = in.sparse(t.rebase_row(), "rebase_row");
    in.check_rows(view.rebase_row, 1, "rebase_row");
  }
  if (wanted.has(C::kDirectory)) view.directory = directory(t, chunk_index, directory_proof, in);
  return view;
}

}  // namespace pcapsule::read
