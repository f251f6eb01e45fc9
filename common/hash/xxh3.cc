// SPDX-License-Identifier: Apache-2.0
#include "common/hash/xxh3.h"

#include <new>

#ifdef PCAPSULE_HAS_XXH_DISPATCH
#include <xxh_x86dispatch.h>  // gives the names of xxhash.h the functions that look at the processor
#else
#define XXH_INLINE_ALL
#include <xxhash.h>
#endif

namespace pcapsule::hash {

std::uint64_t xxh3_64(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

struct Xxh3Stream::State {
  struct Free {
    void operator()(XXH3_state_t* state) const { (void)XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> xxh3{XXH3_createState()};  // aligned as the library wants it
};

Xxh3Stream::Xxh3Stream() : state_(std::make_unique<State>()) {
  if (!state_->xxh3) throw std::bad_alloc();
  XXH3_128bits_reset(state_->xxh3.get());
}
Xxh3Stream::~Xxh3Stream() = default;

void Xxh3Stream::update(ByteView bytes) { XXH3_128bits_update(state_->xxh3.get(), bytes.data(), bytes.size()); }

Hash128 Xxh3Stream::digest() const {
  const XXH128_hash_t digest = XXH3_128bits_digest(state_->xxh3.get());
  return {digest.low64, digest.high64};
}

}  // namespace pcapsule::hash
