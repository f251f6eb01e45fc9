// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/conversation_printer.h"

#include <algorithm>

namespace pcapsule::report {

using C = read::SegmentColumn;

read::ColumnSet ConversationPrinter::columns(const TimeFormat& time) {
  read::ColumnSet columns = {C::kFrame,   C::kTime, C::kConnection, C::kMarks,  C::kOddities,
                             C::kTcpWord, C::kSeq,  C::kAck,        C::kWindow, C::kPayload};
  if (time.style == TimeStyle::kDelta) columns |= {C::kPrevious};
  return columns;
}

void ConversationPrinter::begin(const read::Connection& connection, std::span<const analysis::Rebase> rebases,
                                TimestampNs start) {
  connection_ = connection;
  rebases_ = rebases;
  numbers_ = analysis::RelativeTracker(analysis::first_bases(connection));
  scale_ = analysis::window_scale(connection, options_.assumed_scale);
  start_ = start;
  line_before_.reset();
}

bool ConversationPrinter::row(const read::SegmentChunk& chunk, std::size_t row, bool selected) {
  const unsigned side = (chunk.marks[row] & format::mark::kSentByB) != 0 ? 1 : 0;
  while (!rebases_.empty() && rebases_.front().row <= chunk.first_row + row) {
    numbers_.rebase(rebases_.front().side, rebases_.front().base);
    rebases_ = rebases_.subspan(1);
  }
  const auto numbers =
      numbers_.feed({side, TcpWord{chunk.tcp_word[row]}, chunk.seq[row], chunk.ack[row], chunk.oddities[row]});
  if (!selected) return true;
  if (lines_ == options_.lines) return false;
  print(chunk, row, side, numbers);
  ++lines_;
  return lines_ < options_.lines && !out_.done();
}

void ConversationPrinter::print(const read::SegmentChunk& chunk, std::size_t row, unsigned side,
                                const analysis::RelativeNumbers& numbers) {
  if (!line_before_) put_heading(out_, connection_.client_side().endpoint, connection_.server_side().endpoint);
  const std::string_view time = time_.format(options_.time, times_of(chunk, row));
  line_before_ = chunk.time[row];

  const std::uint8_t oddities = chunk.oddities[row];
  const bool length_known = (oddities & (oddity::kLengthUnknown | oddity::kBadDataOffset)) == 0;
  PacketLine line;
  line.from_client = side == connection_.client;
  line.frame = chunk.frame[row];
  line.time = time;
  line.word = TcpWord{chunk.tcp_word[row]};
  line.seq = numbers.seq;
  line.ack = line.word.has(tcp_flag::kAck) ? numbers.ack : MaybeNumber(0);  // S20
  if (length_known) line.payload_bytes = chunk.payload[row];
  const auto window = scale_.bytes(side, line.word, chunk.window[row]);
  line.window = window.value_or(chunk.window[row]);
  line.window_known = window.has_value();
  put_line(out_, line);
}

LineTimes ConversationPrinter::times_of(const read::SegmentChunk& chunk, std::size_t row) const {
  LineTimes times;
  times.time = chunk.time[row];
  times.connection_start = start_;
  times.capture_start = options_.capture_start;
  if (line_before_) times.since_line_before = times.time - *line_before_;
  if (options_.time.style == TimeStyle::kDelta) times.since_frame_before = chunk.since_frame_before(row);
  return times;
}

}  // namespace pcapsule::report
