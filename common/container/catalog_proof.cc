// SPDX-License-Identifier: Apache-2.0
#include "common/container/catalog_proof.h"

#include <cstdint>

#include "common/format/record_layout.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::container {

namespace {

using flatbuffers::Table;
using flatbuffers::TypeCode;
using flatbuffers::TypeTable;
using flatbuffers::uoffset_t;

/// Tables are bounded by the bytes of the catalog already.
flatbuffers::Verifier verifier_of(ByteView bytes) {
  flatbuffers::Verifier::Options options;
  options.max_tables = static_cast<uoffset_t>(bytes.size());
  return flatbuffers::Verifier(bytes.data(), bytes.size(), options);
}

/// Follows the offsets that FlatBuffers' verifier would follow, by the types of the schema, and pays for each.
class Walk {
 public:
  explicit Walk(ByteView bytes) : bytes_(bytes), left_(bytes.size()), verifier_(verifier_of(bytes)) {}

  CatalogFault catalog() {
    const std::uint8_t* root = target(bytes_.data() + sizeof(uoffset_t));  // behind the size prefix
    if (root != nullptr && table(root, *fb::Catalog::MiniReflectTypeTable())) return CatalogFault::kNone;
    return overspent_ ? CatalogFault::kShared : CatalogFault::kInvalid;
  }

 private:
  bool pay(std::uint64_t bytes) {
    overspent_ = bytes > left_;
    if (!overspent_) left_ -= bytes;
    return !overspent_;
  }

  /// What the offset at `place` leads to; nullptr: out of the catalog.
  const std::uint8_t* target(const std::uint8_t* place) const {
    const uoffset_t offset = verifier_.VerifyOffset(static_cast<std::size_t>(place - bytes_.data()));
    return offset == 0 ? nullptr : place + offset;
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the schema
  bool table(const std::uint8_t* at, const TypeTable& types) {
    if (!pay(sizeof(flatbuffers::soffset_t)) || !verifier_.VerifyTableStart(at)) return false;
    const auto* fields = reinterpret_cast<const Table*>(at);
    for (std::size_t field = 0; field < types.num_elems; ++field) {
      const TypeCode& type = types.type_codes[field];
      if (type.is_repeating == 0 && !is_offset(type)) continue;
      const std::uint8_t* place =
          fields->GetAddressOf(flatbuffers::FieldIndexToOffset(static_cast<flatbuffers::voffset_t>(field)));
      if (place == nullptr) continue;
      const std::uint8_t* value = target(place);
      if (value == nullptr) return false;
      if (type.is_repeating != 0 ? !vector(value, type, types) : !element(value, type, types)) return false;
    }
    return verifier_.EndTable();
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  bool vector(const std::uint8_t* at, const TypeCode& type, const TypeTable& types) {
    if (!is_offset(type)) return true;  // numbers: nobody goes through them one by one
    if (!verifier_.VerifyVectorOrString(at, sizeof(uoffset_t))) return false;
    const auto count = flatbuffers::ReadScalar<uoffset_t>(at);
    if (!pay((std::uint64_t{count} + 1) * sizeof(uoffset_t))) return false;
    for (std::size_t i = 1; i <= count; ++i) {
      const std::uint8_t* value = target(at + i * sizeof(uoffset_t));
      if (value == nullptr || !element(value, type, types)) return false;
    }
    return true;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  bool element(const std::uint8_t* at, const TypeCode& type, const TypeTable& types) {
    if (type.base_type == flatbuffers::ET_SEQUENCE) return table(at, *types.type_refs[type.sequence_ref]());
    const auto* text = reinterpret_cast<const flatbuffers::String*>(at);
    return verifier_.VerifyString(text) && pay(sizeof(uoffset_t) + text->size() + 1);
  }

  static bool is_offset(const TypeCode& type) {
    return type.base_type == flatbuffers::ET_STRING || type.base_type == flatbuffers::ET_SEQUENCE;
  }

  ByteView bytes_;
  std::uint64_t left_;
  bool overspent_ = false;
  flatbuffers::Verifier verifier_;
};

}  // namespace

CatalogFault fault_of_catalog(ByteView bytes) {
  if (const CatalogFault fault = Walk(bytes).catalog(); fault != CatalogFault::kNone) return fault;
  flatbuffers::Verifier verifier = verifier_of(bytes);
  const bool good = verifier.VerifySizePrefixedBuffer<fb::Catalog>(format::kCatalogIdentifier);
  return good ? CatalogFault::kNone : CatalogFault::kInvalid;
}

}  // namespace pcapsule::container
