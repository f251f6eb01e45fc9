// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "analyzer/cli/command.h"
#include "analyzer/cli/output_options.h"
#include "analyzer/plot/script.h"
#include "common/base/result.h"

namespace pcapsule::analyzer_cli {

/// The surface of a picture in `path`, by its ending, whatever the case of its letters; nullopt: it ends
/// neither in .svg nor in .png.
std::optional<plot::Surface> surface_of(const std::string& path);

/// What a command draws on: a picture, the terminal, or nothing, where the points are wanted.
class PictureOptions {
 public:
  void add_to(OptionGroups::Group& group);

  /// nullopt: a table of points. kUsage: a size, format or name that makes no sense.
  [[nodiscard]] Result<std::optional<plot::Surface>> surface(const OutputOptions& output) const;

 private:
  [[nodiscard]] Result<plot::Surface> sized(plot::Surface surface) const;

  std::string size_;
  bool terminal_ = false;
};

}  // namespace pcapsule::analyzer_cli
