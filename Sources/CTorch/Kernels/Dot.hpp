// The product of two rows.
#pragma once

#include "Vectored.hpp"

namespace ctorch {

/// out = Σ a·b, in whatever order is fastest.
CT_VECTORED(dot_into, (const float *a, const float *b, int64_t count, float *out), (a, b, count, out)) {
#pragma clang fp reassociate(on)
  float sum = 0;
  for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
  *out = sum;
}

}  // namespace ctorch
