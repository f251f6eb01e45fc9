// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/renderer.h"

#include "analyzer/report/delimited_renderers.h"
#include "analyzer/report/json_renderer.h"
#include "analyzer/report/text_renderer.h"

namespace pcapsule::report {

std::unique_ptr<Renderer> make_renderer(BufferedWriter& out, TableSpec spec) {
  switch (spec.format) {
    case OutputFormat::kText:
      return make_text_renderer(out, std::move(spec));
    case OutputFormat::kFields:
      return make_fields_renderer(out, std::move(spec));
    case OutputFormat::kCsv:
      return make_csv_renderer(out, std::move(spec));
    case OutputFormat::kJson:
    case OutputFormat::kNdjson:
      return make_json_renderer(out, std::move(spec));
  }
  return make_text_renderer(out, std::move(spec));
}

}  // namespace pcapsule::report
