// SPDX-License-Identifier: Apache-2.0
#include "analyzer/filter/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <cstdint>
#include <utility>

namespace pcapsule::filter {

namespace {

constexpr std::uint32_t kGreatestHeapKib = 1024;
constexpr std::uint32_t kGreatestParentheses = 50;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Free<kFree>>;

PCRE2_SPTR8 bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR8>(text.data()); }

}  // namespace

struct Regex::Code {
  Owned<pcre2_code_8, pcre2_code_free_8> code;
  Owned<pcre2_match_context_8, pcre2_match_context_free_8> context;
};

std::variant<Regex, std::string> Regex::compile(std::string_view pattern) {
  const Owned<pcre2_compile_context_8, pcre2_compile_context_free_8> limits(pcre2_compile_context_create_8(nullptr));
  pcre2_set_parens_nest_limit_8(limits.get(), kGreatestParentheses);
  auto code = std::make_shared<Code>();
  int error = 0;
  PCRE2_SIZE place = 0;
  code->code.reset(pcre2_compile_8(bytes_of(pattern), pattern.size(), PCRE2_CASELESS | PCRE2_NEVER_UTF, &error, &place,
                                   limits.get()));
  if (!code->code) {
    std::array<PCRE2_UCHAR8, 160> message{};
    pcre2_get_error_message_8(error, message.data(), message.size());
    return std::string(reinterpret_cast<const char*>(message.data()));
  }
  code->context.reset(pcre2_match_context_create_8(nullptr));
  pcre2_set_match_limit_8(code->context.get(), kGreatestMatchSteps);
  pcre2_set_depth_limit_8(code->context.get(), kGreatestMatchSteps);
  pcre2_set_heap_limit_8(code->context.get(), kGreatestHeapKib);
  return Regex(std::move(code));
}

Regex::Outcome Regex::match(std::string_view text) const {
  // Room for the place of one match, of any pattern; a thread matches one at a time.
  thread_local const Owned<pcre2_match_data_8, pcre2_match_data_free_8> data(pcre2_match_data_create_8(1, nullptr));
  const int found =
      pcre2_match_8(code_->code.get(), bytes_of(text), text.size(), 0, 0, data.get(), code_->context.get());
  if (found >= 0) return Outcome::kMatch;
  return found == PCRE2_ERROR_NOMATCH ? Outcome::kNoMatch : Outcome::kGaveUp;
}

}  // namespace pcapsule::filter
