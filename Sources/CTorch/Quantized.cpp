// Weights of 8 or 4 bits; the kernels are in Kernels/.
#include "Kernels/Quantized.hpp"

#include "Kernels/RowProduct.hpp"
#include "Guard.hpp"

#include <torch/csrc/autograd/custom_function.h>

using namespace ctorch;

static at::Tensor tensor_or_none(ct_tensor box) { return box ? unbox(box) : at::Tensor(); }

static QuantizedMatrix matrix(const ct_quantized &boxed) {
  return {unbox(boxed.codes), unbox(boxed.scales), boxed.unit, boxed.bits, boxed.outputs, boxed.inputs};
}

int ct_quantize(ct_tensor weight, int64_t bits, ct_quantized *made) {
  return status([&] {
    auto matrix = quantize(unbox(weight).detach(), bits);
    *made = {box(matrix.codes), box(matrix.scales), matrix.unit, bits, matrix.outputs, matrix.inputs};
  });
}

ct_tensor ct_dequantize(ct_quantized boxed, ct_tensor rows, int dtype) {
  return guarded([&] { return dequantize(matrix(boxed), tensor_or_none(rows), scalar_type(dtype)); });
}

int ct_quantized_linear(
    ct_tensor input, const ct_quantized *weights, const ct_tensor *biases, size_t count, ct_tensor residual,
    ct_tensor *results) {
  return status([&] {
    std::vector<RowWeight> w;
    for (size_t i = 0; i < count; i++) w.push_back({{}, matrix(weights[i]), tensor_or_none(biases[i])});
    auto made = row_linear(
        unbox(input).contiguous(), w, residual ? unbox(residual).contiguous() : at::Tensor());
    for (size_t i = 0; i < count; i++) results[i] = box(made[i]);
  });
}

namespace {

/// x·Wᵀ + b with the dequantised matrix, which is made anew for the backward pass rather than kept until then.
struct RecordedProduct : torch::autograd::Function<RecordedProduct> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const QuantizedMatrix &weight,
      const std::optional<at::Tensor> &bias) {
    context->save_for_backward({weight.codes, weight.scales});
    context->saved_data["unit"] = weight.unit;
    context->saved_data["sizes"] = std::vector<int64_t>{weight.bits, weight.outputs, weight.inputs};
    auto wide = dequantize(weight, at::Tensor(), input.scalar_type());
    return at::linear(input, wide, bias);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto sizes = context->saved_data["sizes"].toIntVector();
    QuantizedMatrix weight{saved[0], saved[1], context->saved_data["unit"].toDouble(), sizes[0], sizes[1], sizes[2]};
    auto wide = dequantize(weight, at::Tensor(), gradients[0].scalar_type());
    return {at::matmul(gradients[0], wide), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

ct_tensor ct_quantized_linear_recorded(ct_tensor input, ct_quantized weight, ct_tensor bias) {
  return guarded([&] {
    auto added = bias ? std::optional<at::Tensor>(unbox(bias)) : std::nullopt;
    return RecordedProduct::apply(unbox(input), matrix(weight), added);
  });
}

ct_tensor ct_quantized_gated(
    ct_tensor input, ct_quantized gate, ct_tensor gate_bias, ct_quantized up, ct_tensor up_bias, int activation) {
  return guarded([&] {
    TORCH_CHECK(activation >= 0 && activation <= 3, "an unknown activation, code ", activation);
    return row_gated(
        unbox(input).contiguous(), {{}, matrix(gate), tensor_or_none(gate_bias)},
        {{}, matrix(up), tensor_or_none(up_bias)}, static_cast<FewRowsActivation>(activation));
  });
}

void ct_quantized_plainly(bool on) { quantized_plainly(on); }
