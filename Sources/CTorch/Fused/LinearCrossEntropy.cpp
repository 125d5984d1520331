// The output layer and its cross-entropy, by chunks of rows: the logits of a whole batch never exist.
//
// For a row with hidden state h, target t and coefficient c: z = scale·W·h + b, p = softmax(z), (with a cap
// z = cap·tanh(scale·W·h / cap), and the slope 1 - (z / cap)² of that is multiplied to dz)
//   loss = (1 - s)·(-log p[t]) + s·mean over v of (-log p[v])
//   d(c·loss)/dz = c·(p - (1 - s)·onehot(t) - s/V)
// The gradients are computed with the loss, while a chunk's logits are at hand, and only multiplied later.
#include <torch/csrc/autograd/custom_function.h>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "../Guard.hpp"
#include "../Kernels/Parallel.hpp"
#include "../Kernels/Vectored.hpp"
#include "Product.hpp"

using namespace ctorch;

namespace {

constexpr int64_t ignored = -100;

struct Row {
  int64_t classes;
  int64_t target;
  float coefficient;
  float smoothing;
  bool wants_gradient;
};

template <class Element>
CT_INLINE void cross_entropy_row(Element *logits, const float *bias, const Row &row, double *loss) {
  const int64_t count = row.classes;
  float greatest = -3.4e38f;
  if (bias) {
    for (int64_t i = 0; i < count; i++) store(logits[i], load(logits[i]) + bias[i]);
  }
  {
#pragma clang fp reassociate(on)
    for (int64_t i = 0; i < count; i++) {
      const float value = load(logits[i]);
      greatest = value > greatest ? value : greatest;
    }
  }
  // Sums of at most 4,096 exponentials in fp32, those in double precision.
  double sum = 0;
  double plain = 0;
  for (int64_t start = 0; start < count; start += 4096) {
    const int64_t end = start + 4096 < count ? start + 4096 : count;
    float part = 0;
    float plain_part = 0;
    {
#pragma clang fp reassociate(on)
      for (int64_t i = start; i < end; i++) {
        const float value = load(logits[i]) - greatest;
        part += exponential(value);
        plain_part += value;
      }
    }
    sum += part;
    plain += plain_part;
  }
  const double log_sum = __builtin_log(sum);
  const double aimed = static_cast<double>(load(logits[row.target]) - greatest);
  *loss = log_sum - (1 - row.smoothing) * aimed - row.smoothing * plain / static_cast<double>(count);
  if (!row.wants_gradient) return;
  const float factor = static_cast<float>(row.coefficient / sum);
  const float spread = row.coefficient * row.smoothing / static_cast<float>(count);
  const float at_target = static_cast<float>(
      row.coefficient * (__builtin_exp(aimed) / sum - (1 - row.smoothing)) - spread);
  for (int64_t i = 0; i < count; i++) {
    store(logits[i], exponential(load(logits[i]) - greatest) * factor - spread);
  }
  store(logits[row.target], at_target);
}

CT_VECTORED(row_fp32, (float *logits, const float *bias, const Row &row, double *loss), (logits, bias, row, loss)) {
  cross_entropy_row(logits, bias, row, loss);
}
CT_VECTORED(row_bf16, (BFloat *logits, const float *bias, const Row &row, double *loss), (logits, bias, row, loss)) {
  cross_entropy_row(logits, bias, row, loss);
}

/// Turns a chunk's logits into losses and, where wanted, into the gradients of the weighted loss.
void chunk_on_cpu(
    at::Tensor &logits, const float *bias, const int64_t *targets, const float *coefficients, double smoothing,
    bool wants_gradient, double *losses) {
  const int64_t classes = logits.size(1);
  const bool narrow = logits.scalar_type() == at::kBFloat16;
  auto *data = static_cast<char *>(logits.data_ptr());
  const int64_t bytes = classes * (narrow ? 2 : 4);
  parallel(logits.size(0), 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const Row row{classes, targets[i], coefficients[i], static_cast<float>(smoothing), wants_gradient};
      if (narrow) row_bf16(reinterpret_cast<BFloat *>(data + i * bytes), bias, row, losses + i);
      else row_fp32(reinterpret_cast<float *>(data + i * bytes), bias, row, losses + i);
    }
  });
}

/// The same in libtorch's own operations, for other devices and types.
at::Tensor chunk_composed(
    at::Tensor &logits, const std::optional<at::Tensor> &bias, const at::Tensor &targets,
    const at::Tensor &coefficients, double smoothing, bool wants_gradient) {
  auto wide = logits.to(at::kFloat);
  if (bias) wide = wide + bias->to(at::kFloat);
  auto logs = at::log_softmax(wide, -1);
  auto places = targets.unsqueeze(1);
  auto losses = logs.gather(1, places).squeeze(1).mul_(-(1 - smoothing));
  if (smoothing > 0) losses.sub_(logs.mean(-1), smoothing);
  if (wants_gradient) {
    auto gradient = logs.exp_();
    gradient.scatter_add_(1, places, at::full_like(places, -(1 - smoothing), gradient.options()));
    if (smoothing > 0) gradient.sub_(smoothing / static_cast<double>(logits.size(1)));
    logits.copy_(gradient.mul_(coefficients.unsqueeze(1)));
  }
  return losses;
}

struct Problem {
  at::Tensor hidden;   // [N, D]
  at::Tensor weight;   // [V, D]
  std::optional<at::Tensor> bias;
  at::Tensor targets;  // [N], whole numbers
  at::Tensor coefficients;
  double scale, cap, smoothing;
  int64_t chunk;
  bool wants_hidden, wants_weight, wants_bias;
};

struct Solution {
  at::Tensor losses;  // [N], fp32, 0 for ignored rows
  at::Tensor hidden, weight, bias;
};

Solution solve(const Problem &problem) {
  at::NoGradGuard no_grad;
  const int64_t classes = problem.weight.size(0);
  const int64_t rows = problem.hidden.size(0);
  const bool wants_any = problem.wants_hidden || problem.wants_weight || problem.wants_bias;
  Solution solution;
  solution.losses = at::zeros({rows}, problem.hidden.options().dtype(at::kFloat));

  // Rows that count nothing are left out before the product, not after.
  auto counting = problem.targets.ne(ignored).logical_and(problem.coefficients.ne(0));
  auto places = counting.nonzero().squeeze(1);
  const int64_t count = places.size(0);
  const bool whole = count == rows;
  auto hidden = (whole ? problem.hidden : problem.hidden.index_select(0, places)).contiguous();
  auto targets = (whole ? problem.targets : problem.targets.index_select(0, places)).contiguous();
  auto coefficients =
      (whole ? problem.coefficients : problem.coefficients.index_select(0, places)).to(at::kFloat).contiguous();
  if (count > 0) {
    const auto least = targets.min().item<int64_t>();
    const auto greatest = targets.max().item<int64_t>();
    TORCH_CHECK(least >= 0 && greatest < classes, "a target outside 0..<", classes, ": ", least < 0 ? least : greatest);
  }

  const auto type = hidden.scalar_type();
  const bool on_cpu = hidden.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16);
  // Chunks of about 16 million logits: 64 MB in fp32.
  int64_t chunk = problem.chunk > 0 ? problem.chunk : std::max<int64_t>(64, (int64_t(1) << 24) / classes);
  // Equal chunks rather than a small rest.
  if (count > 0) chunk = (count + (count + chunk - 1) / chunk - 1) / ((count + chunk - 1) / chunk);

  at::Tensor hidden_gradient;
  if (problem.wants_hidden) hidden_gradient = at::empty_like(hidden);
  // Several chunks' weight gradients add up in fp32, whatever the weights' own type.
  const bool adds_up = count > chunk && type != at::kFloat;
  at::Tensor weight_gradient;
  if (problem.wants_weight) {
    weight_gradient = at::empty(problem.weight.sizes(), problem.weight.options().dtype(adds_up ? at::kFloat : type));
    if (count == 0) weight_gradient.zero_();
  }
  at::Tensor bias_gradient;
  if (problem.wants_bias) bias_gradient = at::zeros({classes}, problem.weight.options().dtype(at::kFloat));
  at::Tensor wide_bias;
  if (problem.bias) wide_bias = problem.bias->to(at::kFloat).contiguous();

  at::Tensor buffer;
  std::vector<double> chunk_losses(on_cpu ? count : 0);
  std::vector<at::Tensor> composed_losses;
  const auto transposed = problem.weight.t();
  for (int64_t start = 0; start < count; start += chunk) {
    const int64_t size = std::min(chunk, count - start);
    auto states = hidden.narrow(0, start, size);
    const bool by_product = problem.scale == 1 && takes_product(states, problem.weight);
    at::Tensor logits;
    if (!by_product) {
      if (!buffer.defined()) buffer = at::empty({chunk, classes}, hidden.options());
      logits = buffer.narrow(0, 0, size);
    }
    if (by_product) logits = product(states, problem.weight);
    else if (problem.scale == 1) at::mm_out(logits, states, transposed);
    else logits.addmm_(states, transposed, 0, problem.scale);
    at::Tensor slopes;
    if (problem.cap > 0) {
      logits.div_(problem.cap).tanh_();
      if (wants_any) slopes = logits.square().neg_().add_(1);
      logits.mul_(problem.cap);
    }
    if (on_cpu) {
      chunk_on_cpu(
          logits, problem.bias ? wide_bias.const_data_ptr<float>() : nullptr,
          targets.const_data_ptr<int64_t>() + start, coefficients.const_data_ptr<float>() + start, problem.smoothing,
          wants_any, chunk_losses.data() + start);
    } else {
      composed_losses.push_back(chunk_composed(
          logits, problem.bias, targets.narrow(0, start, size), coefficients.narrow(0, start, size),
          problem.smoothing, wants_any));
    }
    if (slopes.defined()) logits.mul_(slopes);
    if (problem.wants_hidden) {
      auto part = hidden_gradient.narrow(0, start, size);
      if (by_product) part.copy_(product(logits, problem.weight.t()));
      else if (problem.scale == 1) at::mm_out(part, logits, problem.weight);
      else part.addmm_(logits, problem.weight, 0, problem.scale);
    }
    if (problem.wants_weight) {
      if (adds_up) {
        auto part = at::mm(logits.t(), states);
        if (start == 0) weight_gradient.copy_(part).mul_(problem.scale);
        else weight_gradient.add_(part, problem.scale);
      } else if (start == 0 && problem.scale == 1) {
        at::mm_out(weight_gradient, logits.t(), states);
      } else {
        weight_gradient.addmm_(logits.t(), states, start == 0 ? 0 : 1, problem.scale);
      }
    }
    if (problem.wants_bias) bias_gradient.add_(logits.sum(0, false, at::kFloat));
  }

  at::Tensor losses;
  if (on_cpu) {
    losses = at::empty({count}, at::kFloat);
    auto *into = losses.mutable_data_ptr<float>();
    for (int64_t i = 0; i < count; i++) into[i] = static_cast<float>(chunk_losses[i]);
  } else if (count > 0) {
    losses = at::cat(composed_losses);
  }
  if (whole) solution.losses = losses.defined() ? losses : solution.losses;
  else if (count > 0) solution.losses.index_copy_(0, places, losses);
  if (problem.wants_hidden) {
    solution.hidden = whole ? hidden_gradient
                            : at::zeros_like(problem.hidden).index_copy_(0, places, hidden_gradient);
  }
  if (problem.wants_weight) solution.weight = weight_gradient.to(problem.weight.scalar_type());
  if (problem.wants_bias) solution.bias = bias_gradient.to(problem.bias->scalar_type());
  return solution;
}

/// The sum, with its gradients, and the rows' losses.
struct LinearCrossEntropy : torch::autograd::Function<LinearCrossEntropy> {
  static torch::autograd::variable_list forward(
      torch::autograd::AutogradContext *context, const at::Tensor &hidden, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias, const at::Tensor &targets, const at::Tensor &coefficients, double scale,
      double cap, double smoothing, int64_t chunk, bool records) {
    Problem problem{hidden, weight, bias, targets, coefficients, scale, cap, smoothing, chunk, false, false, false};
    problem.wants_hidden = records && hidden.requires_grad();
    problem.wants_weight = records && weight.requires_grad();
    problem.wants_bias = records && bias && bias->requires_grad();
    auto solution = solve(problem);
    context->saved_data["hidden"] = solution.hidden;
    context->saved_data["weight"] = solution.weight;
    context->saved_data["bias"] = solution.bias;
    auto counting = at::where(targets.eq(ignored), at::zeros_like(coefficients), coefficients);
    context->mark_non_differentiable({solution.losses});
    return {(solution.losses.to(at::kDouble) * counting.to(at::kDouble)).sum().to(at::kFloat), solution.losses};
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list outer) {
    const bool plain = outer[0].device().is_cpu() && outer[0].item<float>() == 1;
    torch::autograd::variable_list gradients(10);
    int index = 0;
    for (const char *name : {"hidden", "weight", "bias"}) {
      // Given away, not copied: a gradient that nobody else holds is taken over as it is.
      auto value = std::move(context->saved_data[name]);
      context->saved_data[name] = c10::IValue();
      auto &gradient = gradients[index++];
      if (value.isNone()) continue;
      gradient = std::move(value).toTensor();
      if (gradient.defined() && !plain) gradient = gradient.mul_(outer[0].to(gradient.scalar_type()));
    }
    return gradients;
  }
};

}  // namespace

ct_tensor ct_linear_cross_entropy(
    ct_tensor hidden, ct_tensor weight, ct_tensor bias, ct_tensor targets, ct_tensor coefficients, double scale,
    double cap, double smoothing, int64_t chunk, ct_tensor *losses) {
  return guarded([&] {
    TORCH_CHECK(cap == 0 || !bias, "a capped head has no bias");
    auto made = LinearCrossEntropy::apply(
        unbox(hidden), unbox(weight), unbox_optional(bias), unbox(targets), unbox(coefficients), scale, cap,
        smoothing, chunk, at::GradMode::is_enabled());
    if (losses) *losses = box(made[1]);
    return made[0];
  });
}

ct_tensor ct_linear_token_losses(
    ct_tensor hidden, ct_tensor weight, ct_tensor bias, ct_tensor targets, double scale, double cap,
    double smoothing, int64_t chunk) {
  return guarded([&] {
    TORCH_CHECK(cap == 0 || !bias, "a capped head has no bias");
    auto ones = at::ones_like(unbox(targets), unbox(hidden).options().dtype(at::kFloat));
    Problem problem{unbox(hidden), unbox(weight), unbox_optional(bias), unbox(targets), ones, scale, cap, smoothing, chunk,
                    false, false, false};
    return solve(problem).losses;
  });
}
