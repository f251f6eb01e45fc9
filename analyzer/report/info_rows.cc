// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/info_rows.h"

#include <string>
#include <string_view>

#include "common/text/escape.h"
#include "common/text/time_text.h"

namespace pcapsule::report {

namespace {

using read::CaptureInfo;
using read::Catalog;

class Properties {
 public:
  explicit Properties(Renderer& renderer) : renderer_(renderer) {}

  void begin_section(std::string name) { section_ = std::move(name); }

  void put(std::string_view property, std::string_view value) {
    row_.clear();
    for (const std::string_view cell : {std::string_view(section_), property}) {
      row_.add(cell);
      row_.end_cell();
    }
    if (!value.empty()) row_.add(text::escape_for_terminal(value));
    row_.end_cell();
    renderer_.row(row_);
  }
  void put(std::string_view property, std::uint64_t value) { put(property, std::to_string(value)); }
  void put(std::string_view property, TimestampNs time) {
    std::string seconds;
    text::append_epoch_seconds(seconds, time);
    put(property, seconds);
  }

 private:
  Renderer& renderer_;
  std::string section_;
  Row row_;
};

void put_file(Properties& out, const read::RecordFile& file) {
  const Catalog& catalog = file.catalog();
  out.begin_section("file");
  out.put("path", file.path());
  out.put("program_version", catalog.program_version);
  out.put("format_version", catalog.format_version);
  out.put("bytes", catalog.file_bytes);
  out.put("filter", catalog.options.filter);
  out.put("client", catalog.options.client);
  out.put("server", catalog.options.server);
  for (const std::string& chosen : catalog.subset) out.put("subset", chosen);
}

void put_capture(Properties& out, const CaptureInfo& capture, std::size_t number, std::size_t first_interface) {
  out.begin_section("capture " + std::to_string(number));
  out.put("name", capture.name);
  out.put("bytes", capture.bytes);
  if (capture.name != "-") out.put("changed", TimestampNs{capture.mtime_ns});
  out.put("time_unit_ns", capture.time_unit_ns);
  out.put("frames", capture.frames);
  if (capture.frames > 0) {
    out.put("first_frame", capture.first_frame);
    out.put("first_frame_time", capture.first_frame_time);
    out.put("last_frame_time", capture.last_frame_time);
  }
  out.put("damage", capture.damage);
  for (const std::string& comment : capture.comments) out.put("comment", comment);
  for (std::size_t i = 0; i < capture.interfaces.size(); ++i) {
    const read::InterfaceInfo& interface = capture.interfaces[i];
    out.begin_section("interface " + std::to_string(first_interface + i));
    out.put("name", interface.name);
    out.put("link_type", interface.link_type);
    out.put("snaplen_bytes", interface.snaplen_bytes == 0 ? std::string() : std::to_string(interface.snaplen_bytes));
    out.put("comment", interface.comment);
  }
}

void put_counts(Properties& out, const char* section, const std::vector<read::NamedCount>& counts) {
  out.begin_section(section);
  for (const read::NamedCount& count : counts) out.put(text::escape_for_terminal(count.name), count.count);
}

}  // namespace

std::vector<Column> info_columns() {
  return {{"section", ValueKind::kText, false, "", 0, false},
          {"property", ValueKind::kText, false, "", 0, false},
          {"value", ValueKind::kText, false, "", 0, false}};
}

void put_info_rows(Renderer& renderer, const read::RecordFile& file) {
  const Catalog& catalog = file.catalog();
  Properties out(renderer);
  put_file(out, file);
  std::size_t interfaces = 0;
  for (std::size_t i = 0; i < catalog.captures.size(); ++i) {
    put_capture(out, catalog.captures[i], i + 1, interfaces);
    interfaces += catalog.captures[i].interfaces.size();
  }
  out.begin_section("totals");
  out.put("frames", catalog.frames);
  out.put("rows", catalog.rows);
  out.put("segments", catalog.segments);
  out.put("connections", catalog.connections);
  out.put("backward_stamps", catalog.backward_stamps);
  put_counts(out, "outcomes", catalog.outcomes);
  put_counts(out, "ether_types", catalog.ether_types);
  put_counts(out, "ip_protocols", catalog.ip_protocols);
  out.begin_section("encapsulations");
  for (std::size_t i = 0; i < catalog.encapsulations.size(); ++i) out.put(std::to_string(i), catalog.encapsulations[i]);
}

}  // namespace pcapsule::report
