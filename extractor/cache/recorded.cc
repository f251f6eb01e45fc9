// SPDX-License-Identifier: Apache-2.0
#include "extractor/cache/recorded.h"

#include "common/container/container.h"
#include "common/io/mapped_file.h"
#include "flatbuffers/flatbuffers.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::cache {

namespace {

/// A field may be absent: nothing in the schema is required.
std::string text_of(const flatbuffers::String* field) { return field != nullptr ? field->str() : std::string(); }

std::vector<write::NamedCount> counts_of(const flatbuffers::Vector<flatbuffers::Offset<fb::Count>>* counts) {
  std::vector<write::NamedCount> named;
  if (counts == nullptr) return named;
  for (const fb::Count* count : *counts) named.emplace_back(text_of(count->name()), count->count());
  return named;
}

write::CaptureEntry entry_of(const fb::Capture& capture) {
  write::CaptureEntry entry;
  entry.name = text_of(capture.name());
  entry.bytes = capture.bytes();
  entry.mtime_ns = capture.mtime_ns();
  entry.fingerprint_low = capture.fingerprint_low();
  entry.fingerprint_high = capture.fingerprint_high();
  entry.format = capture.format();
  entry.compression = capture.compression();
  entry.time_unit_ns = capture.time_unit_ns();
  entry.first_frame = capture.first_frame();
  entry.frames = capture.frames();
  entry.first_frame_time = {capture.first_frame_time_ns()};
  entry.last_frame_time = {capture.last_frame_time_ns()};
  entry.first_row = capture.first_row();
  entry.rows = capture.rows();
  entry.damage = text_of(capture.damage());
  if (capture.interfaces() == nullptr) return entry;
  for (const fb::Interface* interface : *capture.interfaces()) {
    entry.interfaces.push_back({text_of(interface->name()), interface->link_type(), interface->snaplen_bytes()});
  }
  return entry;
}

/// The header keeps the version in its bytes 8 to 11, little-endian.
/// REQUIRES: find_catalog has accepted `file`, so it has a header.
std::uint32_t format_version_of(ByteView file) {
  std::uint32_t version = 0;
  for (std::size_t i = 12; i-- > 8;) version = (version << 8) | file[i];
  return version;
}

}  // namespace

Result<Recorded> read_recorded(const std::string& path) {
  const auto file = io::MappedFile::open(path);
  if (!file) return file.error();
  const auto found = container::find_catalog(file->bytes(), path);
  if (!found) return found.error();
  const fb::Catalog& catalog = *found->table;

  Recorded recorded;
  recorded.format_version = format_version_of(file->bytes());
  recorded.options = {text_of(catalog.filter()), text_of(catalog.client()), text_of(catalog.server())};
  if (catalog.captures() != nullptr) {
    for (const fb::Capture* capture : *catalog.captures()) recorded.captures.push_back(entry_of(*capture));
  }
  recorded.frames = catalog.frames();
  recorded.rows = catalog.rows();
  recorded.segments = catalog.segments();
  recorded.connections = catalog.connections();
  recorded.backward_stamps = catalog.backward_stamps();
  recorded.outcomes = counts_of(catalog.outcomes());
  recorded.ether_types = counts_of(catalog.ether_types());
  recorded.ip_protocols = counts_of(catalog.ip_protocols());
  recorded.file_bytes = file->size_bytes();
  return recorded;
}

std::string record_library_version() {
  return "FlatBuffers " + std::to_string(FLATBUFFERS_VERSION_MAJOR) + "." + std::to_string(FLATBUFFERS_VERSION_MINOR) +
         "." + std::to_string(FLATBUFFERS_VERSION_REVISION);
}

}  // namespace pcapsule::cache
