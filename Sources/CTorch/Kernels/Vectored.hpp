// Loops written once in plain C++ and compiled for several vector instruction sets, chosen when the program runs.
//
//   CT_VECTORED(scale, (float *data, int64_t count, float factor), (data, count, factor)) {
//     for (int64_t i = 0; i < count; i++) data[i] *= factor;
//   }
//
// defines `void scale(float *, int64_t, float)`. The body must call only functions marked CT_INLINE.
#pragma once

#include <cstdint>
#include <cstring>

#include "Features.hpp"

#define CT_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define CT_VECTORED(name, parameters, arguments)                                                                     \
  CT_INLINE void name##_body parameters;                                                                             \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) static void name##_avx512 parameters {      \
    name##_body arguments;                                                                                           \
  }                                                                                                                  \
  __attribute__((target("avx2,fma"))) static void name##_avx2 parameters { name##_body arguments; }                  \
  static void name##_plain parameters { name##_body arguments; }                                                     \
  static inline void name parameters {                                                                               \
    if (features().avx512) return name##_avx512 arguments;                                                           \
    if (features().avx2) return name##_avx2 arguments;                                                               \
    name##_plain arguments;                                                                                          \
  }                                                                                                                  \
  CT_INLINE void name##_body parameters
#else
#define CT_VECTORED(name, parameters, arguments)    \
  CT_INLINE void name##_body parameters;            \
  static inline void name parameters { name##_body arguments; } \
  CT_INLINE void name##_body parameters
#endif

namespace ctorch {

/// A bfloat16 as it lies in memory.
struct BFloat {
  uint16_t bits;
};

CT_INLINE float from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}
CT_INLINE uint32_t to_bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return bits;
}

CT_INLINE float load(const float &value) { return value; }
CT_INLINE float load(const BFloat &value) { return from_bits(static_cast<uint32_t>(value.bits) << 16); }
CT_INLINE void store(float &place, float value) { place = value; }
CT_INLINE void store(BFloat &place, float value) {
  // To the nearest, ties to even; a not-a-number keeps its sign of being one.
  const uint32_t bits = to_bits(value);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  place.bits = static_cast<uint16_t>(value == value ? rounded : 0x7fc0);
}

/// e to the power of `x`, within 2 units of the last place; 0 below -87.
///
/// The range is reduced by powers of 2 (Cody and Waite 1980); the polynomial is the series cut off after the sixth
/// power, whose rest is below the rounding error on ±ln 2 / 2.
CT_INLINE float exponential(float x) {
  const float limited = x < 88.0f ? x : 88.0f;
  const float floored = limited > -87.0f ? limited : -87.0f;
  const float turns = floored * 1.44269504f;
  const int32_t power = static_cast<int32_t>(turns + (turns > 0 ? 0.5f : -0.5f));
  const float whole = static_cast<float>(power);
  const float rest = (floored - whole * 0.693359375f) - whole * -2.12194440e-4f;
  float sum = 1.0f / 720;
  sum = sum * rest + 1.0f / 120;
  sum = sum * rest + 1.0f / 24;
  sum = sum * rest + 1.0f / 6;
  sum = sum * rest + 0.5f;
  sum = sum * rest + 1;
  sum = sum * rest + 1;
  const float result = sum * from_bits(static_cast<uint32_t>(power + 127) << 23);
  return x > -87.0f ? result : (x == x ? 0.0f : x);
}

}  // namespace ctorch
