// Small fp32 matrix products from inside a parallel region, through the BLAS that libtorch carries.
#pragma once

#include <cstdint>

namespace ctorch {

/// A matrix in memory: rows of `stride` floats, read transposed where asked for.
struct MatrixView {
  const float *data;
  int64_t stride;
  bool transposed = false;
};

/// c `[m, n]`, rows of `stride` floats = alpha·a·b + beta·c, with a `[m, k]` and b `[k, n]` after transposing.
void multiply(
    int64_t m, int64_t n, int64_t k, float alpha, MatrixView a, MatrixView b, float beta, float *c, int64_t stride);

}  // namespace ctorch
