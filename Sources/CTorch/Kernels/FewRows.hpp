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

/// `output` = sums + bias + residual over `count` numbers of `type` (fp32 or bf16); the latter two may be null.
void few_rows_finish(
    at::ScalarType type, const float *sums, const void *bias, const void *residual, void *output, int64_t count);

/// `output` = activation(gate + gate_bias) · (up + up_bias), likewise.
void few_rows_finish_gated(
    at::ScalarType type, const float *gate, const float *up, const void *gate_bias, const void *up_bias,
    FewRowsActivation activation, void *output, int64_t count);

}  // namespace ctorch
