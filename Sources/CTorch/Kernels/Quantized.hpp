// Weights of 8 or 4 bits and their products with rows of activations, which are rounded to 8 bits on the way.
//
// A matrix lies in panels of 16 outputs, a panel in groups of inputs that share a scale for each output, a group in
// blocks of 64 bytes: four neighbouring inputs of each of the 16 outputs. One block is one operand of the integer dot
// product of AVX512_VNNI; nothing is summed across lanes and the memory is read in one stream.
#pragma once

#include <ATen/core/Tensor.h>

#include <c10/util/Half.h>

#include <cstdint>
#include <vector>

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

  /// What is kept of it for a backward pass, and made anew from that.
  std::vector<at::Tensor> parts() const { return {codes, scales}; }
  std::vector<double> numbers() const {
    return {unit, static_cast<double>(bits), static_cast<double>(outputs), static_cast<double>(inputs)};
  }
  static QuantizedMatrix from(const std::vector<at::Tensor> &parts, const std::vector<double> &numbers) {
    return {
        parts[0], parts[1], numbers[0], static_cast<int64_t>(numbers[1]), static_cast<int64_t>(numbers[2]),
        static_cast<int64_t>(numbers[3])};
  }
};

/// `weight` `[O, I]` (fp32 or bf16, contiguous, on the CPU) in 8 or 4 bits, symmetrically.
///
/// 8 bits: each group's greatest number becomes ±127. 4 bits: the scale is the one of several that leaves the smallest
/// sum of squared errors.
QuantizedMatrix quantize(const at::Tensor &weight, int64_t bits);

/// The rows `ids` (undefined: all) of the matrix as `[…, I]` of type `type`.
at::Tensor dequantize(const QuantizedMatrix &matrix, const at::Tensor &ids, at::ScalarType type);

/// Rows of activations in 8 bits: value = code · scale, with a scale for each group.
struct QuantizedRows {
  const int8_t *codes;
  const float *scales;
  const int32_t *starts;  // -zero · Σ codes of a group: the weights' codes lie above zero
  int64_t groups;
};

/// How many rows share one pass over a panel: their sums stay in registers.
constexpr int64_t quantized_rows_together = 8;

/// Rounds one row of `inputs` numbers for a matrix of `bits`: the codes of all its groups, a scale and a start for each.
void quantized_round(const float *row, int64_t inputs, int64_t bits, int8_t *codes, float *scales, int32_t *starts);
void quantized_round(
    const c10::BFloat16 *row, int64_t inputs, int64_t bits, int8_t *codes, float *scales, int32_t *starts);

/// A quantised matrix as the kernels walk through it.
struct QuantizedPanels {
  const uint8_t *codes = nullptr;
  const c10::Half *scales = nullptr;
  float unit = 1;
  int64_t bits = 8, groups = 0;

  QuantizedPanels() = default;
  explicit QuantizedPanels(const QuantizedMatrix &matrix);
};

/// Rows `first` and on, at most `quantized_rows_together`, times panel `number` of the matrix: `out` `[count, 16]`.
void quantized_panel(
    const QuantizedPanels &matrix, int64_t number, const QuantizedRows &rows, int64_t first, int64_t count, float *out);

/// Whether products use the plain loops whatever the processor offers: what tests compare with.
void quantized_plainly(bool on);

}  // namespace ctorch
