// Large fp32 products on the CPU through oneDNN, which libtorch carries but asks for other types only.
//
// On processors with AVX-512 its kernels are 10 to 30 % faster than those of the BLAS that libtorch takes for fp32.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch {

/// Whether `product` takes these: fp32 matrices on a CPU with AVX-512, with rows enough to be worth it.
bool takes_product(const at::Tensor &rows, const at::Tensor &weight);

/// rows·weightᵀ for `[M, K]` and `[N, K]` as a new `[M, N]`; `weight` may be a transposed view.
at::Tensor product(const at::Tensor &rows, const at::Tensor &weight);

/// A contiguous copy of a matrix turned about its diagonal.
at::Tensor turned_copy(const at::Tensor &matrix);

/// x·Wᵀ + b for `[…, I]` and `[O, I]`, with gradients by the same products.
at::Tensor linear(const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

}  // namespace ctorch
