#include "LogitRow.hpp"

#include <c10/util/BFloat16.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "Features.hpp"
#include "InstructionSets.hpp"

namespace ctorch {

namespace {

#if defined(__x86_64__)
#define ORCHARD_LANES 16
ORCHARD_AVX512_BEGIN
#include "LanesBody.hpp"
#include "LogitRowBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#define ORCHARD_LANES 8
ORCHARD_AVX2_BEGIN
#include "LanesBody.hpp"
#include "LogitRowBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#endif
#define ORCHARD_LANES 4
namespace plain {
#include "LanesBody.hpp"
#include "LogitRowBody.hpp"
}
#undef ORCHARD_LANES

}  // namespace

float row_greatest(const float *values, int64_t count) {
#if defined(__x86_64__)
  if (features().avx512) return avx512::greatest_of(values, count);
  if (features().avx2) return avx2::greatest_of(values, count);
#endif
  return plain::greatest_of(values, count);
}

void row_exponentials(
    const float *values, float *weights, int64_t count, float greatest, double *sum, double *moment) {
#if defined(__x86_64__)
  if (features().avx512) return avx512::exponentials_of(values, weights, count, greatest, sum, moment);
  if (features().avx2) return avx2::exponentials_of(values, weights, count, greatest, sum, moment);
#endif
  plain::exponentials_of(values, weights, count, greatest, sum, moment);
}

int64_t row_likeliest(const float *values, int64_t count, float *memory, float *log_probability) {
  const float greatest = row_greatest(values, count);
  double sum, moment;
  row_exponentials(values, memory, count, greatest, &sum, &moment);
  *log_probability = static_cast<float>(-std::log(sum));
  const auto *found = std::find(values, values + count, greatest);
  return found == values + count ? 0 : found - values;
}

void row_masses(const float *keys, const float *weights, int64_t count, const float *edges, double *masses) {
#if defined(__x86_64__)
  if (features().avx512) return avx512::masses_of(keys, weights, count, edges, masses);
  if (features().avx2) return avx2::masses_of(keys, weights, count, edges, masses);
#endif
  plain::masses_of(keys, weights, count, edges, masses);
}

}  // namespace ctorch
