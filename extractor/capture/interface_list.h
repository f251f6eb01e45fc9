// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "extractor/capture/frame_source.h"

namespace pcapsule::capture {

/// The interfaces of all sections of a pcapng file, each once: a section that
/// repeats those of an earlier one, as in concatenated files, adds none.
class InterfaceList {
 public:
  static constexpr std::size_t kMaxInterfaces = 4096;

  /// Index of the interface in `list`, which gains it when it is new. `place`: how
  /// many its section has before it. Beyond kMaxInterfaces everything is put down to the last.
  std::uint32_t index_of(const CaptureInterface& interface, std::size_t place, std::vector<CaptureInterface>& list) {
    if (list.size() >= kMaxInterfaces) return kMaxInterfaces - 1;
    const auto next = static_cast<std::uint32_t>(list.size());
    const auto [known, is_new] = known_.try_emplace(
        {place, interface.link_type, interface.snaplen_bytes, interface.name, interface.comment}, next);
    if (is_new) list.push_back(interface);
    return known->second;
  }

 private:
  using Identity = std::tuple<std::size_t, LinkType, std::uint32_t, std::string, std::string>;
  std::map<Identity, std::uint32_t> known_;
};

}  // namespace pcapsule::capture
