// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/udp.h"

#include <algorithm>
#include <array>

namespace pcapsule::decode {
namespace {

constexpr std::size_t kHeaderBytes = 8;

/// The tunnel of a port that is registered for one; kStop for other ports.
Header tunnel_of(std::uint16_t port) {
  switch (port) {
    case 1701:
      return Header::kL2tp;
    case 2123:
    case 2152:
      return Header::kGtp;
    case 3386:
      return Header::kGtpPrime;
    case 3544:
      return Header::kTeredo;
    case 4341:
      return Header::kLisp;
    case 4754:
      return Header::kGre;  // RFC 8086
    case 4789:
      return Header::kVxlan;
    case 4790:
      return Header::kVxlanGpe;
    case 5072:
      return Header::kAyiya;
    case 5247:
      return Header::kCapwap;
    case 6081:
      return Header::kGeneve;
    case 6635:
      return Header::kMpls;  // RFC 7510
    case 30030:
      return Header::kJmirror;
    case 37008:
      return Header::kTzsp;
    default:
      return Header::kStop;
  }
}

/// Ports below those of the tunnels of which Wireshark 4.0 gives the datagram to another protocol, which takes
/// whatever is in it. Found by sending tunnels from every port of its table.
constexpr auto kTaken = std::to_array<std::uint16_t>(
    {7,     13,    19,    37,    49,    53,    67,    68,    69,    111,   123,   137,   138,   173,   213,   269,
     319,   320,   389,   427,   434,   464,   496,   500,   513,   514,   520,   521,   524,   525,   546,   547,
     631,   664,   701,   853,   854,   910,   921,   925,   1001,  1113,  1153,  1194,  1293,  1628,  1629,  1718,
     1719,  1745,  1755,  1900,  2099,  2157,  2221,  2222,  2246,  2268,  2269,  2313,  2345,  2887,  2944,  2945,
     2948,  2949,  3000,  3130,  3250,  3343,  3357,  3389,  3452,  3455,  3567,  3671,  3784,  3785,  3804,  3863,
     4305,  4306,  4307,  4342,  4500,  4551,  4555,  4569,  4729,  4784,  4791,  4991,  5031,  5246,  5350,  5351,
     5353,  5355,  5404,  5405,  5436,  5567,  5683,  5684,  5868,  6073,  6118,  6160,  6784,  6970,  7074,  7075,
     7255,  7275,  7784,  8200,  8600,  8755,  8767,  8805,  8848,  9200,  9201,  9202,  9203,  9214,  9600,  9875,
     9877,  9899,  9901,  9956,  10253, 11211, 11273, 12000, 12001, 12002, 12003, 12004, 12220, 12222, 12223, 13400,
     17220, 17500, 17755, 17756, 19132, 19948, 19999, 23272, 24576, 24577, 25826, 26000, 27500, 27910, 27950, 27951,
     27952, 27953, 27960, 27961, 27962, 27963, 32000, 32512, 34962, 34980});
static_assert(std::ranges::is_sorted(kTaken));

bool is_length_possible(const Walk& walk, Layer layer, std::size_t length_bytes) {
  if (layer == Layer::kUdpLite || length_bytes >= kHeaderBytes) return true;  // UDP-Lite: the checksum's coverage
  return length_bytes == 0 && walk.source.version == IpVersion::kV6;          // a jumbogram (RFC 2675 section 4)
}

}  // namespace

Header read_udp(Walk& walk, Layer layer) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kHeaderBytes) return walk.stop(Outcome::kNotTcp);
  const std::uint16_t source = load_be16(bytes.data());
  const std::uint16_t destination = load_be16(bytes.data() + 2);
  const std::size_t length_bytes = load_be16(bytes.data() + 4);
  if (!is_length_possible(walk, layer, length_bytes)) return walk.stop(Outcome::kNotTcp);
  const auto [lower, higher] = std::minmax(source, destination);
  Header tunnel = tunnel_of(lower);
  if (tunnel == Header::kStop && !std::ranges::binary_search(kTaken, lower)) tunnel = tunnel_of(higher);
  if (tunnel == Header::kStop) return walk.stop(Outcome::kNotTcp);
  push(walk.layers, layer);
  walk.rest.drop(kHeaderBytes);
  if (layer == Layer::kUdp && length_bytes != 0) walk.rest.narrow(length_bytes - kHeaderBytes);
  return tunnel;
}

}  // namespace pcapsule::decode
