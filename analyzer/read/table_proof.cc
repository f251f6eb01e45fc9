// SPDX-License-Identifier: Apache-2.0
#include "analyzer/read/table_proof.h"

#include <algorithm>

#include "flatbuffers/minireflect.h"

namespace pcapsule::read {

namespace {

using flatbuffers::soffset_t;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

/// Loads within the bytes that may be read.
class Root {
 public:
  explicit Root(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] bool has(std::int64_t at, std::size_t size, std::size_t alignment) const {
    if (at < 0 || static_cast<std::uint64_t>(at) > bytes_.size()) return false;
    return size <= bytes_.size() - static_cast<std::uint64_t>(at) && static_cast<std::uint64_t>(at) % alignment == 0;
  }
  /// Is there a T? Then it goes to `out`.
  template <class T>
  bool load(std::int64_t at, T& out) const {
    if (!has(at, sizeof(T), sizeof(T))) return false;
    out = flatbuffers::ReadScalar<T>(bytes_.data() + at);
    return true;
  }

 private:
  ByteView bytes_;
};

std::size_t inline_bytes(const flatbuffers::TypeCode& field) {
  if (field.is_repeating != 0) return sizeof(uoffset_t);
  return flatbuffers::InlineSize(static_cast<flatbuffers::ElementaryType>(field.base_type), nullptr);
}

}  // namespace

bool has_root_table(ByteView chunk, std::uint32_t root_bytes, const char* identifier,
                    const flatbuffers::TypeTable& types) {
  const Root root(chunk.first(std::min<std::size_t>(root_bytes, chunk.size())));
  constexpr std::int64_t kStart = sizeof(uoffset_t);  // behind the size prefix
  constexpr std::size_t kIdentifierBytes = flatbuffers::kFileIdentifierLength;
  uoffset_t size = 0;
  if (!root.load(0, size) || size != chunk.size() - sizeof(size)) return false;
  if (!root.has(kStart, sizeof(uoffset_t) + kIdentifierBytes, 1)) return false;
  if (!flatbuffers::BufferHasIdentifier(chunk.data() + kStart, identifier)) return false;

  uoffset_t to_table = 0;
  soffset_t to_vtable = 0;
  voffset_t vtable_bytes = 0;
  if (!root.load(kStart, to_table)) return false;
  const std::int64_t table = kStart + to_table;
  if (!root.load(table, to_vtable)) return false;
  const std::int64_t vtable = table - to_vtable;
  if (!root.load(vtable, vtable_bytes)) return false;
  if (vtable_bytes % sizeof(voffset_t) != 0 || !root.has(vtable, vtable_bytes, sizeof(voffset_t))) return false;

  constexpr std::size_t kBeforeFields = 2 * sizeof(voffset_t);  // the sizes of vtable and table
  for (std::size_t field = 0; field < types.num_elems; ++field) {
    const std::size_t entry = kBeforeFields + field * sizeof(voffset_t);
    if (entry >= vtable_bytes) return true;  // written before there was such a field
    voffset_t place = 0;
    if (!root.load(vtable + static_cast<std::int64_t>(entry), place)) return false;
    const std::size_t bytes = inline_bytes(types.type_codes[field]);
    if (place != 0 && !root.has(table + place, bytes, bytes)) return false;
  }
  return true;
}

}  // namespace pcapsule::read
