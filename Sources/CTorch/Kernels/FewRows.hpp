// Products of a few rows with a weight: what decoding spends its time in.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace ctorch {

/// With more rows than this libtorch's general product is faster.
constexpr int64_t few_rows_limit = 32;

enum class FewRowsActivation { relu = 0, gelu = 1, gelu_tanh = 2, silu = 3 };

/// Whether x·Wᵀ can and should be computed here: few rows, on the CPU, nothing recorded for gradients.
bool takes_few_rows(const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// x·Wᵀ + b + residual for several weights over one input, in one parallel pass.
///
/// `biases` and `residuals` hold undefined tensors where there is none.
std::vector<at::Tensor> few_rows_linear(
    const at::Tensor &input, const std::vector<at::Tensor> &weights, const std::vector<at::Tensor> &biases,
    const std::vector<at::Tensor> &residuals);

/// activation(x·Gᵀ) · (x·Uᵀ).
at::Tensor few_rows_gated(
    const at::Tensor &input, const at::Tensor &gate, const at::Tensor &gate_bias, const at::Tensor &up,
    const at::Tensor &up_bias, FewRowsActivation activation);

}  // namespace ctorch
