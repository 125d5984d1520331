// Weights in NF4; the kernels are in Kernels/.
#include "Kernels/NormalFloat.hpp"

#include "Guard.hpp"
#include "RecordedProduct.hpp"

using namespace ctorch;

static NormalFloatMatrix matrix(const ct_normal_float &boxed) {
  return {unbox(boxed.codes), unbox(boxed.scales), unbox(boxed.steps), boxed.offset, boxed.outputs, boxed.inputs};
}

int ct_normal_float_make(ct_tensor weight, ct_normal_float *made) {
  return status([&] {
    auto matrix = normal_float(unbox(weight).detach());
    *made = {
        box(matrix.codes), box(matrix.scales), box(matrix.steps), matrix.offset, matrix.outputs, matrix.inputs};
  });
}

ct_tensor ct_normal_float_dequantize(ct_normal_float boxed, ct_tensor rows, int dtype) {
  return guarded([&] {
    return dequantize(matrix(boxed), unbox_or_none(rows), scalar_type(dtype));
  });
}

ct_tensor ct_normal_float_linear(ct_tensor input, ct_normal_float weight, ct_tensor bias) {
  return guarded([&] {
    const auto &x = unbox(input);
    if (at::GradMode::is_enabled() && x.requires_grad()) {
      return RecordedProduct<NormalFloatMatrix>::apply(x, matrix(weight), unbox_optional(bias));
    }
    return linear(x, matrix(weight), unbox_optional(bias));
  });
}
