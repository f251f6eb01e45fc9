// SPDX-License-Identifier: Apache-2.0
// A small record file with every byte flipped and cut at every length, and files that somebody crafted with
// right checksums, for every command of the analyzer, in memory.
//
// usage: damaged_record_test [--thorough]      (every bit of every byte, not one bit a byte)
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cli/program.h"
#include "common/base/exit_code.h"
#include "common/format/record_layout.h"
#include "tests/faults/craft.h"
#include "tests/faults/crafted_records.h"
#include "tests/faults/small_capture.h"
#include "tests/fuzz/in_memory.h"
#include "tests/fuzz/memory_file.h"
#include "tests/support/sweep.h"

using namespace pcapsule;

namespace {

using File = std::vector<std::uint8_t>;
using CommandLine = std::vector<std::string>;

const CommandLine kVerify = {"verify"};

/// The command lines besides verify, without the file.
const std::vector<CommandLine>& commands() {
  static const std::vector<CommandLine> all = {
      {"info"},
      {"packets"},
      {"packets", "-T", "csv", "-e", "frame.time", "-e", "frame.time_delta", "-e", "tcp.seq", "-e", "tcp.window_size",
       "-e", "tcp.options.sack_le"},
      {"packets", "-Y", "tcp.analysis.flags || vlan.id", "-T", "ndjson", "-e", "frame.number", "-e",
       "tcp.analysis.ack_rtt"},
      {"connections", "-T", "json"},
      {"handshakes", "--by", "connection"},
      {"resets", "--others"},
      {"windows", "--all"},
      {"plot", "-s", "0", "--kind", "time-sequence", "-T", "csv"},
  };
  return all;
}

std::string text_of(const CommandLine& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + word;
  return text;
}

struct Answer {
  ExitCode status = ExitCode::kDone;
  std::string out;
  std::string err;
  friend bool operator==(const Answer&, const Answer&) = default;
};

/// Catches what commands print: standard output in a file in memory, std::cerr in a string.
class Runner {
 public:
  Runner() : out_(::memfd_create("output", MFD_CLOEXEC)), stdout_(::dup(STDOUT_FILENO)) {
    fuzz::require(out_ >= 0 && ::dup2(out_, STDOUT_FILENO) >= 0, "standard output can be caught");
    std::cerr.rdbuf(err_.rdbuf());
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { std::cerr.rdbuf(cerr_); }

  /// With `path` in place of the file's, so that answers can be compared.
  Answer run(const CommandLine& command, const fuzz::MemoryFile& file) {
    fuzz::require(::ftruncate(out_, 0) == 0 && ::lseek(out_, 0, SEEK_SET) == 0, "the output can be emptied");
    err_.str("");
    CommandLine line = command;
    line.push_back(file.path());
    Answer answer;
    answer.status = analyzer_cli::run(line);
    const auto bytes = static_cast<std::size_t>(::lseek(out_, 0, SEEK_END));
    answer.out.resize(bytes);
    const ssize_t read = ::pread(out_, answer.out.data(), bytes, 0);
    fuzz::require(read == static_cast<ssize_t>(bytes), "the output can be read");
    answer.err = err_.str();
    return answer;
  }

  void say(const std::string& line) const { ::dprintf(stdout_, "%s\n", line.c_str()); }

 private:
  int out_;
  int stdout_;
  std::ostringstream err_;
  std::streambuf* cerr_ = std::cerr.rdbuf();
};

/// What is tried of all that could be.
struct Sweep {
  bool every_bit = false;  ///< else one bit a byte, not the same of all
  std::size_t step = test::kSweepStep;
};

class Test {
 public:
  Test(File good, Sweep sweep) : sweep_(sweep), good_(std::move(good)), file_(good_) {
    expected_verify_ = runner_.run(kVerify, file_);
    fuzz::require(expected_verify_.status == ExitCode::kDone, "the file is good");
    for (const CommandLine& command : commands()) {
      expected_.push_back(runner_.run(command, file_));
      fuzz::require(expected_.back().status == ExitCode::kDone, "every command can read the file");
    }
  }

  void flip_every_byte() {
    File file = good_;
    for_each_bit(0, file.size(), [&](std::size_t at, unsigned bit) {
      const auto mask = static_cast<std::uint8_t>(1U << bit);
      file[at] ^= mask;
      check_damaged(file, "bit " + std::to_string(bit) + " of byte " + std::to_string(at));
      file[at] ^= mask;
    });
  }

  void cut_at_every_length() {
    for (std::size_t size = 0; size < good_.size(); size += sweep_.step) {
      check_damaged(File(good_.begin(), good_.begin() + static_cast<std::ptrdiff_t>(size)),
                    "cut to " + std::to_string(size));
    }
  }

  void append_bytes() {
    File file = good_;
    file.resize(file.size() + 8);
    check_damaged(file, "8 bytes more");
  }

  /// Every byte becomes the one that begins a terminal's commands, with right checksums: whatever string it
  /// stands in, and whatever else it breaks, it is not shown as it is.
  void escape_every_byte() {
    constexpr std::uint8_t kEscape = 0x1b;
    for (std::size_t at = 0; at < good_.size(); at += sweep_.step) {
      File file = good_;
      file[at] = kEscape;
      fuzz::repair_checksums(file);
      const fuzz::MemoryFile damaged(file);
      for (const CommandLine& command : {CommandLine{"info"}, CommandLine{"packets"}, CommandLine{"connections"}}) {
        const Answer answer = runner_.run(command, damaged);
        const bool ended = answer.status == ExitCode::kDone || answer.status == ExitCode::kFailed ||
                           answer.status == ExitCode::kInputLost;
        const bool shown = (answer.out + answer.err).find(static_cast<char>(kEscape)) != std::string::npos;
        check(ended && !shown, "byte " + std::to_string(at) + " is ESC", command, answer);
      }
    }
  }

  /// A bit of the connection table, with right checksums: verify sees it, or nothing shows it. Of endpoints the table
  /// alone tells.
  void lie_in_every_byte_of_the_table() {
    const fb::Catalog& catalog = faults::catalog_of(good_);
    flatbuffers::uoffset_t chunk = 0;
    while (catalog.chunk_kind()->Get(chunk) != static_cast<std::uint8_t>(format::ChunkKind::kConnections)) ++chunk;
    const std::uint64_t begin = catalog.chunk_offset()->Get(chunk);
    const std::uint64_t end = begin + catalog.chunk_bytes()->Get(chunk);
    const auto ranges = faults::endpoint_columns(good_);
    const auto marks = static_cast<std::uint64_t>(faults::connections_of(good_).marks()->Data() - good_.data());
    const auto is_endpoint = [&](std::uint64_t at, unsigned bit) {
      const bool is_mark = at >= marks && at < marks + faults::connections_of(good_).rows();
      if (is_mark && (1U << bit) == format::connection_mark::kIpv6) return true;
      return std::ranges::any_of(ranges, [at](const auto& range) { return at >= range.first && at < range.second; });
    };
    std::uint64_t seen = 0;
    std::uint64_t tried = 0;
    for_each_bit(begin, end, [&](std::size_t at, unsigned bit) {
      if (is_endpoint(at, bit)) return;
      File file = good_;
      file[at] ^= static_cast<std::uint8_t>(1U << bit);
      fuzz::repair_checksums(file);
      const fuzz::MemoryFile lying(file);
      const Answer verdict = runner_.run(kVerify, lying);
      const bool refused = verdict.status == ExitCode::kFailed && names_place(verdict.err);
      seen += refused ? 1 : 0;
      ++tried;
      check(refused || verdict.status == ExitCode::kDone, "a lie", kVerify, verdict);
      if (refused) return;
      for (std::size_t i = 0; i < commands().size(); ++i) {
        const Answer answer = runner_.run(commands()[i], lying);
        check(same(answer, expected_[i], lying.path(), file_.path()),
              "a lie in bit " + std::to_string(bit) + " of byte " + std::to_string(at - begin) + " of the table",
              commands()[i], answer);
      }
    });
    // The rest is padding.
    check(seen * 4 > tried * 3, "lies that verify sees: " + std::to_string(seen) + " of " + std::to_string(tried),
          kVerify, expected_verify_);
  }

  /// Wrong, with right checksums: refused by verify and by the commands that touch it.
  void craft() {
    for (const faults::Crafted& crafted : faults::crafted_records()) {
      File file = good_;
      crafted.change(file);
      fuzz::require(file != good_, crafted.name);
      fuzz::repair_checksums(file);
      const fuzz::MemoryFile damaged(file);
      const Answer verdict = runner_.run(kVerify, damaged);
      check(verdict.status == ExitCode::kFailed && names_place(verdict.err), crafted.name, kVerify, verdict);
      for (std::size_t i = 0; i < commands().size(); ++i) {
        const CommandLine& command = commands()[i];
        const Answer answer = runner_.run(command, damaged);
        const bool refused = is_refused(answer);
        const bool touches = crafted.touched_by.empty() || crafted.touched_by == command[0];
        const bool anything = crafted.touched_by == faults::kNothing;
        const bool good = anything ? refused || answer.status == ExitCode::kDone
                                   : refused || (!touches && answer.status == ExitCode::kDone);
        check(good, crafted.name, command, answer);
      }
    }
  }

  int end() {
    runner_.say("damaged record files (" + std::to_string(good_.size()) + " bytes): " + std::to_string(checks_) +
                " answers, " + std::to_string(failures_) + " wrong");
    return failures_ == 0 ? 0 : 1;
  }

 private:
  /// Calls `visit(byte, bit)` for those of the bytes from `begin` to before `end` that are tried.
  template <class Visit>
  void for_each_bit(std::size_t begin, std::size_t end, Visit visit) const {
    for (std::size_t at = begin; at < end; at += sweep_.step) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        if (sweep_.every_bit || bit == at % 8) visit(at, bit);
      }
    }
  }

  static bool names_place(const std::string& message) {
    return message.find("/proc/self/fd/") != std::string::npos &&
           (message.find("offset ") != std::string::npos || message.find("chunk ") != std::string::npos ||
            message.find("header") != std::string::npos || message.find("trailer") != std::string::npos ||
            message.find("catalog") != std::string::npos || message.find("connection ") != std::string::npos ||
            message.find("version") != std::string::npos || message.find("begin with PCAPSULE") != std::string::npos ||
            message.find("0 bytes") != std::string::npos);
  }

  static bool is_refused(const Answer& answer) {
    return (answer.status == ExitCode::kFailed || answer.status == ExitCode::kInputLost) && names_place(answer.err);
  }

  /// The same answers as of the good file, or an error that names the place; verify finds all of it.
  void check_damaged(const File& bytes, const std::string& damage) {
    const fuzz::MemoryFile file(bytes);
    const Answer verdict = runner_.run(kVerify, file);
    check(verdict.status == ExitCode::kFailed && names_place(verdict.err), damage, kVerify, verdict);
    for (std::size_t i = 0; i < commands().size(); ++i) {
      Answer answer = runner_.run(commands()[i], file);
      const bool as_ever = same(answer, expected_[i], file.path(), file_.path());
      check(as_ever || is_refused(answer), damage, commands()[i], answer);
    }
  }

  static bool same(Answer answer, const Answer& expected, const std::string& path, const std::string& expected_path) {
    for (std::string* text : {&answer.out, &answer.err}) {
      for (std::size_t at = text->find(path); at != std::string::npos; at = text->find(path, at + 1)) {
        text->replace(at, path.size(), expected_path);
      }
    }
    return answer == expected;
  }

  void check(bool good, const std::string& damage, const CommandLine& command, const Answer& answer) {
    ++checks_;
    if (good) return;
    if (++failures_ > kMaxTold) return;
    runner_.say("FAILED " + damage + ": " + text_of(command) + ": status " +
                std::to_string(static_cast<int>(answer.status)) + "\n" + answer.out.substr(0, 400) +
                answer.err.substr(0, 400));
  }

  static constexpr std::uint64_t kMaxTold = 20;

  Sweep sweep_;
  File good_;
  fuzz::MemoryFile file_;
  Runner runner_;
  Answer expected_verify_;
  std::vector<Answer> expected_;
  std::uint64_t checks_ = 0;
  std::uint64_t failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bool thorough = argc > 1 && std::string_view(argv[1]) == "--thorough";
  const auto record = fuzz::extract_in_memory(faults::small_capture());
  fuzz::require(record.has_value(), "the extractor takes the capture");
  Test test(*record, thorough ? Sweep{true, 1} : Sweep{});
  test.flip_every_byte();
  test.cut_at_every_length();
  test.append_bytes();
  test.escape_every_byte();
  test.lie_in_every_byte_of_the_table();
  test.craft();
  return test.end();
}
