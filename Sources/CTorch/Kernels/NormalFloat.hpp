// Weights in the 16 levels of a normal distribution (NF4), with scales that are themselves kept in 8 bits.
//
// Dettmers, Pagnoni, Holtzman and Zettlemoyer, "QLoRA: efficient finetuning of quantized LLMs", 2023, sections 2 and 3,
// with the sizes of blocks that bitsandbytes has: 64 numbers share a scale, 256 scales share a step. 4.13 bits a number.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace ctorch {

/// A matrix `[O, I]`: weight = level[code] · scale, scale = step · level₈[scale code] + offset.
///
/// Blocks are those of the numbers one behind the other, row after row.
struct NormalFloatMatrix {
  at::Tensor codes;   // bytes, 32 a block of 64 numbers
  at::Tensor scales;  // bytes, one a block
  at::Tensor steps;   // fp32, one for every 256 scales
  double offset;
  int64_t outputs, inputs;

  static constexpr int64_t block = 64, scale_block = 256;

  /// What is kept of it for a backward pass, and made anew from that.
  std::vector<at::Tensor> parts() const { return {codes, scales, steps}; }
  std::vector<double> numbers() const {
    return {offset, static_cast<double>(outputs), static_cast<double>(inputs)};
  }
  static NormalFloatMatrix from(const std::vector<at::Tensor> &parts, const std::vector<double> &numbers) {
    return {parts[0], parts[1], parts[2], numbers[0], static_cast<int64_t>(numbers[1]), static_cast<int64_t>(numbers[2])};
  }
};

/// `weight` `[O, I]` on the CPU, each number by the level that is nearest.
NormalFloatMatrix normal_float(const at::Tensor &weight);

/// The rows `ids` (undefined: all) of the matrix as `[…, I]` of type `type`.
at::Tensor dequantize(const NormalFloatMatrix &matrix, const at::Tensor &ids, at::ScalarType type);

/// x·Wᵀ + b for `input` `[…, I]`; for few rows without ever making the matrix wide.
at::Tensor linear(const at::Tensor &input, const NormalFloatMatrix &matrix, const std::optional<at::Tensor> &bias);

}  // namespace ctorch
