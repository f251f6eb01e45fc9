// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/ip_address.h"

namespace pcapsule {

/// One end of a TCP connection.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// `192.0.2.1:443`, `[2001:db8::1]:443`.
std::string to_text(const Endpoint& endpoint);

/// What `--client` and `--server` take: `ADDR` or `ADDR:PORT`, IPv6 with a port
/// in brackets.
struct EndpointPattern {
  IpAddress address;
  std::optional<std::uint16_t> port;

  [[nodiscard]] bool matches(const Endpoint& endpoint) const {
    return endpoint.address == address && (!port || *port == endpoint.port);
  }
};

/// nullopt when `text` is neither form.
std::optional<EndpointPattern> parse_endpoint_pattern(std::string_view text);

/// The pattern as one canonical text: equal patterns give equal texts.
std::string to_text(const EndpointPattern& pattern);

}  // namespace pcapsule
