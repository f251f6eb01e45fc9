// SPDX-License-Identifier: Apache-2.0
// An option area: the first byte is how much longer it is than what was captured of it.
#include <algorithm>

#include "extractor/decode/tcp_options.h"
#include "tests/fuzz/target.h"

using namespace pcapsule;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kGreatestArea = 40;
  if (size == 0) return 0;
  const ByteView available(data + 1, std::min(size - 1, kGreatestArea));
  const std::size_t area = std::min(available.size() + data[0] % 8, kGreatestArea);
  decode::TcpOptions options;
  decode::read_tcp_options(available, area, options);
  fuzz::require(options.raw_bytes == available.size(), "what was captured is kept");
  fuzz::require(std::equal(available.begin(), available.end(), options.raw.begin()), "it is kept as it is");
  fuzz::require(options.sack_count <= options.sack.size(), "SACK blocks have room");
  const bool cut = available.size() < area;
  fuzz::require(!cut || options.mss != decode::OptionState::kAbsent, "what was cut is not said to be absent (S5)");
  return 0;
}
