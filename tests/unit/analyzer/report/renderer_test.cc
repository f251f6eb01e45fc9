// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/renderer.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/report/string_sink.h"

namespace pcapsule::report {
namespace {

using testing::written;

std::vector<Column> columns() {
  return {{"n", ValueKind::kNumber, false, "number", 6, true},
          {"who", ValueKind::kText, false, "who", 5, false},
          {"ports", ValueKind::kNumber, true, "ports", 0, false},
          {"up", ValueKind::kBoolean, false, "up", 0, false}};
}

/// Two rows: every cell filled, the text with what formats have to quote; then every cell unknown.
std::string rendered(OutputFormat format, std::vector<std::string> files, const FieldFormat& fields = {}) {
  return written([&](BufferedWriter& out) {
    const auto renderer = make_renderer(out, {format, fields, "test", files, columns()});
    renderer->begin();
    for (const std::string& file : files) {
      Row row;
      renderer->file(file);
      row.add("7");
      row.end_cell();
      row.add("a\"b,c");
      row.end_cell();
      row.add("80");
      row.add("443");
      row.end_cell();
      row.add("1");
      row.end_cell();
      renderer->row(row);
      row.clear();
      for (int cell = 0; cell < 4; ++cell) row.end_cell();
      renderer->row(row);
    }
    renderer->totals(std::vector<Total>{{"all_rows", "2"}});
    renderer->end();
  });
}

TEST(Renderer, Fields) {
  EXPECT_EQ(rendered(OutputFormat::kFields, {"x.fb"}), "7\ta\"b,c\t80,443\t1\n\t\t\t\n");
  FieldFormat options;
  options.header = true;
  options.separator = ';';
  options.quote = '\'';
  options.occurrence = FieldFormat::Occurrence::kLast;
  EXPECT_EQ(rendered(OutputFormat::kFields, {"x.fb"}, options), "n;who;ports;up\n'7';'a\"b,c';'443';'1'\n;;;\n");
}

TEST(Renderer, CsvByRfc4180) {
  EXPECT_EQ(rendered(OutputFormat::kCsv, {"x.fb"}), "n,who,ports,up\r\n7,\"a\"\"b,c\",\"80,443\",1\r\n,,,\r\n");
}

/// Values of every length up to some, and one that no buffer holds.
TEST(Renderer, CellsOfAnyLength) {
  std::string expected;
  const auto text = [&](OutputFormat format, std::string_view separator, std::string_view end) {
    return written([&](BufferedWriter& out) {
      const auto renderer = make_renderer(out, {format, {}, "test", {"x.fb"}, columns()});
      renderer->file("x.fb");
      expected.clear();
      for (const std::size_t size : {1U, 2U, 3U, 4U, 7U, 8U, 15U, 16U, 17U, 100U, 1U << 18, 1U << 20}) {
        std::string value(size, 'x');
        value.front() = 'a';
        value.back() = 'z';
        Row row;
        for (int cell = 0; cell < 4; ++cell) {
          row.add(value);
          row.end_cell();
          expected.append(cell > 0 ? separator : std::string_view()).append(value);
        }
        expected.append(end);
        renderer->row(row);
      }
    });
  };
  EXPECT_TRUE(text(OutputFormat::kFields, "\t", "\n") == expected);
  EXPECT_TRUE(text(OutputFormat::kCsv, ",", "\r\n").ends_with(expected));
}

TEST(Renderer, CsvOfSeveralFilesSaysWhich) {
  EXPECT_EQ(rendered(OutputFormat::kCsv, {"x.fb", "y\n.fb"}),
            "file,n,who,ports,up\r\nx.fb,7,\"a\"\"b,c\",\"80,443\",1\r\nx.fb,,,,\r\n"
            "y\\x0a.fb,7,\"a\"\"b,c\",\"80,443\",1\r\ny\\x0a.fb,,,,\r\n");
}

TEST(Renderer, JsonIsOneObject) {
  EXPECT_EQ(rendered(OutputFormat::kJson, {"x.fb"}),
            "{\n\"schema_version\": 1,\n\"command\": \"test\",\n\"files\": [\"x.fb\"],\n\"rows\": [\n"
            "{\"n\": 7, \"who\": \"a\\\"b,c\", \"ports\": [80, 443], \"up\": true},\n"
            "{\"n\": null, \"who\": null, \"ports\": [], \"up\": null}\n],\n\"totals\": {\"all_rows\": 2}\n}\n");
}

TEST(Renderer, JsonWithoutRowsIsStillOne) {
  const std::string text = written([](BufferedWriter& out) {
    const auto renderer = make_renderer(out, {OutputFormat::kJson, {}, "test", {}, columns()});
    renderer->begin();
    renderer->end();
  });
  EXPECT_EQ(text, "{\n\"schema_version\": 1,\n\"command\": \"test\",\n\"files\": [],\n\"rows\": []\n}\n");
}

/// A file that could not be opened is not announced by file().
TEST(Renderer, WithoutAFileThereAreNoTotals) {
  for (const auto& [format, expected] :
       {std::pair(OutputFormat::kText, std::string()),
        std::pair(OutputFormat::kJson, std::string("{\n\"schema_version\": 1,\n\"command\": \"test\",\n"
                                                   "\"files\": [\"x.fb\"],\n\"rows\": []\n}\n"))}) {
    const std::string text = written([&, chosen = format](BufferedWriter& out) {
      const auto renderer = make_renderer(out, {chosen, {}, "test", {"x.fb"}, columns()});
      renderer->begin();
      renderer->totals(std::vector<Total>{{"all_rows", "0"}});
      renderer->end();
    });
    EXPECT_EQ(text, expected);
  }
}

TEST(Renderer, NdjsonIsARowALine) {
  EXPECT_EQ(rendered(OutputFormat::kNdjson, {"x.fb"}),
            "{\"n\": 7, \"who\": \"a\\\"b,c\", \"ports\": [80, 443], \"up\": true}\n"
            "{\"n\": null, \"who\": null, \"ports\": [], \"up\": null}\n");
  EXPECT_EQ(rendered(OutputFormat::kNdjson, {"x.fb", "y.fb"}).substr(0, 25), "{\"file\": \"x.fb\", \"n\": 7, ");
}

TEST(Renderer, TextIsAligned) {
  EXPECT_EQ(rendered(OutputFormat::kText, {"x.fb"}),
            "number who   ports up\n"
            "     7 a\"b,c 80,443 1\n"
            "     - -     - -\n"
            "2 all rows\n");
}

TEST(Renderer, TextOfSeveralFilesHasHeadings) {
  EXPECT_EQ(rendered(OutputFormat::kText, {"x.fb", "y.fb"}),
            "==> x.fb <==\nnumber who   ports up\n     7 a\"b,c 80,443 1\n     - -     - -\n"
            "==> y.fb <==\nnumber who   ports up\n     7 a\"b,c 80,443 1\n     - -     - -\n2 all rows\n");
}

}  // namespace
}  // namespace pcapsule::report
