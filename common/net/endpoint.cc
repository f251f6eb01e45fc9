// SPDX-License-Identifier: Apache-2.0
#include "common/net/endpoint.h"

#include <charconv>

namespace pcapsule {
namespace {

/// Decimal, without sign or spaces, at most 65535.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stop != end) return std::nullopt;
  return port;
}

/// `[ADDR]` or `[ADDR]:PORT`.
std::optional<EndpointPattern> parse_bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == text.npos) return std::nullopt;
  const auto address = parse_ip_address(text.substr(1, close - 1));
  if (!address || address->version != IpVersion::kV6) return std::nullopt;
  const std::string_view rest = text.substr(close + 1);
  if (rest.empty()) return EndpointPattern{*address, std::nullopt};
  if (rest.front() != ':') return std::nullopt;
  const auto port = parse_port(rest.substr(1));
  if (!port) return std::nullopt;
  return EndpointPattern{*address, port};
}

}  // namespace

std::string to_text(const Endpoint& endpoint) { return to_text(EndpointPattern{endpoint.address, endpoint.port}); }

std::optional<EndpointPattern> parse_endpoint_pattern(std::string_view text) {
  if (text.starts_with('[')) return parse_bracketed(text);
  if (const auto address = parse_ip_address(text)) return EndpointPattern{*address, std::nullopt};
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto address = parse_ip_address(text.substr(0, colon));
  const auto port = parse_port(text.substr(colon + 1));
  if (!address || !port) return std::nullopt;
  return EndpointPattern{*address, port};
}

std::string to_text(const EndpointPattern& pattern) {
  if (!pattern.port) return to_text(pattern.address);
  const bool bracketed = pattern.address.version == IpVersion::kV6;
  std::string out;
  if (bracketed) out += '[';
  append_text(out, pattern.address);
  if (bracketed) out += ']';
  out += ':';
  out += std::to_string(*pattern.port);
  return out;
}

}  // namespace pcapsule
