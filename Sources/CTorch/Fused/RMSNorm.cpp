// Root-mean-square normalisation (Zhang and Sennrich 2019) in one pass forward and one back.
//
//   r = 1 / √(mean x² + ε)      y = x · r · w
//   dx = r · (g·w - x · r²/D · Σ g·w·x)      dw = Σ over rows of g · x · r
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "../Guard.hpp"
#include "../Kernels/Parallel.hpp"
#include "../Kernels/Vectored.hpp"

using namespace ctorch;

namespace {

// Rows whose weight gradients one sum collects: a fixed number, so that sums do not depend on the threads.
constexpr int64_t rows_together = 64;

template <class Element>
CT_INLINE void forward_row(
    const Element *__restrict x, const Element *__restrict weight, Element *__restrict y, float *scale, int64_t width,
    float epsilon) {
  float sum = 0;
  {
#pragma clang fp reassociate(on)
    for (int64_t i = 0; i < width; i++) sum += load(x[i]) * load(x[i]);
  }
  const float r = 1 / __builtin_sqrtf(sum / static_cast<float>(width) + epsilon);
  *scale = r;
  for (int64_t i = 0; i < width; i++) store(y[i], load(x[i]) * r * load(weight[i]));
}

/// `weight_sum` collects the rows' parts of dw.
template <class Element>
CT_INLINE void backward_row(
    const Element *__restrict x, const Element *__restrict weight, const Element *__restrict g, float r,
    Element *__restrict dx, float *__restrict weight_sum, int64_t width) {
  float sum = 0;
  {
#pragma clang fp reassociate(on)
    for (int64_t i = 0; i < width; i++) sum += load(g[i]) * load(weight[i]) * load(x[i]);
  }
  const float back = sum * r * r / static_cast<float>(width);
  for (int64_t i = 0; i < width; i++) {
    const float value = load(x[i]);
    const float slope = load(g[i]);
    weight_sum[i] += slope * value * r;
    store(dx[i], r * (slope * load(weight[i]) - value * back));
  }
}

#define CT_NORM(suffix, Element)                                                                                     \
  CT_VECTORED(                                                                                                       \
      forward_##suffix,                                                                                              \
      (const Element *x, const Element *weight, Element *y, float *scale, int64_t width, float epsilon),             \
      (x, weight, y, scale, width, epsilon)) {                                                                       \
    forward_row(x, weight, y, scale, width, epsilon);                                                                \
  }                                                                                                                  \
  CT_VECTORED(                                                                                                       \
      backward_##suffix,                                                                                             \
      (const Element *x, const Element *weight, const Element *g, float r, Element *dx, float *sum, int64_t width),  \
      (x, weight, g, r, dx, sum, width)) {                                                                           \
    backward_row(x, weight, g, r, dx, sum, width);                                                                   \
  }

CT_NORM(fp32, float)
CT_NORM(bf16, BFloat)

struct RMSNorm : torch::autograd::Function<RMSNorm> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &given, const at::Tensor &weight, double epsilon) {
    const auto input = given.contiguous();
    const int64_t width = input.size(-1), rows = input.numel() / width;
    auto output = at::empty_like(input);
    auto factors = at::empty({rows}, input.options().dtype(at::kFloat));
    auto *factor = factors.mutable_data_ptr<float>();
    const void *x = input.const_data_ptr(), *w = weight.const_data_ptr();
    void *y = output.data_ptr();
    const bool narrow = input.scalar_type() == at::kBFloat16;
    parallel(rows, 32, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const int64_t at = row * width;
        if (narrow) {
          forward_bf16(
              static_cast<const BFloat *>(x) + at, static_cast<const BFloat *>(w), static_cast<BFloat *>(y) + at,
              factor + row, width, static_cast<float>(epsilon));
        } else {
          forward_fp32(
              static_cast<const float *>(x) + at, static_cast<const float *>(w), static_cast<float *>(y) + at,
              factor + row, width, static_cast<float>(epsilon));
        }
      }
    });
    context->save_for_backward({input, weight, factors});
    return output;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list outer) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto slopes = outer[0].contiguous();
    const int64_t width = input.size(-1), rows = input.numel() / width;
    const int64_t blocks = (rows + rows_together - 1) / rows_together;
    auto gradient = at::empty_like(input);
    auto sums = at::zeros({blocks, width}, input.options().dtype(at::kFloat));
    const auto *factor = saved[2].const_data_ptr<float>();
    auto *sum = sums.mutable_data_ptr<float>();
    const void *x = input.const_data_ptr(), *w = weight.const_data_ptr(), *g = slopes.const_data_ptr();
    void *dx = gradient.data_ptr();
    const bool narrow = input.scalar_type() == at::kBFloat16;
    parallel(blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin * rows_together; row < std::min(rows, end * rows_together); row++) {
        const int64_t at = row * width;
        auto *into = sum + row / rows_together * width;
        if (narrow) {
          backward_bf16(
              static_cast<const BFloat *>(x) + at, static_cast<const BFloat *>(w), static_cast<const BFloat *>(g) + at,
              factor[row], static_cast<BFloat *>(dx) + at, into, width);
        } else {
          backward_fp32(
              static_cast<const float *>(x) + at, static_cast<const float *>(w), static_cast<const float *>(g) + at,
              factor[row], static_cast<float *>(dx) + at, into, width);
        }
      }
    });
    return {gradient, sums.sum(0).to(weight.scalar_type()), at::Tensor()};
  }
};

}  // namespace

ct_tensor ct_rms_norm(ct_tensor input_box, ct_tensor weight_box, double epsilon) {
  return guarded([&]() -> at::Tensor {
    const auto &input = unbox(input_box), &weight = unbox(weight_box);
    const auto type = input.scalar_type();
    const bool ours = input.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16) &&
                      weight.scalar_type() == type && weight.is_contiguous() && weight.dim() == 1 &&
                      input.size(-1) == weight.size(0) && input.numel() > 0;
    if (ours) return RMSNorm::apply(input, weight, epsilon);
    const auto wide = input.to(at::kFloat);
    const auto scale = wide.square().mean(-1, true).add(epsilon).rsqrt();
    return (wide * scale).to(type) * weight;
  });
}
