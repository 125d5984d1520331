// Kernels for a few rows times plain weights: what decoding spends its time in. `RowProduct` puts them to work.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch {

/// With more rows than this libtorch's general product is faster; also the rows that one call of a panel takes.
constexpr int64_t few_rows_limit = 32;

/// Outputs that one thread computes at a time: a multiple of every number of weight rows that go together.
constexpr int64_t few_rows_outputs = 24;

enum class FewRowsActivation { relu = 0, gelu = 1, gelu_tanh = 2, silu = 3 };

/// Rows are taken in groups of at most eight, of about the same size.
inline int64_t few_rows_group(int64_t rows) {
  int64_t groups = (rows + 7) / 8;
  return (rows + groups - 1) / groups;
}

/// The kernels for rows and weights of one type, the best that this processor has.
template <class Element>
struct FewRowsKernels {
  /// Packed rows are filled up to a multiple of so many numbers, of so many bytes each.
  int64_t step, packed_size;
  /// Writes row `place` of a group of `rows` into the group's memory.
  void (*pack)(const Element *input, int64_t count, int64_t rows, int64_t place, void *packed);
  /// Rows, packed in groups, times some rows of a weight: `out` `[rows, outputs]`, its rows `stride` apart.
  void (*panel)(
      const Element *weight, int64_t inputs, int64_t outputs, int64_t rows, const void *packed, float *out,
      int64_t stride);
  /// output = activation(sums + bias + residual); all but the sums may be null.
  void (*finish)(
      const float *sums, const Element *bias, const Element *residual, const FewRowsActivation *activation,
      Element *output, int64_t count);
  /// output = activation(gate + gate_bias) · (up + up_bias).
  void (*finish_gated)(
      const float *gate, const float *up, const Element *gate_bias, const Element *up_bias,
      FewRowsActivation activation, Element *output, int64_t count);
};

/// For `float` and `c10::BFloat16`.
template <class Element>
const FewRowsKernels<Element> &few_rows_kernels();

}  // namespace ctorch
