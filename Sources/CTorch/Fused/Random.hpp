// Random bits that are computed from a position, so that a mask need not be kept: the backward pass computes it anew.
//
// A seed is drawn from the engine's generator for each operation; positions are counted in blocks, each with keys of
// its own. Reproducible from the thread's seed and saved state, whatever the number of threads.
#pragma once

#include <ATen/CPUGeneratorImpl.h>

#include "../Guard.hpp"
#include "../Kernels/Vectored.hpp"

namespace ctorch {

inline uint64_t draw_seed() {
  return at::check_generator<at::CPUGeneratorImpl>(generator())->random64();
}

struct Keys {
  uint32_t first, second;
};

/// The keys of a block of at most 2³² positions (the finisher of SplitMix64, Steele, Lea and Flood 2014).
CT_INLINE Keys keys_of(uint64_t seed, uint64_t block) {
  uint64_t z = seed + (block + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return {static_cast<uint32_t>(z), static_cast<uint32_t>(z >> 32)};
}

/// 32 random bits for a position of a block: two rounds of multiplying and folding.
CT_INLINE uint32_t random_bits(Keys keys, uint32_t position) {
  uint32_t x = position * 0x9e3779b1u + keys.first;
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= (x >> 15) ^ keys.second;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

/// What dropout multiplies with: 0 for a share of the positions, else the factor that keeps the mean.
struct Dropout {
  uint64_t seed = 0;
  uint32_t threshold = 0;  // positions whose bits are below fall out
  float factor = 1;

  Dropout() = default;
  Dropout(double probability, uint64_t seed)
      : seed(seed), threshold(static_cast<uint32_t>(probability * 4294967296.0)),
        factor(static_cast<float>(1 / (1 - probability))) {}
  bool active() const { return threshold > 0; }
};

CT_INLINE float kept(const Dropout &dropout, Keys keys, uint32_t position) {
  return random_bits(keys, position) >= dropout.threshold ? dropout.factor : 0.0f;
}

/// Positions in a block of an operation over a plain run of elements.
constexpr int64_t dropout_block = 1 << 14;

}  // namespace ctorch
