// SPDX-License-Identifier: Apache-2.0
#include "extractor/cache/recorded.h"

#include "common/container/container.h"
#include "common/io/mapped_file.h"

namespace pcapsule::cache {

Result<Recorded> read_recorded(const std::string& path) {
  const auto file = io::MappedFile::open(path);
  if (!file) return file.error();
  const auto found = container::find_catalog(file->bytes(), path);
  if (!found) return found.error();
  return container::to_value(*found);
}

}  // namespace pcapsule::cache
