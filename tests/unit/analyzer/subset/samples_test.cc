// SPDX-License-Identifier: Apache-2.0
// Subsets of the samples print what the samples print, in every field and in the listing.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "analyzer/report/connection_rows.h"
#include "analyzer/report/conversation_printer.h"
#include "analyzer/report/field_rows.h"
#include "analyzer/select/connection_order.h"
#include "analyzer/select/conversations.h"
#include "analyzer/subset/subset.h"
#include "analyzer/verify/verify.h"
#include "extractor/pipeline/extract.h"
#include "tests/unit/analyzer/report/string_sink.h"
#include "tests/unit/analyzer/select/test_record.h"

namespace pcapsule::subset {
namespace {

using pcapsule::testing::MemorySink;
using pcapsule::testing::TemporaryFile;
using pcapsule::testing::TestRecord;

std::vector<std::string> samples() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(PCAPSULE_SAMPLES)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".pcap") != std::string::npos) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::uint8_t> extracted(const std::string& sample) {
  const TemporaryFile record({});
  pipeline::ExtractRequest request;
  request.captures = {std::string(PCAPSULE_SAMPLES) + "/" + sample};
  request.output = record.path();
  if (!pipeline::extract(request)) return {};
  std::ifstream in(record.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Every field but the one that names the record file; of connections, only those that they have.
report::FieldList all_fields(bool of_connections) {
  report::FieldList columns;
  for (const fields::Field& field : fields::all_fields()) {
    if (field.format == fields::Format::kFileName || (of_connections && field.of_connection == nullptr)) continue;
    columns.push_back(&field);
  }
  return columns;
}

/// What `print` shows a renderer of these columns.
template <class Print>
std::string table_of(const report::FieldList& columns, Print print) {
  return report::testing::written([&](report::BufferedWriter& out) {
    const auto renderer =
        report::make_renderer(out, {report::OutputFormat::kFields, {}, "test", {"x.fb"}, report::columns_of(columns)});
    renderer->begin();
    print(*renderer);
    renderer->end();
  });
}

std::string segments_of(TestRecord& record, const select::SelectionSpec& spec) {
  const report::FieldList columns = all_fields(false);
  return table_of(columns, [&](report::Renderer& renderer) {
    report::FieldRows rows(renderer, columns);
    const select::Selection selection(spec, record.file().catalog(), record.table());
    select::SegmentScan scan(record.file(), record.table(), selection, rows.request());
    std::uint64_t rows_left = ~std::uint64_t{0};
    rows.put_rows(scan, rows_left);
  });
}

std::string connections_of(TestRecord& record, const select::SelectionSpec& spec) {
  const report::FieldList columns = all_fields(true);
  return table_of(columns, [&](report::Renderer& renderer) {
    const select::Selection selection(spec, record.file().catalog(), record.table());
    select::TotalsReader totals(record.file());
    const auto entries =
        select::ordered_entries(record.file(), record.table(), selection.connections(), {}, ~std::uint64_t{0}, totals);
    report::ConnectionRows(renderer, columns).put(record.file(), record.table(), entries, totals);
  });
}

std::string listing_of(TestRecord& record, const select::SelectionSpec& spec) {
  return report::testing::written([&](report::BufferedWriter& out) {
    const select::Selection selection(spec, record.file().catalog(), record.table());
    report::ConversationOptions options;
    options.time.style = report::TimeStyle::kDelta;  // since the frame before, which may not be in the subset
    options.capture_start = record.file().catalog().first_frame_time;
    report::ConversationPrinter printer(out, options);
    select::Conversations(record.file(), record.table(), selection, report::ConversationPrinter::columns(options.time))
        .visit(printer);
  });
}

class SubsetOfSample : public ::testing::TestWithParam<std::string> {};

TEST_P(SubsetOfSample, PrintsTheSame) {
  TestRecord whole(extracted(GetParam()));
  const auto last = static_cast<std::uint32_t>(whole.table().size() - 1);
  // Each of the first connections, the last one, some in between, and all.
  std::vector<std::vector<select::StreamRange>> choices = {{{last, last}}, {{0, last}}, {{1, 1}, {last / 2, last}}};
  for (std::uint32_t number = 0; number <= std::min(last, 8U); ++number) choices.push_back({{number, number}});
  for (const auto& streams : choices) {
    select::SelectionSpec spec;
    spec.streams = streams;
    SCOPED_TRACE(to_text(spec));
    const select::Selection selection(spec, whole.file().catalog(), whole.table());
    MemorySink sink;
    const auto summary = write_subset(whole.file(), whole.table(), selection.connections(), to_text(spec), sink);
    ASSERT_TRUE(summary.ok()) << summary.error().message;
    TestRecord part(sink.file);
    const auto faults = verify::faults_of(part.file());
    ASSERT_EQ(faults.count(), 0U) << faults.lines().front();
    // EXPECT_EQ would print megabytes.
    EXPECT_TRUE(segments_of(part, {}) == segments_of(whole, spec));
    EXPECT_TRUE(connections_of(part, {}) == connections_of(whole, spec));
    EXPECT_TRUE(listing_of(part, {}) == listing_of(whole, spec));
    EXPECT_EQ(part.table().size(), selection.connections().count());
  }
}

/// A fact that the subset forgot, of whatever column, would show here.
TEST_P(SubsetOfSample, OfEverythingHasTheSameBytesUpToTheCatalog) {
  const std::vector<std::uint8_t> bytes = extracted(GetParam());
  TestRecord whole(bytes);
  MemorySink sink;
  const auto all = analysis::ConnectionSet::all(whole.table().size());
  ASSERT_TRUE(write_subset(whole.file(), whole.table(), all, "all", sink).ok());
  EXPECT_TRUE(pcapsule::testing::chunks_of(sink.file) == pcapsule::testing::chunks_of(bytes));
}

INSTANTIATE_TEST_SUITE_P(Samples, SubsetOfSample, ::testing::ValuesIn(samples()), [](const auto& sample) {
  std::string name = sample.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '.'; }, '_');
  return name;
});

}  // namespace
}  // namespace pcapsule::subset
