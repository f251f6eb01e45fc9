// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/field_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace pcapsule::report {

using fields::Strip;

FieldList default_packet_fields() {
  FieldList list;
  for (const std::string_view name :
       {"frame.number", "frame.time_epoch", "tcp.stream", "pcapsule.direction", "pcapsule.client", "pcapsule.server",
        "tcp.flags", "pcapsule.seq", "pcapsule.ack", "tcp.len", "tcp.window_size", "pcapsule.window_scale"}) {
    list.push_back(fields::find_field(name));
  }
  return list;
}

FieldRows::FieldRows(Renderer& renderer, FieldList fields)
    : renderer_(renderer), fields_(std::move(fields)), cells_(fields_.size()) {}

select::ScanRequest FieldRows::request() const {
  select::ScanRequest request;
  for (const fields::Field* field : fields_) {
    request.columns |= field->columns;
    request.needs |= field->needs;
  }
  return request;
}

void FieldRows::put_rows(select::SegmentScan& scan, std::uint64_t& rows_left) {
  while (rows_left > 0 && !renderer_.done() && scan.next()) {
    std::span<const std::uint16_t> rows = scan.rows();
    rows = rows.first(std::min<std::uint64_t>(rows.size(), rows_left));
    rows_left -= rows.size();
    while (!rows.empty() && !renderer_.done()) {
      const auto count = std::min(rows.size(), Strip::kGreatestRows);
      put_strip({scan.context(), rows.first(count)});
      rows = rows.subspan(count);
    }
  }
}

void FieldRows::put_strip(const Strip& strip) {
  fields::ValueBuffer buffer;
  for (std::size_t i = 0; i < fields_.size(); ++i) fields_[i]->evaluate(strip, cells_[i]);
  for (std::size_t row = 0; row < strip.rows.size(); ++row) {
    row_.clear();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      for (const std::uint64_t value : cells_[i].of(row)) {
        row_.add(fields::value_text(buffer, *fields_[i], value, strip.context));
      }
      row_.end_cell();
    }
    renderer_.row(row_);
  }
}

}  // namespace pcapsule::report
