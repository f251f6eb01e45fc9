// SPDX-License-Identifier: Apache-2.0
#include "extractor/cache/currency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/container/record_writer.h"
#include "common/format/record_layout.h"
#include "extractor/capture/capture_input.h"
#include "extractor/pipeline/extract.h"
#include "tests/unit/extractor/cli/capture_folder.h"

namespace pcapsule::cache {
namespace {

using test::CaptureFolder;
using test::set_modified;
using testing::HasSubstr;

constexpr TimestampNs kThen{1'700'000'000'123'456'789};
constexpr TimestampNs kLater{1'700'000'100'000'000'000};

/// Each test changes one thing about an extracted capture and asks again.
class CurrencyTest : public testing::Test {
 protected:
  CurrencyTest() {
    folder_.capture("x.pcap");
    set_modified(capture_, kThen);
    extract({});
  }

  void extract(const std::string& filter) {
    pipeline::ExtractRequest request;
    request.captures = {capture_};
    request.output = record_;
    request.filter = filter;
    const auto summary = pipeline::extract(request);
    ASSERT_TRUE(summary.ok()) << summary.error().message;
  }
  [[nodiscard]] Currency ask(const record::RecordOptions& options = {}) const {
    return check_currency({capture_}, record_, options);
  }

  CaptureFolder folder_;
  std::string capture_ = folder_ / "x.pcap";
  std::string record_ = folder_ / "x.fb";
};

/// A record file without rows, with the provenance of another.
std::vector<std::uint8_t> record_with(const record::Provenance& provenance) {
  struct Sink final : container::ByteSink {
    Result<void> write(ByteView bytes) override {
      file.insert(file.end(), bytes.begin(), bytes.end());
      return {};
    }
    std::vector<std::uint8_t> file;
  } sink;
  struct NoConnections final : container::ConnectionSource {
    bool next(record::Connection&, record::RowLink&) override { return false; }
  } none;
  container::RecordWriter writer(sink);
  const bool good = writer.start().ok() && writer.finish(none, provenance).ok();
  return good ? sink.file : std::vector<std::uint8_t>();
}

TEST_F(CurrencyTest, SubsetIsNeverCurrent) {
  record::Provenance provenance = *read_recorded(record_);
  folder_.write("x.fb", record_with(provenance));
  EXPECT_TRUE(ask().current());
  provenance.subset = {"-s 7", "-s 7"};
  folder_.write("x.fb", record_with(provenance));
  EXPECT_EQ(ask().cause, Cause::kOptions);
  EXPECT_EQ(ask().why, "is a subset: -s 7");
}

TEST_F(CurrencyTest, EqualSizeAndTimeIsCurrentAndNothingIsRead) {
  // Other bytes of the same size under the same time stamp: only reading could tell.
  auto bytes = CaptureFolder::capture_bytes(2);
  bytes.back() ^= 1;
  folder_.write("x.pcap", bytes);
  set_modified(capture_, kThen);
  const Currency currency = ask();
  EXPECT_EQ(currency.cause, Cause::kUnchanged);
  EXPECT_TRUE(currency.current());
  EXPECT_EQ(currency.recorded.value().segments, 2U);
}

TEST_F(CurrencyTest, OtherTimeAndSameBytesIsCurrent) {
  set_modified(capture_, kLater);
  EXPECT_EQ(ask().cause, Cause::kSameContent);
  EXPECT_TRUE(ask().current());
}

TEST_F(CurrencyTest, TimeIsComparedToTheNanosecond) {
  set_modified(capture_, {kThen.value + 1});
  EXPECT_EQ(ask().cause, Cause::kSameContent);
}

TEST_F(CurrencyTest, OtherTimeAndOtherBytesIsNot) {
  auto bytes = CaptureFolder::capture_bytes(2);
  bytes.back() ^= 1;
  folder_.write("x.pcap", bytes);
  set_modified(capture_, kLater);
  EXPECT_EQ(ask().cause, Cause::kContent);
  EXPECT_FALSE(ask().current());
}

TEST_F(CurrencyTest, OtherSizeIsNotEvenWithTheSameTime) {
  folder_.capture("x.pcap", 3);
  set_modified(capture_, kThen);
  EXPECT_EQ(ask().cause, Cause::kSize);
}

TEST_F(CurrencyTest, OtherOptionsAreNotAndTheReasonNamesThem) {
  const Currency filter = ask({"tcp port 80", "", ""});
  EXPECT_EQ(filter.cause, Cause::kOptions);
  EXPECT_THAT(filter.why, HasSubstr("filter: none, now 'tcp port 80'"));
  EXPECT_THAT(ask({"", "192.0.2.1", ""}).why, HasSubstr("client: none, now '192.0.2.1'"));
  EXPECT_THAT(ask({"", "", "192.0.2.2"}).why, HasSubstr("server: none, now '192.0.2.2'"));
  extract("tcp");
  EXPECT_EQ(ask({"tcp", "", ""}).cause, Cause::kUnchanged);
  EXPECT_EQ(ask().cause, Cause::kOptions);
}

TEST_F(CurrencyTest, AnotherCaptureOfTheSameSizeAndTimeIsNot) {
  folder_.capture("y.pcap");
  set_modified(folder_ / "y.pcap", kThen);
  EXPECT_EQ(check_currency({folder_ / "y.pcap"}, record_, {}).cause, Cause::kOtherCapture);
}

class MergedCurrencyTest : public CurrencyTest {
 protected:
  MergedCurrencyTest() {
    for (const char* name : {"a.pcap", "b.pcap", "c.pcap"}) {
      captures_.push_back(folder_.capture(name, captures_.size() + 1));
      set_modified(captures_.back().path, kThen);
    }
    pipeline::ExtractRequest request;
    request.captures = captures_;
    request.output = record_;
    const auto summary = pipeline::extract(request);
    EXPECT_TRUE(summary.ok());
  }
  [[nodiscard]] Currency ask() const { return check_currency(captures_, record_, {}); }

  std::vector<capture::CapturePath> captures_;
};

TEST_F(MergedCurrencyTest, OrderOfTheNamesDoesNotMatter) {
  EXPECT_EQ(ask().cause, Cause::kUnchanged);
  std::swap(captures_[0], captures_[2]);
  EXPECT_EQ(ask().cause, Cause::kUnchanged);
}

TEST_F(MergedCurrencyTest, EachCaptureHasToBeTheOneRecorded) {
  set_modified(captures_[1].path, kLater);
  EXPECT_EQ(ask().cause, Cause::kSameContent);
  auto bytes = CaptureFolder::capture_bytes(2);
  bytes.back() ^= 1;
  folder_.write("b.pcap", bytes);
  set_modified(captures_[0].path, kLater);
  set_modified(captures_[1].path, kLater);
  EXPECT_EQ(ask().cause, Cause::kContent);
  EXPECT_THAT(ask().why, HasSubstr("b.pcap"));
  folder_.capture("c.pcap", 9);
  EXPECT_EQ(ask().cause, Cause::kSize);
  EXPECT_THAT(ask().why, HasSubstr("c.pcap"));
}

TEST_F(MergedCurrencyTest, MoreOrFewerAreOthers) {
  captures_.pop_back();
  EXPECT_EQ(ask().cause, Cause::kOtherCapture);
  EXPECT_THAT(ask().why, HasSubstr("from 3 captures, now there are 2"));
  captures_.resize(1);
  EXPECT_THAT(ask().why, HasSubstr("from 3 captures, now there is 1"));
  captures_ = {folder_ / "a.pcap", folder_ / "b.pcap", folder_ / "x.pcap"};
  EXPECT_EQ(ask().cause, Cause::kOtherCapture);
  EXPECT_EQ(check_currency({captures_[0], "-"}, record_, {}).cause, Cause::kNotComparable);
}

TEST_F(CurrencyTest, APipeInThePlaceOfAFoundCaptureIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const auto fingerprint = capture::fingerprint_of({folder_ / "pipe", capture::InputKind::kRegularFile});
  ASSERT_FALSE(fingerprint);
  EXPECT_THAT(fingerprint.error().message, HasSubstr("is a pipe or a device"));
}

TEST_F(CurrencyTest, NoRecordYet) {
  EXPECT_EQ(check_currency({capture_}, folder_ / "none.fb", {}).cause, Cause::kNoRecord);
}

TEST_F(CurrencyTest, CutRecordIsUnreadable) {
  const std::string whole = test::contents(record_);
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, whole.size() / 2, whole.size() - 1}) {
    folder_.write_text("x.fb", std::string_view(whole).substr(0, bytes));
    const Currency currency = ask();
    EXPECT_EQ(currency.cause, Cause::kUnreadable) << bytes;
    EXPECT_FALSE(currency.why.empty());
    EXPECT_FALSE(currency.recorded.has_value());
  }
}

TEST_F(CurrencyTest, FlippedBitInTheCatalogIsUnreadable) {
  std::string bytes = test::contents(record_);
  bytes[bytes.size() - format::kTrailerBytes - 9] ^= 4;
  folder_.write_text("x.fb", bytes);
  EXPECT_EQ(ask().cause, Cause::kUnreadable);
}

/// Address space that the program has taken.
std::uint64_t memory_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// While it lives, the program may take so much more memory.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::uint64_t more_bytes) {
    ::getrlimit(RLIMIT_AS, &before_);
    const struct rlimit limit = {memory_bytes() + more_bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_AS, &limit);
  }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;
  ~MemoryLimit() { ::setrlimit(RLIMIT_AS, &before_); }

 private:
  struct rlimit before_ {};
};

TEST_F(CurrencyTest, RecordThatTakesMoreMemoryThanThereIsIsUnreadable) {
  // Sanitizers reserve terabytes, and end a program that runs out of memory.
  if (memory_bytes() >> 40 != 0) GTEST_SKIP() << "a sanitizer takes all memory";
  constexpr std::size_t kBytes = std::size_t{70} << 20;  // more than malloc ever reserves for a thread
  record::Provenance provenance = *read_recorded(record_);
  provenance.encapsulations = {std::string(kBytes, 'A')};
  {
    const auto bytes = record_with(provenance);
    provenance = {};
    std::ofstream(record_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  EXPECT_TRUE(ask().current());
  const MemoryLimit limit(kBytes + kBytes / 2);  // it can be mapped, and not be copied
  const Currency currency = ask();
  EXPECT_EQ(currency.cause, Cause::kUnreadable);
  EXPECT_EQ(currency.why, "cannot be used: out of memory");
}

TEST_F(CurrencyTest, RecordThatShrinksWhileItIsReadIsUnreadable) {
  record::Provenance provenance = *read_recorded(record_);
  provenance.encapsulations = {std::string(std::size_t{8} << 20, 'A')};  // reading it takes some milliseconds
  const auto bytes = record_with(provenance);
  const std::string whole(bytes.begin(), bytes.end());
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      std::ofstream(record_, std::ios::binary) << whole;
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
      std::filesystem::resize_file(record_, 4096);
    }
  });
  for (int round = 0; round < 100; ++round) {
    const Currency currency = ask();
    EXPECT_TRUE(currency.current() || currency.cause == Cause::kUnreadable) << currency.why;
  }
  done = true;
  other.join();
}

TEST_F(CurrencyTest, LaterFormatVersionIsUnreadable) {
  std::string bytes = test::contents(record_);
  bytes[8] = static_cast<char>(format::kFormatVersion + 1);
  folder_.write_text("x.fb", bytes);
  EXPECT_EQ(ask().cause, Cause::kUnreadable);
}

TEST_F(CurrencyTest, SomethingElseUnderTheNameIsUnreadable) {
  folder_.write_text("x.fb", "not a record file");
  EXPECT_EQ(ask().cause, Cause::kUnreadable);
}

TEST_F(CurrencyTest, StandardInputIsNever) {
  EXPECT_EQ(check_currency({"-"}, record_, {}).cause, Cause::kNotComparable);
}

TEST_F(CurrencyTest, MissingCaptureIsNotComparable) {
  EXPECT_EQ(check_currency({folder_ / "gone.pcap"}, record_, {}).cause, Cause::kNotComparable);
}

TEST_F(CurrencyTest, RecordOfADamagedCaptureIsCurrentAndRemembersTheDamage) {
  auto bytes = CaptureFolder::capture_bytes(3);
  bytes.erase(bytes.end() - 10, bytes.end());
  folder_.write("x.pcap", bytes);
  extract({});
  const Currency currency = ask();
  EXPECT_EQ(currency.cause, Cause::kUnchanged);
  EXPECT_EQ(currency.recorded.value().segments, 2U);
  EXPECT_THAT(currency.recorded.value().captures.at(0).damage, HasSubstr("after frame 2"));
}

TEST_F(CurrencyTest, RecordedHasTheCountsOfTheFile) {
  const auto recorded = read_recorded(record_);
  ASSERT_TRUE(recorded.ok());
  EXPECT_EQ(recorded->format_version, format::kFormatVersion);
  EXPECT_EQ(recorded->frames, 2U);
  EXPECT_EQ(recorded->rows, 2U);
  EXPECT_EQ(recorded->connections, 1U);
  EXPECT_EQ(recorded->file_bytes, test::contents(record_).size());
  EXPECT_EQ(recorded->captures.at(0).name, "x.pcap");
  EXPECT_EQ(recorded->captures.at(0).bytes, CaptureFolder::capture_bytes(2).size());
  EXPECT_EQ(recorded->captures.at(0).mtime_ns, kThen.value);
}

}  // namespace
}  // namespace pcapsule::cache
