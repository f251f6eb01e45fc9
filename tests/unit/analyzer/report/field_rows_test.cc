// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/field_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/analyzer/report/string_sink.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::report {
namespace {

using pcapsule::testing::interleaved;
using pcapsule::testing::TestRecord;
using testing::written;

TEST(FieldOption, SetsWhatTsharkSets) {
  FieldFormat format;
  for (const char* text : {"header=y", "separator=/s", "quote=d", "occurrence=l", "aggregator=;"}) {
    EXPECT_TRUE(apply_field_option(text, format).ok()) << text;
  }
  EXPECT_TRUE(format.header);
  EXPECT_EQ(format.separator, ' ');
  EXPECT_EQ(format.quote, '"');
  EXPECT_EQ(format.occurrence, FieldFormat::Occurrence::kLast);
  EXPECT_EQ(format.aggregator, ';');
  EXPECT_TRUE(apply_field_option("separator==", format).ok());
  EXPECT_EQ(format.separator, '=');
}

TEST(FieldOption, RefusesWhatItDoesNotKnow) {
  FieldFormat format;
  for (const char* text :
       {"", "header", "header=", "header=yes", "separator=", "separator=ab", "quote=x", "occurrence=first", "bom=y"}) {
    EXPECT_FALSE(apply_field_option(text, format).ok()) << text;
  }
}

std::string rows(const std::vector<std::string_view>& names, const std::vector<const char*>& options,
                 std::uint64_t limit = 100, OutputFormat output = OutputFormat::kFields) {
  TestRecord record(interleaved(4, 2));
  FieldFormat format;
  for (const char* option : options) EXPECT_TRUE(apply_field_option(option, format).ok());
  FieldList list;
  for (const auto name : names) list.push_back(fields::find_field(name));
  return written([&](BufferedWriter& out) {
    const auto renderer = make_renderer(out, {output, format, "packets", {"x.fb"}, columns_of(list)});
    FieldRows printer(*renderer, list);
    const select::Selection selection({}, record.file().catalog(), record.table());
    select::SegmentScan scan(record.file(), record.table(), selection, printer.request());
    renderer->begin();
    printer.put_rows(scan, limit);
    renderer->end();
  });
}

TEST(FieldRows, AreTabSeparatedWithoutAHeader) {
  EXPECT_EQ(rows({"frame.number", "ip.src", "ipv6.src", "tcp.srcport", "tcp.seq", "tcp.nxtseq"}, {}),
            "1\t10.0.0.1\t\t1000\t1\t1001\n"
            "2\t10.0.0.1\t\t1001\t1\t1001\n"
            "3\t10.0.0.1\t\t1000\t1001\t2001\n"
            "4\t10.0.0.1\t\t1001\t1001\t2001\n");
}

TEST(FieldRows, OptionsOfE) {
  EXPECT_EQ(rows({"ip.addr", "ipv6.addr", "tcp.port"}, {"header=y", "separator=;", "quote=d", "aggregator=/s"}, 1),
            "ip.addr;ipv6.addr;tcp.port\n\"10.0.0.1 10.0.0.2\";;\"1000 80\"\n");
  EXPECT_EQ(rows({"ip.addr", "tcp.port"}, {"occurrence=f"}, 1), "10.0.0.1\t1000\n");
  EXPECT_EQ(rows({"ip.addr", "tcp.port"}, {"occurrence=l"}, 1), "10.0.0.2\t80\n");
}

TEST(FieldRows, OurOwnFields) {
  EXPECT_EQ(rows({"pcapsule.direction", "pcapsule.client", "pcapsule.server", "pcapsule.seq", "pcapsule.ack",
                  "pcapsule.window_scale"},
                 {}, 1),
            "c2s\t10.0.0.1:1000\t10.0.0.2:80\t1\t1\tunknown\n");
}

TEST(FieldRows, FieldsOfTheConnection) {
  EXPECT_EQ(rows({"tcp.stream", "pcapsule.frames", "pcapsule.client_bytes", "pcapsule.server_bytes",
                  "pcapsule.duration_ns", "pcapsule.conn_state", "pcapsule.history", "pcapsule.role"},
                 {}, 2),
            "0\t2\t2108\t0\t2000000\tOTH\tD\tlower_port\n1\t2\t2108\t0\t2000000\tOTH\tD\tlower_port\n");
}

/// The names of files and the date of frame.time are what CSV has to look into.
TEST(FieldRows, OfCsvAreQuotedWhereNeeded) {
  const std::string text = rows({"frame.number", "frame.time", "tcp.flags.str", "ip.src"}, {}, 1, OutputFormat::kCsv);
  EXPECT_TRUE(text.starts_with("frame.number,frame.time,tcp.flags.str,ip.src\r\n1,\"Jan  1, 1970 ")) << text;
  EXPECT_TRUE(text.ends_with("\",\u00b7\u00b7\u00b7\u00b7\u00b7\u00b7\u00b7A\u00b7\u00b7\u00b7\u00b7,10.0.0.1\r\n"))
      << text;
}

TEST(FieldRows, StopAtTheLimit) { EXPECT_EQ(rows({"frame.number"}, {}, 3), "1\n2\n3\n"); }

}  // namespace
}  // namespace pcapsule::report
