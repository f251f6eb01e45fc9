// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/fields/field.h"
#include "analyzer/report/field_columns.h"
#include "analyzer/report/renderer.h"
#include "analyzer/select/segment_scan.h"

namespace pcapsule::report {

/// What `packets` prints in CSV and JSON where the user names no fields.
FieldList default_packet_fields();

/// Shows a renderer the segments of a scan, one row each: the values of fields.
class FieldRows {
 public:
  FieldRows(Renderer& renderer, FieldList fields);

  /// What the scan has to provide.
  [[nodiscard]] select::ScanRequest request() const;

  /// Shows the scan to its end, or until `rows_left` is 0 or the reader has gone.
  void put_rows(select::SegmentScan& scan, std::uint64_t& rows_left);

 private:
  void put_strip(const fields::Strip& strip);

  Renderer& renderer_;
  FieldList fields_;
  std::vector<fields::Cells> cells_;  ///< by field
  Row row_;
};

}  // namespace pcapsule::report
