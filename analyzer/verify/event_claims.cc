// SPDX-License-Identifier: Apache-2.0
#include "analyzer/verify/event_claims.h"

#include <optional>

#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::verify {

namespace {

bool is_pure_syn(TcpWord word) { return word.is_pure_syn(); }
bool is_syn_ack(TcpWord word) { return word.is_syn_ack(); }
bool is_ack(TcpWord word) { return word.has(tcp_flag::kAck); }
bool is_fin(TcpWord word) { return word.has(tcp_flag::kFin); }
bool is_rst(TcpWord word) { return word.has(tcp_flag::kRst); }

/// What a row has to be, besides that of a frame and time.
struct Kind {
  const char* name;
  bool (*fits)(TcpWord);
  std::optional<unsigned> side;     ///< that sent it; nullopt: either
  const read::ResetEvent* numbers;  ///< that it has; nullptr: any
};

/// Calls `take(bit, moment, kind)` for each event that is claimed. A claim has the same bit every time.
template <class Take>
void for_each_claim(const read::Connection& connection, Take take) {
  unsigned place = 0;
  const auto offer = [&](const std::optional<read::Moment>& moment, const Kind& kind) {
    if (moment) take(static_cast<EventClaims>(1U << place), *moment, kind);
    ++place;
  };
  constexpr Kind kSyn = {"SYN", &is_pure_syn, std::nullopt, nullptr};
  constexpr Kind kSynAck = {"SYN-ACK", &is_syn_ack, std::nullopt, nullptr};
  constexpr Kind kAck = {"ACK", &is_ack, std::nullopt, nullptr};
  offer(connection.first_syn, kSyn);
  offer(connection.last_syn, kSyn);
  offer(connection.last_own_syn, kSyn);
  offer(connection.syn_ack, kSynAck);
  offer(connection.last_syn_ack, kSynAck);
  offer(connection.last_own_syn_ack, kSynAck);
  offer(connection.handshake_ack, kAck);
  offer(connection.close_ack, kAck);
  offer(connection.side[0].fin, {"FIN", &is_fin, 0, nullptr});
  offer(connection.side[1].fin, {"FIN", &is_fin, 1, nullptr});
  for (const read::ResetEvent& reset : connection.resets) {  // three at most, which ChunkReader sees to
    const unsigned side = (reset.marks & format::reset_mark::kSentByB) != 0 ? 1 : 0;
    offer(reset.at, {"RST", &is_rst, side, &reset});
  }
}

bool fits(const Kind& kind, const read::SegmentChunk& chunk, std::size_t row) {
  const TcpWord word{chunk.tcp_word[row]};
  if (!kind.fits(word) || (chunk.oddities[row] & oddity::kNoSegment) != 0) return false;
  if (kind.side && *kind.side != ((chunk.marks[row] & format::mark::kSentByB) != 0 ? 1U : 0U)) return false;
  const read::ResetEvent* numbers = kind.numbers;
  return numbers == nullptr || (word.value == numbers->tcp_word && chunk.seq[row] == numbers->seq &&
                                chunk.ack[row] == numbers->ack && chunk.ttl[row] == numbers->ttl);
}

}  // namespace

EventClaims event_claims(const read::Connection& connection) {
  EventClaims all = 0;
  for_each_claim(connection, [&all](EventClaims bit, const read::Moment&, const Kind&) { all |= bit; });
  return all;
}

EventClaims claims_borne_out(const read::Connection& connection, const read::SegmentChunk& chunk, std::size_t row) {
  const std::uint64_t frame = chunk.frame[row];
  EventClaims found = 0;
  for_each_claim(connection, [&](EventClaims bit, const read::Moment& moment, const Kind& kind) {
    if (moment.frame == frame && moment.time == chunk.time[row] && fits(kind, chunk, row)) found |= bit;
  });
  return found;
}

std::string first_claim(const read::Connection& connection, EventClaims claims) {
  std::string first;
  for_each_claim(connection, [&](EventClaims bit, const read::Moment& moment, const Kind& kind) {
    if ((claims & bit) != 0 && first.empty()) first = kind.name + (" in frame " + std::to_string(moment.frame));
  });
  return first;
}

}  // namespace pcapsule::verify
