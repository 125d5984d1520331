// Weights of 8 or 4 bits; the kernels are in Kernels/.
#include "Kernels/Quantized.hpp"

#include "Kernels/RowProduct.hpp"
#include "Guard.hpp"
#include "RecordedProduct.hpp"

using namespace ctorch;

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
  return guarded([&] { return dequantize(matrix(boxed), unbox_or_none(rows), scalar_type(dtype)); });
}

int ct_quantized_linear(
    ct_tensor input, const ct_quantized *weights, const ct_tensor *biases, size_t count, ct_tensor residual,
    ct_tensor *results) {
  return status([&] {
    std::vector<RowWeight> w;
    for (size_t i = 0; i < count; i++) w.push_back({{}, matrix(weights[i]), unbox_or_none(biases[i])});
    auto made = row_linear(
        unbox(input).contiguous(), w, residual ? unbox(residual).contiguous() : at::Tensor());
    for (size_t i = 0; i < count; i++) results[i] = box(made[i]);
  });
}

ct_tensor ct_quantized_linear_recorded(ct_tensor input, ct_quantized weight, ct_tensor bias) {
  return guarded([&] {
    return RecordedProduct<QuantizedMatrix>::apply(unbox(input), matrix(weight), unbox_optional(bias));
  });
}

ct_tensor ct_quantized_gated(
    ct_tensor input, ct_quantized gate, ct_tensor gate_bias, ct_quantized up, ct_tensor up_bias, int activation) {
  return guarded([&] {
    TORCH_CHECK(activation >= 0 && activation <= 3, "an unknown activation, code ", activation);
    return row_gated(
        unbox(input).contiguous(), {{}, matrix(gate), unbox_or_none(gate_bias)},
        {{}, matrix(up), unbox_or_none(up_bias)}, static_cast<FewRowsActivation>(activation));
  });
}

void ct_quantized_plainly(bool on) { quantized_plainly(on); }
