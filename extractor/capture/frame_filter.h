// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/bytes/byte_cursor.h"
#include "common/net/link_type.h"

namespace pcapsule::capture {

/// A capture filter in the language of pcap-filter(7), compiled once for every
/// link type that its frames have.
class FrameFilter {
 public:
  /// Without an expression every frame is wanted.
  explicit FrameFilter(std::optional<std::string> expression);
  ~FrameFilter();
  FrameFilter(const FrameFilter&) = delete;
  FrameFilter& operator=(const FrameFilter&) = delete;

  /// Error kUsage: the expression does not compile for frames of this link type, be it for its
  /// syntax or because it asks for what such frames do not have.
  Result<void> compile_for(LinkType type);

  /// Frames of a link type that the filter does not compile for are not wanted; they are counted.
  bool wants(LinkType type, std::uint32_t wire_bytes, ByteView bytes) {
    return !expression_ || matches(type, wire_bytes, bytes);
  }

  /// One line a link type that had frames and for which the filter does not compile, in order of their numbers.
  [[nodiscard]] std::vector<std::string> inapplicable() const;

 private:
  struct Program;
  Program& program_for(LinkType type);
  bool matches(LinkType type, std::uint32_t wire_bytes, ByteView bytes);

  std::optional<std::string> expression_;
  std::map<LinkType, std::unique_ptr<Program>> programs_;
  LinkType latest_type_ = LinkType::kEthernet;
  Program* latest_ = nullptr;  ///< of latest_type_
};

}  // namespace pcapsule::capture
