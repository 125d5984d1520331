// x·Wᵀ + b with what follows it done in the same pass over the output: an activation, or the residual stream.
//
// Through oneDNN, which libtorch carries; without gradients only. Everything else goes step by step.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>
#include <c10/core/GradMode.h>

#include "../Guard.hpp"
#include "../Kernels/Features.hpp"
#include "../Kernels/RowProduct.hpp"
#include "Product.hpp"

using namespace ctorch;

namespace {

using Activated = at::Tensor(
    const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view,
    c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);
using Added = at::Tensor(
    const at::Tensor &, const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view);

/// One of libtorch's operations over oneDNN's products, or nothing where this libtorch was built without it.
template <class Signature>
std::optional<c10::TypedOperatorHandle<Signature>> find(const char *overload) {
  if (!features().avx512) return std::nullopt;
  auto handle = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", overload});
  if (!handle || !handle->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
  try {
    return handle->template typed<Signature>();
  } catch (const c10::Error &) {
    return std::nullopt;  // another version of libtorch with other arguments
  }
}

/// Whether oneDNN takes this product: fp32, or bf16 where the processor multiplies it, with rows enough to be worth it.
bool suits(const at::Tensor &x, const at::Tensor &w, const std::optional<at::Tensor> &bias) {
  const auto type = x.scalar_type();
  if (c10::GradMode::is_enabled() || !x.device().is_cpu() || w.scalar_type() != type || w.dim() != 2) return false;
  if (type != at::kFloat && !(type == at::kBFloat16 && features().avx512_bf16)) return false;
  if (bias && (bias->scalar_type() != type || !bias->is_contiguous())) return false;
  return x.dim() >= 2 && x.size(-1) == w.size(1) && x.is_contiguous() && w.is_contiguous() && w.size(1) >= 16 &&
         w.size(0) >= 16 && x.numel() / w.size(1) >= 32;
}

struct Name {
  const char *attribute, *algorithm;
};

// In the order of ctorch.h.
constexpr Name names[] = {{"relu", "none"}, {"gelu", "none"}, {"gelu", "tanh"}, {"swish", "none"}};

/// residual + x·Wᵀ + b; without a residual where that is an undefined tensor.
at::Tensor product_of(
    const at::Tensor &x, const at::Tensor &w, const std::optional<at::Tensor> &bias, const at::Tensor &residual) {
  if (takes_few_rows(x, w, bias) && (!residual.defined() || residual.is_contiguous())) {
    return row_linear(x, {{w, {}, bias.value_or(at::Tensor())}}, residual)[0];
  }
  const auto output = ctorch::linear(x, w, bias);
  return residual.defined() ? residual + output : output;
}

at::Tensor composed(at::Tensor output, int activation) {
  switch (activation) {
    case -1: return output;
    case 0: return at::relu(output);
    case 1: return at::gelu(output);
    case 2: return at::gelu(output, "tanh");
    case 3: return at::silu(output);
    default: TORCH_CHECK(false, "an unknown activation, code ", activation);
  }
}

}  // namespace

ct_tensor ct_linear_activated(ct_tensor input, ct_tensor weight, ct_tensor bias_or_null, int activation) {
  return guarded([&] {
    static const auto operation = find<Activated>("");
    const auto &x = unbox(input), &w = unbox(weight);
    const auto bias = unbox_optional(bias_or_null);
    if (operation && activation <= 3 && suits(x, w, bias)) {
      const Name name = activation < 0 ? Name{"none", ""} : names[activation];
      return operation->call(x, w, bias, name.attribute, c10::List<std::optional<at::Scalar>>(), name.algorithm);
    }
    return composed(product_of(x, w, bias, at::Tensor()), activation);
  });
}

ct_tensor ct_linear_added(ct_tensor residual, ct_tensor input, ct_tensor weight, ct_tensor bias_or_null) {
  return guarded([&] {
    static const auto operation = find<Added>("binary");
    const auto &r = unbox(residual), &x = unbox(input), &w = unbox(weight);
    const auto bias = unbox_optional(bias_or_null);
    if (operation && suits(x, w, bias) && r.scalar_type() == x.scalar_type() && r.is_contiguous() &&
        r.dim() == x.dim() && r.size(-1) == w.size(0) && r.numel() / w.size(0) == x.numel() / w.size(1)) {
      return operation->call(x, r, w, bias, "add");
    }
    return product_of(x, w, bias, r);
  });
}
