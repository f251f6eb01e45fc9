// SPDX-License-Identifier: Apache-2.0
#include "common/container/container.h"
#include "schema/packet_record_generated.h"

namespace pcapsule::container {

namespace {

/// A field may be absent: nothing in the schema is required.
std::string text_of(const flatbuffers::String* text) { return text == nullptr ? std::string() : text->str(); }

std::vector<record::NamedCount> counts_of(const flatbuffers::Vector<flatbuffers::Offset<fb::Count>>* counts) {
  std::vector<record::NamedCount> out;
  if (counts == nullptr) return out;
  for (const fb::Count* count : *counts) out.push_back({text_of(count->name()), count->count()});
  return out;
}

std::vector<std::string> texts_of(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* texts) {
  std::vector<std::string> out;
  if (texts == nullptr) return out;
  for (const flatbuffers::String* text : *texts) out.push_back(text_of(text));
  return out;
}

record::CaptureInfo capture_of(const fb::Capture& table) {
  record::CaptureInfo info;
  info.name = text_of(table.name());
  info.bytes = table.bytes();
  info.mtime_ns = table.mtime_ns();
  info.fingerprint_low = table.fingerprint_low();
  info.fingerprint_high = table.fingerprint_high();
  info.format = table.format();
  info.compression = table.compression();
  info.time_unit_ns = table.time_unit_ns();
  if (table.interfaces() != nullptr) {
    for (const fb::Interface* interface : *table.interfaces()) {
      info.interfaces.push_back({text_of(interface->name()), interface->link_type(), interface->snaplen_bytes(),
                                 text_of(interface->comment())});
    }
  }
  info.first_frame = table.first_frame();
  info.frames = table.frames();
  info.first_frame_time = {table.first_frame_time_ns()};
  info.last_frame_time = {table.last_frame_time_ns()};
  info.first_row = table.first_row();
  info.rows = table.rows();
  info.damage = text_of(table.damage());
  if (table.comments() != nullptr) {
    for (const flatbuffers::String* comment : *table.comments()) info.comments.push_back(text_of(comment));
  }
  return info;
}

}  // namespace

record::Catalog to_value(const CatalogView& view) {
  const fb::Catalog& table = *view.table;
  record::Catalog catalog;
  catalog.format_version = view.format_version;
  catalog.file_bytes = view.file_bytes;
  catalog.program_version = text_of(table.program_version());
  if (table.captures() != nullptr) {
    for (const fb::Capture* capture : *table.captures()) catalog.captures.push_back(capture_of(*capture));
  }
  catalog.encapsulations = texts_of(table.encapsulations());
  catalog.options = {text_of(table.filter()), text_of(table.client()), text_of(table.server())};
  catalog.rows = table.rows();
  catalog.segments = table.segments();
  catalog.connections = table.connections();
  catalog.frames = table.frames();
  catalog.outcomes = counts_of(table.outcomes());
  catalog.ether_types = counts_of(table.ether_types());
  catalog.ip_protocols = counts_of(table.ip_protocols());
  catalog.backward_stamps = table.backward_stamps();
  catalog.first_frame_time = {table.first_frame_time_ns()};
  catalog.subset = texts_of(table.subset());
  return catalog;
}

}  // namespace pcapsule::container
