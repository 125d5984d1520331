// Products with a frozen matrix of few bits, whose gradient goes to the input.
#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include <vector>

namespace ctorch {

/// x·Wᵀ + b with the matrix made wide, which is done anew for the backward pass: of it only its few bits are kept.
///
/// `Matrix` has `parts()`, `numbers()` and `from(parts, numbers)`, and a function `dequantize`.
template <class Matrix>
struct RecordedProduct : torch::autograd::Function<RecordedProduct<Matrix>> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const Matrix &weight,
      const std::optional<at::Tensor> &bias) {
    context->save_for_backward(weight.parts());
    context->saved_data["numbers"] = weight.numbers();
    return at::linear(input, dequantize(weight, at::Tensor(), input.scalar_type()), bias);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    const auto weight =
        Matrix::from(context->get_saved_variables(), context->saved_data["numbers"].toDoubleVector());
    auto wide = dequantize(weight, at::Tensor(), gradients[0].scalar_type());
    return {at::matmul(gradients[0], wide), at::Tensor(), at::Tensor()};
  }
};

}  // namespace ctorch
