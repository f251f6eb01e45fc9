// SPDX-License-Identifier: Apache-2.0
// The facts of the connection table: handshake, close, resets, history.
#include <algorithm>
#include <array>
#include <bit>

#include "common/net/tap_copy.h"
#include "common/net/tcp_seq.h"
#include "extractor/track/connection_tracker.h"
#include "extractor/track/saturating.h"

namespace pcapsule::track {

using decode::OptionState;
using decode::Segment;
using decode::TcpOptions;
using format::BaseSource;
using format::HistoryCode;

namespace {

namespace seen = format::seen;

/// `a` lies at or after `b` in sequence space.
bool at_or_after(std::uint32_t a, std::uint32_t b) { return distance_bytes(TcpSeq{b}, TcpSeq{a}) >= 0; }

bool length_known(const Segment& segment) { return (segment.oddities & oddity::kLengthUnknown) == 0; }

/// One past the last sequence number of the segment (S21). Text in a RST is not stream data (S22).
std::uint32_t end_of(const Segment& segment) {
  if (segment.word.has(tcp_flag::kRst)) return segment.seq;
  const std::uint32_t payload = length_known(segment) ? segment.payload_bytes : 0;
  return segment.seq + payload + (segment.word.has(tcp_flag::kSyn) ? 1 : 0) +
         (segment.word.has(tcp_flag::kFin) ? 1 : 0);
}

void note_event(ConnectionRecord& record, Event event, const Segment& segment) {
  record.seen |= seen_bit(event);
  record.event_time[event] = segment.time;
  record.event_frame[event] = saturating_distance(record.first_frame, segment.frame_number);
}

constexpr unsigned history_bit(HistoryCode code) { return 1U << (static_cast<unsigned>(code) - 1); }

/// Adds those of `codes`, bits of `side`, that the history does not have yet.
void add_history(ConnectionRecord& record, Side side, unsigned codes) {
  constexpr unsigned kSideBits = 8;
  // What one segment may show, in the order in which it is told.
  constexpr std::array kOrder = {HistoryCode::kSyn,       HistoryCode::kSynAck, HistoryCode::kData,
                                 HistoryCode::kDataAgain, HistoryCode::kAck,    HistoryCode::kZeroWindow,
                                 HistoryCode::kFin,       HistoryCode::kRst};
  const unsigned shift = side == kB ? kSideBits : 0;
  const unsigned fresh = codes & ~(static_cast<unsigned>(record.history_seen) >> shift);
  if (fresh == 0) return;  // nearly every segment
  for (const HistoryCode code : kOrder) {
    if ((fresh & history_bit(code)) == 0) continue;
    const auto entries = static_cast<unsigned>(std::popcount(record.history_seen));
    if (entries == format::kHistoryEntries) return;
    record.history_seen |= static_cast<std::uint16_t>(history_bit(code) << shift);
    record.history |= std::uint64_t{static_cast<unsigned>(code) + shift} << (entries * format::kHistoryBits);
  }
}

void note_history(ConnectionRecord& record, Side side, const Segment& segment, std::uint32_t end) {
  const TcpWord word = segment.word;
  const bool has_data = length_known(segment) && segment.payload_bytes > 0;
  const Direction& sender = record.direction[side];
  unsigned codes = 0;
  if (word.has(tcp_flag::kSyn)) codes |= history_bit(word.is_syn_ack() ? HistoryCode::kSynAck : HistoryCode::kSyn);
  if (has_data && !word.has(tcp_flag::kRst)) {
    codes |= history_bit(HistoryCode::kData);
    if (sender.has_sent() && at_or_after(sender.sent_end, end)) codes |= history_bit(HistoryCode::kDataAgain);
  }
  constexpr std::uint16_t kSfr = tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst;
  if ((word.flags() & kSfr) == 0) {
    if (word.has(tcp_flag::kAck) && !has_data) codes |= history_bit(HistoryCode::kAck);
    if (segment.window == 0) codes |= history_bit(HistoryCode::kZeroWindow);
  }
  if (word.has(tcp_flag::kFin)) codes |= history_bit(HistoryCode::kFin);
  if (word.has(tcp_flag::kRst)) codes |= history_bit(HistoryCode::kRst);
  add_history(record, side, codes);
}

/// Two bits an option (S5). A SYN whose header carries no options has them all absent.
std::uint8_t offers_of(const Segment& segment, const TcpOptions* options) {
  const auto place = [](OptionState state, format::Offer offer) {
    return static_cast<unsigned>(state) << static_cast<unsigned>(offer);
  };
  OptionState mss = OptionState::kAbsent;
  OptionState scale = OptionState::kAbsent;
  OptionState sack = OptionState::kAbsent;
  OptionState stamps = segment.has_timestamps ? OptionState::kPresent : OptionState::kAbsent;
  if (options != nullptr) {
    mss = options->mss;
    scale = options->window_scale;
    sack = options->sack_permitted;
    stamps = options->timestamps;
  } else if ((segment.oddities & oddity::kHeaderCut) != 0) {
    mss = scale = sack = stamps = OptionState::kUnknown;
  }
  return static_cast<std::uint8_t>(place(mss, format::Offer::kMss) | place(scale, format::Offer::kWindowScale) |
                                   place(sack, format::Offer::kSackPermitted) |
                                   place(stamps, format::Offer::kTimestamps));
}

/// S27: of repeated SYNs the last before the SYN-ACK counts; a change of what is offered is kept in mind.
void take_offers(ConnectionRecord& record, Side side, const Segment& segment, const TcpOptions* options, bool again) {
  Direction& sender = record.direction[side];
  const std::uint8_t offers = offers_of(segment, options);
  const std::uint16_t mss = options != nullptr ? options->mss_bytes : std::uint16_t{0};
  const std::uint8_t shift = options != nullptr ? options->window_shift : std::uint8_t{0};
  if (again && (offers != sender.offers || mss != sender.mss || shift != sender.shift)) {
    record.marks |= format::connection_mark::kSynOptionsDiffer;
    const bool scale_differs =
        shift != sender.shift || format::offer_state(offers, format::Offer::kWindowScale) !=
                                     format::offer_state(sender.offers, format::Offer::kWindowScale);
    if (scale_differs) record.marks |= format::connection_mark::kScaleIrregular;
  }
  sender.offers = offers;
  sender.mss = mss;
  sender.shift = shift;
}

void note_sent(Direction& sender, const Segment& segment, std::uint32_t end) {
  add_saturating(sender.segments, 1U);
  sender.wire_bytes += segment.wire_bytes;
  if (length_known(segment)) sender.payload_bytes += segment.payload_bytes;
  sender.window = segment.window;
  const TcpWord word = segment.word;
  if (!word.has(tcp_flag::kRst)) {
    if (!sender.has_sent() || at_or_after(end, sender.sent_end)) sender.sent_end = end;
    sender.done |= Direction::kSent;
    sender.ttl_least = std::min(sender.ttl_least, segment.ttl);
    sender.ttl_greatest = std::max(sender.ttl_greatest, segment.ttl);
    if (word.has(tcp_flag::kAck)) {
      if (!sender.has_acked() || at_or_after(segment.ack, sender.acked)) sender.acked = segment.ack;
      sender.done |= Direction::kAcked;
    }
  }
}

/// What S40 compares. Sixteen bits are enough to tell SYNs of the same number within a millisecond apart.
std::uint16_t folded_identity(Side side, const Segment& segment) {
  TapIdentity identity;
  identity.side = side;
  identity.seq = segment.seq;
  identity.ack = segment.ack;
  identity.payload = segment.payload_bytes;
  identity.word = segment.word;
  identity.window = segment.window;
  identity.ip_id = segment.ip_id;
  identity.checksum = checksum_that_counts(segment.ip_id, segment.checksum);
  identity.has_timestamps = segment.has_timestamps;
  identity.ts_value = segment.has_timestamps ? segment.ts_value : 0;
  identity.ts_echo = segment.has_timestamps ? segment.ts_echo : 0;
  const std::uint64_t hash = hash_of(identity);
  return static_cast<std::uint16_t>(hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48);
}

/// S32: the client's first segment that acknowledges the server's SYN. One that
/// the capture shows before the SYN-ACK counts too: its leg is then negative (S34).
/// REQUIRES: none was seen yet.
void note_handshake_ack(ConnectionRecord& record, Side side, const Segment& segment) {
  const TcpWord word = segment.word;
  if (!word.has(tcp_flag::kAck) || word.has(tcp_flag::kSyn | tcp_flag::kRst)) return;
  const bool from_client = (record.seen & seen::kSyn) != 0
                               ? record.syn_side == side
                               : (record.seen & seen::kSynAckWithoutSyn) != 0 &&
                                     record.direction[other(side)].base_source == BaseSource::kSynAck;
  if (!from_client) return;
  const Direction& server = record.direction[other(side)];
  if ((record.seen & seen::kSynAck) != 0 && !at_or_after(segment.ack, server.base + 1)) return;
  note_event(record, kHandshakeAck, segment);
}

void note_fin(ConnectionRecord& record, Side side, const Segment& segment) {
  const std::uint16_t fin_bit = side == kA ? seen::kFinA : seen::kFinB;
  record.closed_once = true;
  if ((record.seen & fin_bit) != 0) return;
  record.direction[side].fin_end = end_of(segment);
  note_event(record, side == kA ? kFinA : kFinB, segment);
}

void note_fin_ack(ConnectionRecord& record, Side side, const Segment& segment) {
  const Side closer = other(side);
  const std::uint16_t fin_bit = closer == kA ? seen::kFinA : seen::kFinB;
  const std::uint16_t acked_bit = closer == kA ? seen::kFinAAcked : seen::kFinBAcked;
  if ((record.seen & fin_bit) == 0 || (record.seen & acked_bit) != 0) return;
  if (!at_or_after(segment.ack, record.direction[closer].fin_end)) return;
  record.seen |= acked_bit;
  constexpr std::uint16_t kBoth = seen::kFinAAcked | seen::kFinBAcked;
  if ((record.seen & kBoth) == kBoth) note_event(record, kCloseAck, segment);
}

/// Would the receiver have to accept this RST (RFC 9293 section 3.10.7)? In
/// SYN-SENT if it acknowledges the SYN; else if its seq is the next expected
/// (RFC 5961 section 3.2) or inside the window as far as that is known.
bool is_acceptable_reset(const ConnectionRecord& record, Side side, const Segment& segment) {
  const Direction& receiver = record.direction[other(side)];
  if (!receiver.has_acked()) {
    // Nothing acknowledged yet: the receiver is in SYN-SENT, or was seen only in part.
    if (receiver.has_sent() && segment.word.has(tcp_flag::kAck)) return segment.ack == receiver.sent_end;
    const Direction& sender = record.direction[side];
    return sender.base_source != BaseSource::kNone &&
           segment.seq == (sender.has_sent() ? sender.sent_end : sender.base + 1);
  }
  if (segment.seq == receiver.acked) return true;
  const std::uint32_t ahead = segment.seq - receiver.acked;
  const auto scale = [&](Side s) {
    return format::offer_state(record.direction[s].offers, format::Offer::kWindowScale);
  };
  const bool scaled = scale(kA) == format::OfferState::kPresent && scale(kB) == format::OfferState::kPresent;
  const unsigned shift = scaled ? std::min<unsigned>(receiver.shift, 14) : 0;
  return ahead < (std::uint32_t{receiver.window} << shift);
}

}  // namespace

void ConnectionTracker::note_segment(ConnectionRecord& record, Side side, const Segment& segment,
                                     const TcpOptions* options) {
  const TcpWord word = segment.word;
  const std::uint32_t end = end_of(segment);
  note_history(record, side, segment, end);
  if (word.has(tcp_flag::kRst)) note_reset(record, side, segment);
  if (word.is_pure_syn()) note_syn(record, side, segment, options);
  if (word.is_syn_ack()) note_syn_ack(record, side, segment, options);
  note_sent(record.direction[side], segment, end);
  if ((record.seen & seen::kHandshakeAck) == 0) note_handshake_ack(record, side, segment);
  if (word.has(tcp_flag::kFin)) note_fin(record, side, segment);
  if (word.has(tcp_flag::kAck)) note_fin_ack(record, side, segment);
  if (segment.frame_number - record.first_frame >= kFarFrame) keep_far_events(record, segment);
}

/// The events that this segment brought, where their frame is too far from the first.
void ConnectionTracker::keep_far_events(const ConnectionRecord& record, const Segment& segment) {
  auto& frames = far_events_[&record];
  for (std::size_t i = 0; i < kEvents; ++i) {
    const auto event = static_cast<Event>(i);
    const bool is_far = (record.seen & seen_bit(event)) != 0 && record.event_frame[i] == kFarFrame;
    if (!is_far) frames[i] = 0;
    if (is_far && frames[i] == 0) frames[i] = segment.frame_number;
  }
}

std::uint64_t ConnectionTracker::event_frame(const ConnectionRecord& record, Event event) const {
  const std::uint32_t distance = record.event_frame[event];
  return distance == kFarFrame ? far_events_.at(&record)[event] : record.first_frame + distance;
}

/// S40: whether a SYN of the client side is a copy of the last that was none; of any other it keeps what a copy would
/// show.
bool ConnectionTracker::note_syn_copy(ConnectionRecord& record, Side side, const Segment& segment) {
  const bool first = record.syns == 1;
  const std::uint16_t hash = folded_identity(side, segment);
  const HandshakeRepeats* known = repeats(record);
  const TimestampNs time = known == nullptr ? record.first_time : known->syn_hash_time.value_or(record.first_time);
  if (!first && record.syn_hash == hash && is_within_tap_span(time, segment.time)) {
    repeats_of(record).syn_hash_time = segment.time;
    return true;
  }
  record.syn_hash = hash;
  const bool first_row = segment.frame_number == record.first_frame;
  if (!first || !first_row) repeats_of(record).syn_hash_time = segment.time;
  return false;
}

/// The same of SYN-ACKs. `answers`: its moment is kept as an event where it is the first.
bool ConnectionTracker::note_syn_ack_copy(ConnectionRecord& record, Side side, const Segment& segment, bool answers) {
  const bool first = record.syn_acks == 1;
  const std::uint16_t hash = folded_identity(side, segment);
  const HandshakeRepeats* known = repeats(record);
  const TimestampNs event = record.event_time[kSynAck];
  const TimestampNs time = known == nullptr ? event : known->syn_ack_hash_time.value_or(event);
  if (!first && record.syn_ack_hash == hash && is_within_tap_span(time, segment.time)) {
    repeats_of(record).syn_ack_hash_time = segment.time;
    return true;
  }
  record.syn_ack_hash = hash;
  if (!first || !answers) repeats_of(record).syn_ack_hash_time = segment.time;
  return false;
}

void ConnectionTracker::note_syn(ConnectionRecord& record, Side side, const Segment& segment,
                                 const TcpOptions* options) {
  const bool first = record.syn_side == 2;
  if (!first && record.syn_side != side) {  // simultaneous open (S16)
    const bool again = record.direction[side].offers != 0;
    if ((record.seen & seen::kSynAck) == 0) take_offers(record, side, segment, options, again);
    return;
  }
  const bool counted = add_saturating(record.syns, std::uint16_t{1});
  const bool copy = note_syn_copy(record, side, segment);
  if (copy && counted) ++repeats_of(record).syn_copies;
  if (record.closed_once && !copy) add_saturating(record.retries, std::uint16_t{1});
  if (first) {
    record.syn_side = side & 1U;
    record.seen |= seen::kSyn;
    record.syn_payload =
        static_cast<std::uint16_t>(length_known(segment) ? std::min<std::uint32_t>(segment.payload_bytes, 0xffff) : 0);
    if (segment.frame_number != record.first_frame) {
      HandshakeRepeats& repeats = repeats_of(record);
      repeats.first_syn_frame = segment.frame_number;
      repeats.first_syn_time = segment.time;
    }
  }
  // A SYN that the capture shows after its SYN-ACK is still the one that was answered.
  if (!first && (record.seen & seen::kSynAck) != 0) return;
  take_offers(record, side, segment, options, !first);
  if (!first) {
    HandshakeRepeats& repeats = repeats_of(record);
    repeats.last_syn_frame = segment.frame_number;
    repeats.last_syn_time = segment.time;
    if (copy) return;
    repeats.last_own_syn_frame = segment.frame_number;
    repeats.last_own_syn_time = segment.time;
  }
}

void ConnectionTracker::note_syn_ack(ConnectionRecord& record, Side side, const Segment& segment,
                                     const TcpOptions* options) {
  const bool counted = add_saturating(record.syn_acks, std::uint16_t{1});
  const Direction& client = record.direction[other(side)];
  // S32: it has to answer the SYN, and may accept some of its data.
  const std::uint32_t beyond = segment.ack - (client.base + 1);
  const bool answers = (record.seen & seen::kSyn) == 0 || (record.syn_side != side && beyond <= record.syn_payload);
  const bool copy = note_syn_ack_copy(record, side, segment, answers);
  if (copy && counted) ++repeats_of(record).syn_ack_copies;
  if (!answers) {
    // Wireshark's scaling follows it all the same, and the table will not show it.
    record.marks |= format::connection_mark::kScaleIrregular;
    return;
  }
  if ((record.seen & seen::kSynAck) == 0) {
    if ((record.seen & seen::kSyn) == 0) record.seen |= seen::kSynAckWithoutSyn;
    note_event(record, kSynAck, segment);
    take_offers(record, side, segment, options, false);
    // An ACK that the capture shows earlier completes the handshake only if it covers this SYN-ACK.
    if ((record.seen & seen::kHandshakeAck) != 0 && !at_or_after(client.acked, segment.seq + 1)) {
      record.seen &= static_cast<std::uint16_t>(~seen::kHandshakeAck);
    }
  } else if ((record.seen & seen::kHandshakeAck) == 0 && segment.seq == record.direction[side].base) {
    HandshakeRepeats& repeats = repeats_of(record);
    repeats.last_syn_ack_frame = segment.frame_number;
    repeats.last_syn_ack_time = segment.time;
    if (copy) return;
    repeats.last_own_syn_ack_frame = segment.frame_number;
    repeats.last_own_syn_ack_time = segment.time;
  }
}

void ConnectionTracker::note_reset(ConnectionRecord& record, Side side, const Segment& segment) {
  record.closed_once = true;
  const bool acceptable = is_acceptable_reset(record, side, segment);
  bool acceptable_known = false;
  std::uint32_t* link = &record.resets;
  while (*link != kNone) {
    acceptable_known |= (resets_[*link].marks & format::reset_mark::kAcceptable) != 0;
    link = &resets_[*link].next;
  }
  Direction& sender = record.direction[side];
  const bool first_of_side = !sender.sent_rst();
  if (!first_of_side && (!acceptable || acceptable_known)) return;
  sender.done |= Direction::kSentRst;

  namespace mark = format::reset_mark;
  const Direction& a = record.direction[kA];
  const Direction& b = record.direction[kB];
  Reset reset;
  reset.time = segment.time;
  reset.frame = segment.frame_number;
  reset.seq = segment.seq;
  reset.ack = segment.ack;
  reset.sent_end = {a.sent_end, b.sent_end};
  reset.acked = {a.acked, b.acked};
  reset.window = {a.window, b.window};
  reset.tcp_word = segment.word.value;
  reset.ttl = segment.ttl;
  reset.marks = static_cast<std::uint8_t>((side == kB ? mark::kSentByB : 0) | (acceptable ? mark::kAcceptable : 0) |
                                          (a.has_sent() ? mark::kASent : 0) | (b.has_sent() ? mark::kBSent : 0) |
                                          (a.has_acked() ? mark::kAAcked : 0) | (b.has_acked() ? mark::kBAcked : 0) |
                                          (length_known(segment) && segment.payload_bytes > 0 ? mark::kHasPayload : 0));
  *link = static_cast<std::uint32_t>(resets_.size());
  resets_.push_back(reset);
}

}  // namespace pcapsule::track
