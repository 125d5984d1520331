// Dropout (Srivastava and others 2014) without a stored mask, alone and added to a residual stream.
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "../Guard.hpp"
#include "../Kernels/Parallel.hpp"
#include "Random.hpp"

using namespace ctorch;

namespace {

template <class Element>
CT_INLINE void drop_block(
    const Element *__restrict residual, const Element *__restrict branch, Element *__restrict output, int64_t count,
    const Dropout &dropout, Keys keys) {
  const Dropout d = dropout;
  if (residual) {
    for (int64_t i = 0; i < count; i++) {
      store(output[i], load(residual[i]) + load(branch[i]) * kept(d, keys, static_cast<uint32_t>(i)));
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      store(output[i], load(branch[i]) * kept(d, keys, static_cast<uint32_t>(i)));
    }
  }
}

CT_VECTORED(
    drop_fp32,
    (const float *residual, const float *branch, float *output, int64_t count, const Dropout &dropout, Keys keys),
    (residual, branch, output, count, dropout, keys)) {
  drop_block(residual, branch, output, count, dropout, keys);
}
CT_VECTORED(
    drop_bf16,
    (const BFloat *residual, const BFloat *branch, BFloat *output, int64_t count, const Dropout &dropout, Keys keys),
    (residual, branch, output, count, dropout, keys)) {
  drop_block(residual, branch, output, count, dropout, keys);
}

/// residual (where there is one) + branch · mask, of contiguous tensors.
at::Tensor dropped(const at::Tensor &residual, const at::Tensor &branch, const Dropout &dropout) {
  auto output = at::empty_like(branch);
  const int64_t count = branch.numel();
  const bool narrow = branch.scalar_type() == at::kBFloat16;
  const void *from = branch.const_data_ptr();
  const void *base = residual.defined() ? residual.const_data_ptr() : nullptr;
  void *into = output.data_ptr();
  parallel((count + dropout_block - 1) / dropout_block, 4, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; block++) {
      const int64_t start = block * dropout_block;
      const int64_t size = std::min(dropout_block, count - start);
      const Keys keys = keys_of(dropout.seed, block);
      if (narrow) {
        drop_bf16(
            base ? static_cast<const BFloat *>(base) + start : nullptr, static_cast<const BFloat *>(from) + start,
            static_cast<BFloat *>(into) + start, size, dropout, keys);
      } else {
        drop_fp32(
            base ? static_cast<const float *>(base) + start : nullptr, static_cast<const float *>(from) + start,
            static_cast<float *>(into) + start, size, dropout, keys);
      }
    }
  });
  return output;
}

struct DropoutAdd : torch::autograd::Function<DropoutAdd> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const std::optional<at::Tensor> &residual, const at::Tensor &branch,
      double probability) {
    const auto seed = draw_seed();
    context->saved_data["seed"] = static_cast<int64_t>(seed);
    context->saved_data["probability"] = probability;
    context->saved_data["adds"] = residual.has_value();
    return dropped(
        residual ? residual->contiguous() : at::Tensor(), branch.contiguous(), Dropout(probability, seed));
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list outer) {
    const Dropout dropout(
        context->saved_data["probability"].toDouble(), static_cast<uint64_t>(context->saved_data["seed"].toInt()));
    const auto to_residual = context->saved_data["adds"].toBool() ? outer[0] : at::Tensor();
    return {to_residual, dropped(at::Tensor(), outer[0].contiguous(), dropout), at::Tensor()};
  }
};

bool is_for_us(const at::Tensor &tensor, double probability) {
  const auto type = tensor.scalar_type();
  return tensor.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16) && probability < 1;
}

}  // namespace

ct_tensor ct_dropout_add(ct_tensor residual, ct_tensor branch, double probability) {
  return guarded([&]() -> at::Tensor {
    const auto &base = unbox(residual);
    const auto &added = unbox(branch);
    if (!is_for_us(added, probability) || base.scalar_type() != added.scalar_type() || base.sizes() != added.sizes()) {
      return base + at::dropout(added, probability, true);
    }
    return DropoutAdd::apply(std::optional<at::Tensor>(base), added, probability);
  });
}
ct_tensor ct_dropout_fast(ct_tensor input, double probability) {
  return guarded([&]() -> at::Tensor {
    if (!is_for_us(unbox(input), probability)) return at::dropout(unbox(input), probability, true);
    return DropoutAdd::apply(std::optional<at::Tensor>(), unbox(input), probability);
  });
}
