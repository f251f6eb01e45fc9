// SPDX-License-Identifier: Apache-2.0
// What machine and libpcap allow at best: scripts/bench.sh puts the extractor beside it.
//
// usage: limits_bench CAPTURE FOLDER [options of Google Benchmark]
//
// CAPTURE is a pcap that libpcap reads; in FOLDER a file is written for a moment.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "common/io/scoped_fd.h"

namespace pcapsule::bench {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
/// Far more than any cache.
constexpr std::size_t kMemoryBytes = std::size_t{256} << 20;

struct Limits {
  std::string capture;
  std::string scratch;
  std::int64_t capture_bytes = 0;

  static void read_memory(benchmark::State& state) {
    const std::vector<std::uint64_t> numbers(kMemoryBytes / sizeof(std::uint64_t), 1);
    for (auto _ : state) benchmark::DoNotOptimize(std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}));
    state.SetBytesProcessed(state.iterations() * std::int64_t{kMemoryBytes});
  }

  static void copy_memory(benchmark::State& state) {
    const std::vector<char> from(kMemoryBytes, 'x');
    std::vector<char> to(kMemoryBytes);
    for (auto _ : state) {
      std::memcpy(to.data(), from.data(), kMemoryBytes);
      benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * std::int64_t{kMemoryBytes});
  }

  void read_page_cache(benchmark::State& state) const {
    std::vector<char> piece(kPieceBytes);
    for (auto _ : state) {
      const io::ScopedFd file(::open(capture.c_str(), O_RDONLY | O_CLOEXEC));
      while (::read(file.get(), piece.data(), piece.size()) > 0) benchmark::DoNotOptimize(piece.data());
    }
    state.SetBytesProcessed(state.iterations() * capture_bytes);
  }

  void write_page_cache(benchmark::State& state) const {
    const std::vector<char> piece(kPieceBytes, 'x');
    for (auto _ : state) {
      const io::ScopedFd file(::open(scratch.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      for (std::size_t done = 0; done < kMemoryBytes; done += piece.size()) {
        if (::write(file.get(), piece.data(), piece.size()) < 0) state.SkipWithError("the folder takes no file");
      }
      state.PauseTiming();
      ::unlink(scratch.c_str());
      state.ResumeTiming();
    }
    state.SetBytesProcessed(state.iterations() * std::int64_t{kMemoryBytes});
  }

  /// `buffer_bytes` 0: as the C library buffers.
  void loop_over_frames(benchmark::State& state, std::size_t buffer_bytes) const {
    std::vector<char> buffer(buffer_bytes);
    for (auto _ : state) {
      std::FILE* const file = std::fopen(capture.c_str(), "rbe");
      // With a buffer of ours: the C library takes no notice of the size of one that it makes itself.
      if (file != nullptr && buffer_bytes != 0) std::setvbuf(file, buffer.data(), _IOFBF, buffer_bytes);
      // As in a program of one thread, which this one is not.
      if (file != nullptr) ::__fsetlocking(file, FSETLOCKING_BYCALLER);
      char error[PCAP_ERRBUF_SIZE] = "no such file";
      pcap_t* const opened = file == nullptr ? nullptr : pcap_fopen_offline(file, error);
      if (opened == nullptr) {
        state.SkipWithError(error);
        return;
      }
      pcap_pkthdr* header = nullptr;
      const u_char* bytes = nullptr;
      while (pcap_next_ex(opened, &header, &bytes) == 1) benchmark::DoNotOptimize(bytes);
      pcap_close(opened);
    }
    state.SetBytesProcessed(state.iterations() * capture_bytes);
  }
};

void add(const char* name, std::function<void(benchmark::State&)> run) {
  benchmark::RegisterBenchmark(name, std::move(run))->UseRealTime();
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  struct stat status = {};
  if (argc != 3 || ::stat(argv[1], &status) != 0) {
    std::fprintf(stderr, "usage: limits_bench CAPTURE FOLDER [options of Google Benchmark]\n");
    return 2;
  }
  const Limits limits = {argv[1], std::string(argv[2]) + "/limits_bench.scratch", status.st_size};
  add("memory_read", Limits::read_memory);
  add("memory_copy", Limits::copy_memory);
  add("page_cache_read", [&limits](benchmark::State& state) { limits.read_page_cache(state); });
  add("page_cache_write", [&limits](benchmark::State& state) { limits.write_page_cache(state); });
  add("libpcap_default", [&limits](benchmark::State& state) { limits.loop_over_frames(state, 0); });
  add("libpcap_buffered", [&limits](benchmark::State& state) { limits.loop_over_frames(state, kPieceBytes); });
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace pcapsule::bench

int main(int argc, char** argv) { return pcapsule::bench::run(argc, argv); }
