// SPDX-License-Identifier: Apache-2.0
#include "extractor/decode/ip_extension.h"

#include <algorithm>
#include <array>
#include <optional>

#include "extractor/decode/ip.h"

namespace pcapsule::decode {
namespace {

constexpr std::size_t kLeastExtensionBytes = 8;
constexpr std::size_t kAddressBytes = 16;
constexpr std::size_t kAddressesAt = 8;  // in a routing header
constexpr std::uint8_t kPad1 = 0;

/// Takes an extension header of `header_bytes` from the walk; nullopt, with the
/// walk stopped, if the packet or the capture ends inside it.
std::optional<ByteView> take_header(Walk& walk, std::size_t header_bytes) {
  const ByteView bytes = walk.rest.captured();
  if (header_bytes > walk.rest.wire_bytes()) {
    walk.stop(Outcome::kMalformedIp);
    return std::nullopt;
  }
  if (!walk.rest.drop(header_bytes)) {
    walk.stop(Outcome::kIpHeaderCut);
    return std::nullopt;
  }
  return bytes.first(header_bytes);
}

/// As take_header, with the length from the header's second byte: so many units
/// of `unit_bytes` beyond the first 8 bytes.
std::optional<ByteView> take_extension(Walk& walk, Layer layer, std::size_t unit_bytes) {
  const ByteView bytes = walk.rest.captured();
  if (bytes.size() < kLeastExtensionBytes) {
    walk.stop(walk.rest.wire_bytes() < kLeastExtensionBytes ? Outcome::kMalformedIp : Outcome::kIpHeaderCut);
    return std::nullopt;
  }
  push(walk.layers, layer);
  return take_header(walk, kLeastExtensionBytes + bytes[1] * unit_bytes);
}

/// Data of the first option of `type` in a hop-by-hop or destination options
/// header (RFC 8200 section 4.2); nullopt without one.
std::optional<ByteView> find_option(ByteView header, std::uint8_t type) {
  for (ByteCursor in(header.subspan(2)); in.remaining_bytes() > 0;) {
    const std::uint8_t option = *in.u8();
    if (option == kPad1) continue;
    const auto length = in.u8();
    const auto data = length ? in.take(*length) : std::nullopt;
    if (!data) return std::nullopt;
    if (option == type) return data;
  }
  return std::nullopt;
}

IpAddress load_ipv6(const std::uint8_t* at) { return IpAddress::v6(load_be64(at), load_be64(at + 8)); }

/// RFC 2675 section 2: the true length of a packet whose payload length is 0, counted from the end of the IPv6
/// header, of which `consumed_bytes` are behind us.
void apply_jumbo_length(Walk& walk, ByteView option, std::size_t consumed_bytes) {
  constexpr std::uint32_t kLeastJumboBytes = 65536;
  if (option.size() != 4) return;
  const std::uint32_t payload_bytes = load_be32(option.data());
  if (payload_bytes < kLeastJumboBytes) return;  // not legal: stays as without the option
  const std::size_t left_bytes = payload_bytes - consumed_bytes;
  walk.oddities &= static_cast<std::uint8_t>(~oddity::kLengthFromFrame);
  if (left_bytes > walk.rest.wire_bytes()) walk.oddities |= oddity::kLengthCutToWire;
  walk.rest.narrow(left_bytes);
}

/// The last address of a routing header of type 3 (RFC 6554 section 3). It lacks
/// the leading bytes that it shares with the current destination.
std::optional<IpAddress> last_compressed_address(ByteView header, const IpAddress& current) {
  const std::size_t shared_bytes = header[4] & 0x0fu;
  const std::size_t pad_bytes = header[5] >> 4;
  const std::size_t own_bytes = kAddressBytes - shared_bytes;
  if (header.size() < kAddressesAt + own_bytes + pad_bytes) return std::nullopt;
  std::array<std::uint8_t, kAddressBytes> address{};
  for (std::size_t i = 0; i < shared_bytes; ++i) {
    const std::uint64_t half = i < 8 ? current.high : current.low;
    address[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
  }
  const std::uint8_t* const own = header.data() + header.size() - pad_bytes - own_bytes;
  std::copy(own, own + own_bytes, address.begin() + static_cast<std::ptrdiff_t>(shared_bytes));
  return load_ipv6(address.data());
}

/// The address that a routing header with segments left holds for the end of the
/// route: TCP runs between the ends (RFC 8200 section 8.1). nullopt if it has none.
std::optional<IpAddress> final_destination(ByteView header, const IpAddress& current) {
  const std::uint8_t type = header[2];
  if (type == 3) return last_compressed_address(header, current);
  if (header.size() < kAddressesAt + kAddressBytes) return std::nullopt;
  switch (type) {
    case 0:
      return load_ipv6(header.data() + header.size() - kAddressBytes);  // RFC 2460 section 4.4: the last
    case 2:                                                             // RFC 6275 section 6.4: the only
    case 4:
      return load_ipv6(header.data() + kAddressesAt);  // RFC 8754 section 2: stored backwards
    default:
      return std::nullopt;
  }
}

}  // namespace

Header read_hop_by_hop(Walk& walk) {
  constexpr std::uint8_t kJumboPayload = 0xc2;
  const auto header = take_extension(walk, Layer::kHopByHop, 8);
  if (!header) return Header::kStop;
  if (walk.without_length) {
    if (const auto option = find_option(*header, kJumboPayload)) apply_jumbo_length(walk, *option, header->size());
    walk.without_length = false;
  }
  return header_for_ip_protocol(walk, (*header)[0]);
}

Header read_routing(Walk& walk) {
  const auto header = take_extension(walk, Layer::kRouting, 8);
  if (!header) return Header::kStop;
  const std::uint8_t segments_left = (*header)[3];
  if (segments_left > 0 && walk.destination.version == IpVersion::kV6) {
    if (const auto last = final_destination(*header, walk.destination)) walk.destination = *last;
  }
  return header_for_ip_protocol(walk, (*header)[0]);
}

Header read_fragment(Walk& walk) {
  const auto header = take_extension(walk, Layer::kFragment, 0);  // its second byte is reserved
  if (!header) return Header::kStop;
  const std::uint16_t fragment = load_be16(header->data() + 2);
  if ((fragment & 0xfff8) != 0) return stop_at_later_fragment(walk, (*header)[0]);
  // Offset 0 without M is an atomic fragment (RFC 6946): whole.
  if ((fragment & 0x0001) != 0) walk.oddities |= oddity::kFirstFragment;
  return header_for_ip_protocol(walk, (*header)[0]);
}

Header read_destination(Walk& walk) {
  constexpr std::uint8_t kHomeAddress = 0xc9;
  const auto header = take_extension(walk, Layer::kDestination, 8);
  if (!header) return Header::kStop;
  if (walk.source.version == IpVersion::kV6) {
    // RFC 6275 section 6.3: the mobile node's own address, which its TCP uses.
    const auto home = find_option(*header, kHomeAddress);
    if (home && home->size() == kAddressBytes) walk.source = load_ipv6(home->data());
  }
  return header_for_ip_protocol(walk, (*header)[0]);
}

Header read_shim6(Walk& walk) {
  const auto header = take_extension(walk, Layer::kShim6, 8);
  return header ? header_for_ip_protocol(walk, (*header)[0]) : Header::kStop;
}

Header read_authentication(Walk& walk) {
  const auto header = take_extension(walk, Layer::kAuthentication, 4);  // counts 4-byte units, less 2
  return header ? header_for_ip_protocol(walk, (*header)[0]) : Header::kStop;
}

}  // namespace pcapsule::decode
