// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "analyzer/read/connection.h"
#include "common/base/time.h"
#include "common/net/tcp_flags.h"
#include "common/net/tcp_oddity.h"

namespace pcapsule::analysis {

/// What a sample of the round-trip time needs of a row.
struct RttRow {
  read::Moment at;
  unsigned side = 0;  ///< the sender
  TcpWord word;
  std::uint8_t oddities = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload = 0;

  [[nodiscard]] bool length_known() const { return (oddities & oddity::kLengthUnknown) == 0; }
};

/// From a segment at the capture point to the ACK that it was answered with: the part of
/// the round trip that lies beyond the capture point on the receiver's side, the
/// receiver's delay included.
struct RttSample {
  read::Moment at;    ///< the ACK
  unsigned side = 0;  ///< that sent the data
  DurationNs rtt;     ///< never negative
  read::Moment data;  ///< the segment that carried the last byte acknowledged
};

/// Ranges of one side that are held at most; beyond that the oldest are forgotten, and what acknowledges them gives no
/// sample.
inline constexpr std::size_t kGreatestOutstanding = 65'536;

/// The round-trip times of one connection (S38, S39), fed row by row in file order.
///
/// At most one sample a segment: of an ACK that acknowledges something new, measured from
/// the segment that carried the last byte of it. Matched by byte range, so that pieces of
/// a segment that was captured before it was cut up are acknowledged one by one. SYN and
/// FIN count (S21). There is none where it is not certain which segment was
/// answered:
/// - a byte newly acknowledged was sent more than once (Karn, RFC 6298 section 3);
/// - one was sent, or filled a gap, after the last of them: that one was answered;
/// - one was not captured, or its segment's length is unknown;
/// - the stamps go backwards.
/// A copy that the capture point recorded twice (S40) looks like one sent twice: leave it out before.
class RttSampler {
 public:
  /// The sample that `row` is.
  std::optional<RttSample> feed(const RttRow& row);

  /// How many ranges of a side are held: what its next segment may have to visit.
  [[nodiscard]] std::size_t ranges(unsigned side) const { return stream_[side].outstanding.size(); }

 private:
  /// Bytes sent and not yet acknowledged; it begins at its key.
  struct Range {
    std::int64_t end = 0;
    read::Moment sent;  ///< last
    bool repeated = false;
  };

  /// What one side sent. Positions do not wrap: they count from where the side was first seen.
  struct Stream {
    std::optional<std::uint32_t> reference;  ///< a raw number …
    std::int64_t position = 0;               ///< … and what it unwraps to
    std::optional<std::uint32_t> syn;
    std::optional<std::int64_t> acked;
    std::map<std::int64_t, Range> outstanding;  ///< no two overlap

    std::int64_t unwrap(std::uint32_t raw);
    void send(std::int64_t begin, std::int64_t end, const read::Moment& at);
    void split(std::int64_t at);
    using Place = std::map<std::int64_t, Range>::iterator;
    Place join_before(Place range);
  };

  void follow_data(const RttRow& row);
  std::optional<RttSample> follow_ack(const RttRow& row);

  std::array<Stream, 2> stream_;
};

}  // namespace pcapsule::analysis
