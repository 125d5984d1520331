// Rotary positions (Su and others 2021) in the two-halves form: pairs (x[i], x[i + D/2]) turned by an angle.
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "../Guard.hpp"
#include "../Kernels/Parallel.hpp"
#include "../Kernels/Vectored.hpp"

using namespace ctorch;

namespace {

/// Turns one head by the angles, or back by a `direction` of -1.
template <class Element>
CT_INLINE void turn_head(
    const Element *__restrict x, Element *__restrict y, const float *__restrict cosine, const float *__restrict sine,
    int64_t half, float direction) {
  for (int64_t i = 0; i < half; i++) {
    const float first = load(x[i]), second = load(x[i + half]);
    const float c = cosine[i], s = sine[i] * direction;
    store(y[i], first * c - second * s);
    store(y[i + half], second * c + first * s);
  }
}

CT_VECTORED(
    turn_fp32, (const float *x, float *y, const float *cosine, const float *sine, int64_t half, float direction),
    (x, y, cosine, sine, half, direction)) {
  turn_head(x, y, cosine, sine, half, direction);
}
CT_VECTORED(
    turn_bf16, (const BFloat *x, BFloat *y, const float *cosine, const float *sine, int64_t half, float direction),
    (x, y, cosine, sine, half, direction)) {
  turn_head(x, y, cosine, sine, half, direction);
}

/// `given` `[B, H, T, D]`, laid out in any way with plain heads; angles `[T, D/2]` or `[B, T, D/2]`.
///
/// The result lies as `[B, T, H, D]`, which is how the projections gave it and how the output layer takes it.
at::Tensor turned(const at::Tensor &given, const at::Tensor &cosine, const at::Tensor &sine, float direction) {
  const auto input = given.stride(3) == 1 ? given : given.contiguous();
  const int64_t rows = input.size(0), heads = input.size(1), length = input.size(2), width = input.size(3);
  auto output = at::empty({rows, length, heads, width}, input.options());
  const bool per_row = cosine.dim() == 3;
  const bool narrow = input.scalar_type() == at::kBFloat16;
  const auto *cosines = cosine.const_data_ptr<float>(), *sines = sine.const_data_ptr<float>();
  const void *x = input.const_data_ptr();
  void *y = output.data_ptr();
  parallel(rows * length, 16, [&](int64_t begin, int64_t end) {
    for (int64_t place = begin; place < end; place++) {
      const int64_t row = place / length, time = place % length;
      const int64_t angle = (per_row ? place : time) * (width / 2);
      for (int64_t head = 0; head < heads; head++) {
        const int64_t from = row * input.stride(0) + head * input.stride(1) + time * input.stride(2);
        const int64_t into = (place * heads + head) * width;
        if (narrow) {
          turn_bf16(
              static_cast<const BFloat *>(x) + from, static_cast<BFloat *>(y) + into, cosines + angle, sines + angle,
              width / 2, direction);
        } else {
          turn_fp32(
              static_cast<const float *>(x) + from, static_cast<float *>(y) + into, cosines + angle, sines + angle,
              width / 2, direction);
        }
      }
    }
  });
  return output.transpose(1, 2);
}

struct Rotary : torch::autograd::Function<Rotary> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const at::Tensor &cosine,
      const at::Tensor &sine) {
    context->save_for_backward({cosine, sine});
    return turned(input, cosine, sine, 1);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list outer) {
    const auto saved = context->get_saved_variables();
    return {turned(outer[0], saved[0], saved[1], -1), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

ct_tensor ct_rotary(ct_tensor input_box, ct_tensor cosine_box, ct_tensor sine_box) {
  return guarded([&]() -> at::Tensor {
    const auto &input = unbox(input_box);
    const auto cosine = unbox(cosine_box).to(at::kFloat).contiguous(), sine = unbox(sine_box).to(at::kFloat).contiguous();
    const auto type = input.scalar_type();
    const int64_t half = input.size(-1) / 2;
    TORCH_CHECK(
        input.dim() == 4 && input.size(-1) % 2 == 0 && cosine.sizes() == sine.sizes() && cosine.size(-1) == half &&
            cosine.size(-2) == input.size(2) &&
            (cosine.dim() == 2 || (cosine.dim() == 3 && cosine.size(0) == input.size(0))),
        "rotary positions: heads ", input.sizes(), " and angles ", cosine.sizes());
    if (input.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16)) {
      return Rotary::apply(input, cosine, sine);
    }
    auto c = cosine.to(type), s = sine.to(type);
    if (cosine.dim() == 3) {
      c = c.unsqueeze(1);
      s = s.unsqueeze(1);
    }
    const auto first = input.narrow(-1, 0, half), second = input.narrow(-1, half, half);
    return at::cat({first * c - second * s, second * c + first * s}, -1);
  });
}
