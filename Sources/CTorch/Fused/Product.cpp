#include "Product.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "../Guard.hpp"
#include "../Kernels/Parallel.hpp"
#include "../Kernels/Vectored.hpp"

namespace ctorch {

namespace {

using Pointwise = at::Tensor(
    const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view,
    c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);

/// libtorch's operation over oneDNN's product, or nothing where this libtorch was built without it.
const std::optional<c10::TypedOperatorHandle<Pointwise>> &pointwise() {
  static const auto found = []() -> std::optional<c10::TypedOperatorHandle<Pointwise>> {
    if (!features().avx512) return std::nullopt;
    auto handle = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!handle || !handle->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
    try {
      return handle->typed<Pointwise>();
    } catch (const c10::Error &) {
      return std::nullopt;  // another version of libtorch with other arguments
    }
  }();
  return found;
}

constexpr int64_t side = 8;
typedef float Lanes __attribute__((vector_size(32), aligned(4)));

/// 8 × 8 elements turned about their diagonal, in registers.
CT_INLINE void turn_block(const float *from, int64_t from_stride, float *to, int64_t to_stride) {
  Lanes r[side], s[side];
#define CT_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define CT_HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define CT_PAIRS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define CT_PAIRS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define CT_HALVES_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define CT_HALVES_HIGH(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
  for (int64_t i = 0; i < side; i++) __builtin_memcpy(&r[i], from + i * from_stride, sizeof(Lanes));
  for (int64_t i = 0; i < side; i += 2) {
    s[i] = CT_LOW(r[i], r[i + 1]);
    s[i + 1] = CT_HIGH(r[i], r[i + 1]);
  }
  for (int64_t i = 0; i < side; i += 4) {
    r[i] = CT_PAIRS_LOW(s[i], s[i + 2]);
    r[i + 1] = CT_PAIRS_HIGH(s[i], s[i + 2]);
    r[i + 2] = CT_PAIRS_LOW(s[i + 1], s[i + 3]);
    r[i + 3] = CT_PAIRS_HIGH(s[i + 1], s[i + 3]);
  }
  for (int64_t i = 0; i < 4; i++) {
    s[i] = CT_HALVES_LOW(r[i], r[i + 4]);
    s[i + 4] = CT_HALVES_HIGH(r[i], r[i + 4]);
  }
  for (int64_t i = 0; i < side; i++) __builtin_memcpy(to + i * to_stride, &s[i], sizeof(Lanes));
}

/// Rows `0..<count` of `from` become columns of `to`; `width` is the length of a row.
CT_VECTORED(
    turn_rows, (const float *from, int64_t count, int64_t width, int64_t from_stride, float *to, int64_t to_stride),
    (from, count, width, from_stride, to, to_stride)) {
  for (int64_t row = 0; row < count; row += side) {
    for (int64_t column = 0; column < width; column += side) {
      if (row + side <= count && column + side <= width) {
        turn_block(from + row * from_stride + column, from_stride, to + column * to_stride + row, to_stride);
      } else {
        for (int64_t i = row; i < count && i < row + side; i++) {
          for (int64_t j = column; j < width && j < column + side; j++) {
            to[j * to_stride + i] = from[i * from_stride + j];
          }
        }
      }
    }
  }
}

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias) {
    auto shape = input.sizes().vec();
    const auto rows = input.reshape({-1, shape.back()});
    shape.back() = weight.size(0);
    context->save_for_backward({input, weight});
    context->saved_data["bias"] = bias.has_value();
    auto output = product(rows, weight);
    if (bias) output.add_(*bias);
    return output.view(shape);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list outer) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto slopes = outer[0].reshape({-1, weight.size(0)}).contiguous();
    torch::autograd::variable_list gradients(3);
    if (context->needs_input_grad(0)) gradients[0] = product(slopes, weight.t()).view(input.sizes());
    if (context->needs_input_grad(1)) {
      gradients[1] = product(turned_copy(slopes), input.reshape({-1, weight.size(1)}).t());
    }
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2)) gradients[2] = slopes.sum(0);
    return gradients;
  }
};

}  // namespace

bool takes_product(const at::Tensor &rows, const at::Tensor &weight) {
  return rows.device().is_cpu() && rows.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat &&
         weight.dim() == 2 && rows.dim() >= 2 && rows.size(-1) == weight.size(1) && weight.size(1) > 0 &&
         rows.numel() / weight.size(1) >= 32 && weight.size(0) >= 32 && weight.size(1) >= 32 && pointwise();
}

at::Tensor product(const at::Tensor &rows, const at::Tensor &weight) {
  return pointwise()->call(rows, weight, std::nullopt, "none", c10::List<std::optional<at::Scalar>>(), "");
}

at::Tensor turned_copy(const at::Tensor &matrix) {
  const int64_t count = matrix.size(0), width = matrix.size(1);
  auto result = at::empty({width, count}, matrix.options());
  const auto *from = matrix.const_data_ptr<float>();
  auto *to = result.mutable_data_ptr<float>();
  // Strips of some rows by some columns: what is written lies in a core's first cache.
  constexpr int64_t strip = 64;
  const int64_t across = (width + strip - 1) / strip;
  parallel((count + strip - 1) / strip * across, 4, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; task++) {
      const int64_t row = task / across * strip, column = task % across * strip;
      turn_rows(
          from + row * width + column, std::min(strip, count - row), std::min(strip, width - column), width,
          to + column * count + row, count);
    }
  });
  return result;
}

at::Tensor linear(const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  if (takes_product(input, weight) && (!bias || bias->scalar_type() == at::kFloat)) {
    return Linear::apply(input, weight, bias);
  }
  return at::linear(input, weight, bias);
}

}  // namespace ctorch
