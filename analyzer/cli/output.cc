// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "analyzer/report/descriptor_sink.h"
#include "common/io/output_file.h"
#include "common/io/rewrite_watch.h"

namespace pcapsule::analyzer_cli {

namespace {

class StandardOutput final : public report::CommittedSink {
 public:
  Result<bool> write(std::span<const char> bytes) override { return sink_.write(bytes); }
  Result<void> commit() override { return {}; }

 private:
  report::DescriptorSink sink_{STDOUT_FILENO, "standard output"};
};

class FileSink final : public report::CommittedSink {
 public:
  explicit FileSink(io::OutputFile file) : file_(std::move(file)) {}
  Result<bool> write(std::span<const char> bytes) override {
    const auto written = file_.write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    if (!written) return written.error();
    return true;
  }
  Result<void> commit() override { return file_.commit(); }

 private:
  io::OutputFile file_;
};

/// `ip.defragment:FALSE`, which -o takes in tshark.
bool looks_like_preference(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || text.find('/') != std::string::npos) return false;
  return text.find('.') < colon;
}

/// Of pcap in both byte orders and resolutions, and of pcapng.
constexpr std::array<std::string_view, 5> kCaptureMagic = {"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d",
                                                           "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a"};

bool is_capture(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;  // opening a pipe would wait
  std::array<char, 4> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view magic(head.data(), static_cast<std::size_t>(file.gcount()));
  return std::ranges::find(kCaptureMagic, magic) != kCaptureMagic.end();
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

Result<void> check_output_name(const std::string& out, const std::vector<std::string>& inputs) {
  if (looks_like_preference(out)) {
    return Error{ErrorCode::kUsage, "-o " + out +
                                        ": -o names the output file here, and there are no preferences (a record "
                                        "file is never reassembled); for a file of that name write ./" +
                                        out};
  }
  if (is_capture(out)) {
    return Error{ErrorCode::kUsage,
                 "-o " + out + ": that is a capture, which nothing can make again; name another file"};
  }
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::equivalent(out, input, ignored)) {
      return Error{ErrorCode::kUsage, "-o " + out + ": that is the record file to read; name another"};
    }
  }
  return {};
}

std::string rewritten_message(const std::string& file) {
  return file +
         ": it was written to, or renamed, while it was being read, so the output may be wrong; run the command again";
}

Result<void> check_inputs_unchanged(const std::string& out) {
  const auto rewritten = io::rewritten_files();
  if (rewritten.empty()) return {};
  return Error{ErrorCode::kIo, rewritten_message(rewritten.front()) + "; " + out + " was not written"};
}

bool is_same_place(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const std::filesystem::path first(a);
  const std::filesystem::path second(b);
  std::error_code ignored;
  return first.filename() == second.filename() &&
         std::filesystem::equivalent(folder_of(first), folder_of(second), ignored);
}

Output::Output(std::unique_ptr<report::CommittedSink> sink, std::string out)
    : sink_(std::move(sink)), writer_(std::make_unique<report::BufferedWriter>(*sink_)), out_(std::move(out)) {}

Result<Output> Output::open(const std::optional<std::string>& out, const std::vector<std::string>& inputs) {
  if (!out) return Output(std::make_unique<StandardOutput>(), "");
  if (auto named = check_output_name(*out, inputs); !named) return named.error();
  auto file = io::OutputFile::create(*out);
  if (!file) return file.error();
  return Output(std::make_unique<FileSink>(std::move(*file)), *out);
}

Result<void> Output::finish() {
  if (auto written = writer_->finish(); !written) return written;
  if (keeps_old_file_) return {};
  if (!out_.empty()) {
    if (auto unchanged = check_inputs_unchanged(out_); !unchanged) return unchanged;
  }
  return sink_->commit();
}

}  // namespace pcapsule::analyzer_cli
