// Weights of 8 or 4 bits and their products with rows of activations, which are rounded to 8 bits on the way.
//
// A matrix lies in panels of 16 outputs, a panel in groups of inputs that share a scale for each output, a group in
// blocks of 64 bytes: four neighbouring inputs of each of the 16 outputs. One block is one operand of the integer dot
// product of AVX512_VNNI; nothing is summed across lanes and the memory is read in one stream.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "FewRows.hpp"

namespace ctorch {

constexpr int64_t quantized_outputs = 16;

/// The inputs that share a scale: with 4 bits as few as in llama.cpp's Q4_0, with 8 bits twice as many.
constexpr int64_t quantized_group(int64_t bits) { return bits == 8 ? 64 : 32; }

/// A matrix `[O, I]` of 8 or 4 bits: weight = (code - zero) · scale · unit, with zero 128 or 8.
struct QuantizedMatrix {
  at::Tensor codes;   // bytes
  at::Tensor scales;  // fp16, 16 for each group of a panel
  double unit;        // a power of two that keeps the scales within fp16
  int64_t bits, outputs, inputs;

  int64_t panels() const { return (outputs + quantized_outputs - 1) / quantized_outputs; }
  int64_t groups() const { return (inputs + quantized_group(bits) - 1) / quantized_group(bits); }
  int64_t group_bytes() const { return quantized_group(bits) * quantized_outputs * bits / 8; }
};

/// `weight` `[O, I]` (fp32 or bf16, contiguous, on the CPU) in 8 or 4 bits, symmetrically.
///
/// 8 bits: each group's greatest number becomes ±127. 4 bits: the scale is the one of several that leaves the smallest
/// sum of squared errors.
QuantizedMatrix quantize(const at::Tensor &weight, int64_t bits);

/// The rows `ids` (undefined: all) of the matrix as `[…, I]` of type `type`.
at::Tensor dequantize(const QuantizedMatrix &matrix, const at::Tensor &ids, at::ScalarType type);

/// x·Wᵀ + b + residual for several matrices over one input `[…, I]` (fp32 or bf16), in one parallel pass.
std::vector<at::Tensor> quantized_linear(
    const at::Tensor &input, const std::vector<QuantizedMatrix> &weights, const std::vector<at::Tensor> &biases,
    const std::vector<at::Tensor> &residuals);

/// activation(x·Gᵀ) · (x·Uᵀ).
at::Tensor quantized_gated(
    const at::Tensor &input, const QuantizedMatrix &gate, const at::Tensor &gate_bias, const QuantizedMatrix &up,
    const at::Tensor &up_bias, FewRowsActivation activation);

/// Whether products use the plain loops whatever the processor offers: what tests compare with.
void quantized_plainly(bool on);

}  // namespace ctorch
