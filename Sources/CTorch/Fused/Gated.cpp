// activation(gate) · up (Shazeer, GLU Variants Improve Transformer, 2020), with dropout on it where asked for.
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "../Guard.hpp"
#include "../Kernels/Parallel.hpp"
#include "Random.hpp"

using namespace ctorch;

namespace {

// In the order of ctorch.h.
enum Activation { relu = 0, gelu = 1, gelu_tanh = 2, silu = 3 };

struct Curve {
  float value, slope;
};

template <Activation activation>
CT_INLINE Curve curve(float x) {
  if constexpr (activation == relu) return {x > 0 ? x : 0, x > 0 ? 1.0f : 0.0f};
  if constexpr (activation == silu) {
    const float share = 1 / (1 + exponential(-x));
    return {x * share, share * (1 + x * (1 - share))};
  }
  // x/2 · (1 + tanh u) with u = √(2/π)·(x + 0.044715·x³), which is x · sigmoid(2u).
  const float square = x * x;
  const float u2 = 1.5957691216f * x * (1 + 0.044715f * square);
  const float share = 1 / (1 + exponential(-u2));
  return {x * share, share + x * share * (1 - share) * 1.5957691216f * (1 + 0.134145f * square)};
}

template <Activation activation, class Element>
CT_INLINE void forward_block(
    const Element *__restrict gate, const Element *__restrict up, Element *__restrict output, int64_t count,
    const Dropout &dropout, Keys keys) {
  const Dropout d = dropout;
  if (d.threshold) {
    for (int64_t i = 0; i < count; i++) {
      store(output[i], curve<activation>(load(gate[i])).value * load(up[i]) * kept(d, keys, static_cast<uint32_t>(i)));
    }
  } else {
    for (int64_t i = 0; i < count; i++) store(output[i], curve<activation>(load(gate[i])).value * load(up[i]));
  }
}

template <Activation activation, class Element>
CT_INLINE void backward_block(
    const Element *__restrict gate, const Element *__restrict up, const Element *__restrict outer,
    Element *__restrict to_gate, Element *__restrict to_up, int64_t count, const Dropout &dropout, Keys keys) {
  const Dropout d = dropout;
  for (int64_t i = 0; i < count; i++) {
    const float slope = load(outer[i]) * (d.threshold ? kept(d, keys, static_cast<uint32_t>(i)) : 1.0f);
    const Curve c = curve<activation>(load(gate[i]));
    store(to_gate[i], slope * load(up[i]) * c.slope);
    store(to_up[i], slope * c.value);
  }
}

#define CT_GATE(kind, suffix, Element)                                                                                \
  CT_VECTORED(                                                                                                        \
      kind##_forward_##suffix,                                                                                        \
      (const Element *gate, const Element *up, Element *output, int64_t count, const Dropout &dropout, Keys keys),    \
      (gate, up, output, count, dropout, keys)) {                                                                     \
    forward_block<kind>(gate, up, output, count, dropout, keys);                                                      \
  }                                                                                                                   \
  CT_VECTORED(                                                                                                        \
      kind##_backward_##suffix,                                                                                       \
      (const Element *gate, const Element *up, const Element *outer, Element *to_gate, Element *to_up, int64_t count, \
       const Dropout &dropout, Keys keys),                                                                            \
      (gate, up, outer, to_gate, to_up, count, dropout, keys)) {                                                      \
    backward_block<kind>(gate, up, outer, to_gate, to_up, count, dropout, keys);                                      \
  }

CT_GATE(relu, fp32, float)
CT_GATE(relu, bf16, BFloat)
CT_GATE(gelu_tanh, fp32, float)
CT_GATE(gelu_tanh, bf16, BFloat)
CT_GATE(silu, fp32, float)
CT_GATE(silu, bf16, BFloat)

/// Calls `body(start, size, keys)` for the blocks of `count` elements.
template <class Body>
void in_blocks(int64_t count, const Dropout &dropout, const Body &body) {
  parallel((count + dropout_block - 1) / dropout_block, 2, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; block++) {
      const int64_t start = block * dropout_block;
      body(start, std::min(dropout_block, count - start), keys_of(dropout.seed, block));
    }
  });
}

template <class Element>
void forward_all(int activation, const at::Tensor &gate, const at::Tensor &up, at::Tensor &output, const Dropout &d) {
  const auto *g = static_cast<const Element *>(gate.const_data_ptr());
  const auto *u = static_cast<const Element *>(up.const_data_ptr());
  auto *out = static_cast<Element *>(output.data_ptr());
  in_blocks(gate.numel(), d, [&](int64_t at, int64_t size, Keys keys) {
    if constexpr (sizeof(Element) == 4) {
      if (activation == relu) relu_forward_fp32(g + at, u + at, out + at, size, d, keys);
      else if (activation == silu) silu_forward_fp32(g + at, u + at, out + at, size, d, keys);
      else gelu_tanh_forward_fp32(g + at, u + at, out + at, size, d, keys);
    } else {
      if (activation == relu) relu_forward_bf16(g + at, u + at, out + at, size, d, keys);
      else if (activation == silu) silu_forward_bf16(g + at, u + at, out + at, size, d, keys);
      else gelu_tanh_forward_bf16(g + at, u + at, out + at, size, d, keys);
    }
  });
}

template <class Element>
void backward_all(
    int activation, const at::Tensor &gate, const at::Tensor &up, const at::Tensor &outer, at::Tensor &to_gate,
    at::Tensor &to_up, const Dropout &d) {
  const auto *g = static_cast<const Element *>(gate.const_data_ptr());
  const auto *u = static_cast<const Element *>(up.const_data_ptr());
  const auto *o = static_cast<const Element *>(outer.const_data_ptr());
  auto *dg = static_cast<Element *>(to_gate.data_ptr());
  auto *du = static_cast<Element *>(to_up.data_ptr());
  in_blocks(gate.numel(), d, [&](int64_t at, int64_t size, Keys keys) {
    if constexpr (sizeof(Element) == 4) {
      if (activation == relu) relu_backward_fp32(g + at, u + at, o + at, dg + at, du + at, size, d, keys);
      else if (activation == silu) silu_backward_fp32(g + at, u + at, o + at, dg + at, du + at, size, d, keys);
      else gelu_tanh_backward_fp32(g + at, u + at, o + at, dg + at, du + at, size, d, keys);
    } else {
      if (activation == relu) relu_backward_bf16(g + at, u + at, o + at, dg + at, du + at, size, d, keys);
      else if (activation == silu) silu_backward_bf16(g + at, u + at, o + at, dg + at, du + at, size, d, keys);
      else gelu_tanh_backward_bf16(g + at, u + at, o + at, dg + at, du + at, size, d, keys);
    }
  });
}

struct Gated : torch::autograd::Function<Gated> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &given_gate, const at::Tensor &given_up,
      int64_t activation, double probability) {
    const auto gate = given_gate.contiguous(), up = given_up.contiguous();
    const uint64_t seed = probability > 0 ? draw_seed() : 0;
    const Dropout dropout(probability, seed);
    auto output = at::empty_like(gate);
    if (gate.scalar_type() == at::kFloat) forward_all<float>(activation, gate, up, output, dropout);
    else forward_all<BFloat>(activation, gate, up, output, dropout);
    context->save_for_backward({gate, up});
    context->saved_data["activation"] = activation;
    context->saved_data["probability"] = probability;
    context->saved_data["seed"] = static_cast<int64_t>(seed);
    return output;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list outer) {
    const auto saved = context->get_saved_variables();
    const Dropout dropout(
        context->saved_data["probability"].toDouble(), static_cast<uint64_t>(context->saved_data["seed"].toInt()));
    const auto activation = static_cast<int>(context->saved_data["activation"].toInt());
    const auto slopes = outer[0].contiguous();
    auto to_gate = at::empty_like(saved[0]), to_up = at::empty_like(saved[0]);
    if (saved[0].scalar_type() == at::kFloat) {
      backward_all<float>(activation, saved[0], saved[1], slopes, to_gate, to_up, dropout);
    } else {
      backward_all<BFloat>(activation, saved[0], saved[1], slopes, to_gate, to_up, dropout);
    }
    return {to_gate, to_up, at::Tensor(), at::Tensor()};
  }
};

at::Tensor composed(const at::Tensor &gate, const at::Tensor &up, int activation, double probability) {
  at::Tensor active;
  switch (activation) {
    case relu: active = at::relu(gate); break;
    case gelu: active = at::gelu(gate); break;
    case gelu_tanh: active = at::gelu(gate, "tanh"); break;
    case silu: active = at::silu(gate); break;
    default: TORCH_CHECK(false, "an unknown activation, code ", activation);
  }
  return at::dropout(active * up, probability, probability > 0);
}

}  // namespace

ct_tensor ct_gated_activation(ct_tensor gate_box, ct_tensor up_box, int activation, double dropout) {
  return guarded([&]() -> at::Tensor {
    const auto &gate = unbox(gate_box), &up = unbox(up_box);
    const auto type = gate.scalar_type();
    const bool ours = gate.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16) &&
                      up.scalar_type() == type && up.sizes() == gate.sizes() && activation != gelu && dropout < 1;
    if (!ours) return composed(gate, up, activation, dropout);
    return Gated::apply(gate, up, activation, dropout);
  });
}
