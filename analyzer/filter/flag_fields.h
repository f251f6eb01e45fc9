// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/net/tcp_flags.h"

namespace pcapsule::filter {

/// The bit of a flag field, as `tcp.flags.syn`; nullopt: the field is none.
inline std::optional<std::uint16_t> bit_of_flag_field(std::string_view name) {
  struct FlagField {
    std::string_view name;
    std::uint16_t bit;
  };
  static constexpr auto kFields = std::to_array<FlagField>({{"tcp.flags.fin", tcp_flag::kFin},
                                                            {"tcp.flags.syn", tcp_flag::kSyn},
                                                            {"tcp.flags.reset", tcp_flag::kRst},
                                                            {"tcp.flags.push", tcp_flag::kPsh},
                                                            {"tcp.flags.ack", tcp_flag::kAck},
                                                            {"tcp.flags.urg", tcp_flag::kUrg},
                                                            {"tcp.flags.ece", tcp_flag::kEce},
                                                            {"tcp.flags.cwr", tcp_flag::kCwr},
                                                            {"tcp.flags.ae", tcp_flag::kAe}});
  const auto* const found = std::ranges::find(kFields, name, &FlagField::name);
  return found == kFields.end() ? std::nullopt : std::optional(found->bit);
}

}  // namespace pcapsule::filter
