// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Pictures of what a record file holds: points by series, the figure that they make, and gnuplot that draws it.
namespace pcapsule::plot {

/// What a picture shows.
enum class Kind : std::uint8_t {
  kWindow,                 ///< receive windows of one connection over time
  kWindowAck,              ///< the window of one side, and how far it acknowledged
  kTimeSequence,           ///< what one side sent, and what the other acknowledged and allowed
  kThroughput,             ///< of both directions
  kRtt,                    ///< of both directions
  kHandshakes,             ///< latency of every connection by time
  kHandshakeDistribution,  ///< how many connections had that latency or less
};
inline constexpr std::size_t kKinds = 7;

/// What the values of a series are.
enum class Unit : std::uint8_t {
  kBytes,
  kBitsPerSecond,
  kNanoseconds,
  kClock,  ///< nanoseconds since something began: shown in seconds, as the listing does, unless very few
  kShare,
};
/// `bytes`, `bits_per_s`, `ns`, `share`
std::string_view to_text(Unit unit);

enum class Style : std::uint8_t {
  kSteps,   ///< a value holds until the next one
  kRanges,  ///< from `value` up to `value_end`
  kDots,
  kMarks,  ///< few, to be seen from afar
};

/// All series that there are, in the order in which they are drawn, the last on top.
enum class SeriesId : std::uint8_t {
  kClientEdge,
  kServerEdge,
  kClientWindow,
  kServerWindow,
  kClientAck,
  kServerAck,
  kClientData,
  kServerData,
  kClientThroughput,
  kServerThroughput,
  kClientGoodput,
  kServerGoodput,
  kClientRtt,
  kServerRtt,
  kLegFirst,
  kLegLast,
  kLegAck,
  kLegTotal,
  kDip,
  kZeroWindow,
  kRetransmission,
  // Of the path between two points: near to far, then far to near.
  kDelayThere,
  kDelayBack,
  kNearShut,
  kFarShut,
  kResentThere,
  kResentBack,
  kLostThere,
  kLostBack,
};
inline constexpr std::size_t kSeries = 29;

struct SeriesSpec {
  std::string_view key;     ///< in tables
  std::string_view legend;  ///< for people
  Style style;
  Unit unit;
  std::string_view colour;  ///< `#rrggbb`: told apart by colour-blind eyes and on grey paper too
  double width;             ///< of lines, or the size of points
  unsigned point = 0;       ///< gnuplot's point type
  unsigned dash = 1;        ///< gnuplot's dash type, of distributions
};
const SeriesSpec& spec_of(SeriesId id);

/// The one of a pair that is about the client, or about the server.
constexpr SeriesId of_side(SeriesId client, bool is_client) {
  return is_client ? client : static_cast<SeriesId>(static_cast<unsigned>(client) + 1);
}

/// A point of a series.
struct Point {
  std::int64_t x_ns = 0;
  double value = 0;         ///< exact up to 2^53
  double value_end = 0;     ///< of ranges; else as `value`
  std::uint64_t frame = 0;  ///< to look up; 0: none
};

constexpr Point point_at(std::int64_t x_ns, double value, std::uint64_t frame) { return {x_ns, value, value, frame}; }

/// Receives the points of a picture, those of one series in file order or by ascending x.
class PointSink {
 public:
  virtual ~PointSink() = default;
  /// The points that follow are of that connection. Called before its first point.
  virtual void connection(std::uint32_t number) = 0;
  /// False: no more are wanted.
  virtual bool put(SeriesId series, const Point& point) = 0;
  /// The last value of a series holds up to `x_ns`. For pictures: it is no point.
  virtual void hold(SeriesId /*series*/, std::int64_t /*x_ns*/) {}
};

}  // namespace pcapsule::plot
