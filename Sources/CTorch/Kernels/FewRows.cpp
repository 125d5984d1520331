#include "FewRows.hpp"

#include <cmath>
#include <cstdint>

#include "Features.hpp"
#include "InstructionSets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

#if defined(__x86_64__)

#define ORCHARD_LANES 16
#define ORCHARD_REGISTERS 32
ORCHARD_AVX512_BEGIN
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
ORCHARD_TARGET_END
#define ORCHARD_BF16_DOT
ORCHARD_AVX512_BF16_BEGIN
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_BF16_DOT
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

#define ORCHARD_LANES 8
#define ORCHARD_REGISTERS 16
ORCHARD_AVX2_BEGIN
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

#endif

#define ORCHARD_LANES 4
#if defined(__aarch64__)
#define ORCHARD_REGISTERS 32
#else
#define ORCHARD_REGISTERS 16
#endif
namespace plain {
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
}
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

template <class Element>
const FewRowsKernels<Element> &best_kernels() {
#if defined(__x86_64__)
  if (std::is_same_v<Element, c10::BFloat16> && features().avx512_bf16) {
    return *avx512_bf16::kernels<Element>();
  }
  if (features().avx512) return *avx512::kernels<Element>();
  if (features().avx2) return *avx2::kernels<Element>();
#endif
  return *plain::kernels<Element>();
}

}  // namespace

template <>
const FewRowsKernels<float> &few_rows_kernels<float>() {
  static const auto &found = best_kernels<float>();
  return found;
}

template <>
const FewRowsKernels<c10::BFloat16> &few_rows_kernels<c10::BFloat16>() {
  static const auto &found = best_kernels<c10::BFloat16>();
  return found;
}

}  // namespace ctorch
