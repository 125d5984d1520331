#include "Gemm.hpp"

#include <ATen/core/Tensor.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>

namespace ctorch {

namespace {

// The level 3 BLAS (Dongarra and others 1990) as Fortran and every implementation has it: columns one after another.
using Product = void (*)(
    const char *a_form, const char *b_form, const int *m, const int *n, const int *k, const float *alpha,
    const float *a, const int *a_stride, const float *b, const int *b_stride, const float *beta, float *c,
    const int *c_stride);

at::Tensor tensor_over(const MatrixView &view, int64_t rows, int64_t columns) {
  auto *data = const_cast<float *>(view.data);
  if (view.transposed) return at::from_blob(data, {rows, columns}, {1, view.stride}, at::kFloat);
  return at::from_blob(data, {rows, columns}, {view.stride, 1}, at::kFloat);
}

}  // namespace

void multiply(
    int64_t m, int64_t n, int64_t k, float alpha, MatrixView a, MatrixView b, float beta, float *c, int64_t stride) {
  // libtorch carries its BLAS inside and shows it or not, depending on the platform; without it each product costs a
  // few microseconds more.
  static const auto product = reinterpret_cast<Product>(dlsym(RTLD_DEFAULT, "sgemm_"));
  if (product) {
    // Rows one after another are columns of the transposed problem: cᵀ = bᵀ·aᵀ.
    const int rows = static_cast<int>(n), columns = static_cast<int>(m), depth = static_cast<int>(k);
    const int a_stride = static_cast<int>(a.stride), b_stride = static_cast<int>(b.stride);
    const int c_stride = static_cast<int>(stride);
    product(
        b.transposed ? "T" : "N", a.transposed ? "T" : "N", &rows, &columns, &depth, &alpha, b.data, &b_stride, a.data,
        &a_stride, &beta, c, &c_stride);
    return;
  }
  c10::InferenceMode no_records;
  auto result = at::from_blob(c, {m, n}, {stride, 1}, at::kFloat);
  at::addmm_out(result, result, tensor_over(a, m, k), tensor_over(b, k, n), beta, alpha);
}

}  // namespace ctorch
