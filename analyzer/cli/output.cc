// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/output.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "analyzer/report/descriptor_sink.h"
#include "common/io/output_file.h"

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
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::equivalent(out, input, ignored)) {
      return Error{ErrorCode::kUsage, "-o " + out + ": that is the record file to read; name another"};
    }
  }
  return {};
}

bool is_same_place(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const std::filesystem::path first(a);
  const std::filesystem::path second(b);
  std::error_code ignored;
  return first.filename() == second.filename() &&
         std::filesystem::equivalent(folder_of(first), folder_of(second), ignored);
}

Output::Output(std::unique_ptr<report::CommittedSink> sink)
    : sink_(std::move(sink)), writer_(std::make_unique<report::BufferedWriter>(*sink_)) {}

Result<Output> Output::open(const std::optional<std::string>& out, const std::vector<std::string>& inputs) {
  if (!out) return Output(std::make_unique<StandardOutput>());
  if (auto named = check_output_name(*out, inputs); !named) return named.error();
  auto file = io::OutputFile::create(*out);
  if (!file) return file.error();
  return Output(std::make_unique<FileSink>(std::move(*file)));
}

Result<void> Output::finish() {
  if (auto written = writer_->finish(); !written) return written;
  if (keeps_old_file_) return {};
  return sink_->commit();
}

}  // namespace pcapsule::analyzer_cli
