// One step of AdamW (Loshchilov and Hutter 2019) in one pass over a parameter, its gradient and its two moments.
#include <cmath>

#include "../Guard.hpp"
#include "Parallel.hpp"
#include "Vectored.hpp"

using namespace ctorch;

namespace {

struct Step {
  float kept;             // 1 - rate·decay
  float beta1, rest1;     // β₁, 1 - β₁
  float beta2, rest2;
  float size;             // rate / (1 - β₁ᵗ)
  float root_correction;  // 1 / √(1 - β₂ᵗ)
  float epsilon;
  float gradient_scale;
};

/// `parameter` is written from `master` where there is one, and from itself where both are the same memory.
template <class Parameter, class Gradient, class Master>
CT_INLINE void update(
    Parameter *__restrict parameter, Master *__restrict master, const Gradient *__restrict gradient,
    float *__restrict first, float *__restrict second, int64_t count, const Step &step) {
  const Step s = step;
  for (int64_t i = 0; i < count; i++) {
    const float g = load(gradient[i]) * s.gradient_scale;
    const float m = s.beta1 * first[i] + s.rest1 * g;
    const float v = s.beta2 * second[i] + s.rest2 * g * g;
    first[i] = m;
    second[i] = v;
    const float before = master ? load(master[i]) : load(parameter[i]);
    const float after = before * s.kept - s.size * m / (__builtin_sqrtf(v) * s.root_correction + s.epsilon);
    if (master) store(master[i], after);
    store(parameter[i], after);
  }
}

#define CT_UPDATE(name, Parameter, Gradient)                                                                          \
  CT_VECTORED(                                                                                                        \
      name,                                                                                                           \
      (Parameter * parameter, float *master, const Gradient *gradient, float *first, float *second, int64_t count,    \
       const Step &step),                                                                                             \
      (parameter, master, gradient, first, second, count, step)) {                                                    \
    if (master) update(parameter, master, gradient, first, second, count, step);                                      \
    else update(parameter, static_cast<float *>(nullptr), gradient, first, second, count, step);                      \
  }

CT_UPDATE(update_fp32, float, float)
CT_UPDATE(update_bf16, BFloat, BFloat)
CT_UPDATE(update_bf16_wide_gradient, BFloat, float)

void step_composed(
    at::Tensor parameter, const std::optional<at::Tensor> &master, const at::Tensor &gradient, at::Tensor first,
    at::Tensor second, const Step &s) {
  auto g = gradient.to(at::kFloat) * s.gradient_scale;
  first.mul_(s.beta1).add_(g, s.rest1);
  second.mul_(s.beta2).addcmul_(g, g, s.rest2);
  auto target = master ? *master : parameter.to(at::kFloat);
  target.mul_(s.kept).addcdiv_(first, second.sqrt().mul_(s.root_correction).add_(s.epsilon), -s.size);
  if (!target.is_same(parameter)) parameter.copy_(target);
}

bool lies_plain(const at::Tensor &tensor) { return tensor.device().is_cpu() && tensor.is_contiguous(); }

}  // namespace

int ct_adamw_step(
    ct_tensor parameter_box, ct_tensor master_box, ct_tensor gradient_box, ct_tensor first_box, ct_tensor second_box,
    double rate, double beta1, double beta2, double epsilon, double decay, double correction1, double correction2,
    double gradient_scale) {
  return status([&] {
    at::NoGradGuard no_grad;
    const auto &parameter = unbox(parameter_box);
    const auto master = unbox_optional(master_box);
    const auto gradient = unbox(gradient_box).contiguous();
    const auto &first = unbox(first_box), &second = unbox(second_box);
    for (const auto &other : {gradient, first, second, master ? *master : first}) {
      TORCH_CHECK(other.sizes() == parameter.sizes(), "AdamW: ", other.sizes(), " beside ", parameter.sizes());
    }
    TORCH_CHECK(
        first.scalar_type() == at::kFloat && second.scalar_type() == at::kFloat &&
            (!master || master->scalar_type() == at::kFloat),
        "AdamW: moments and masters are kept in fp32");
    const Step step{
        static_cast<float>(1 - rate * decay), static_cast<float>(beta1), static_cast<float>(1 - beta1),
        static_cast<float>(beta2), static_cast<float>(1 - beta2), static_cast<float>(rate / correction1),
        static_cast<float>(1 / std::sqrt(correction2)), static_cast<float>(epsilon),
        static_cast<float>(gradient_scale)};
    const bool narrow = parameter.scalar_type() == at::kBFloat16;
    const bool narrow_gradient = gradient.scalar_type() == at::kBFloat16;
    const bool known = (parameter.scalar_type() == at::kFloat && gradient.scalar_type() == at::kFloat) ||
                       (narrow && (narrow_gradient || gradient.scalar_type() == at::kFloat));
    if (!known || !lies_plain(parameter) || !lies_plain(gradient) || !lies_plain(first) || !lies_plain(second) ||
        (master && !lies_plain(*master))) {
      return step_composed(parameter, master, gradient, first, second, step);
    }
    void *p = parameter.data_ptr();
    const void *g = gradient.const_data_ptr();
    auto *m = first.mutable_data_ptr<float>();
    auto *v = second.mutable_data_ptr<float>();
    auto *w = master ? master->mutable_data_ptr<float>() : nullptr;
    parallel(parameter.numel(), 1 << 16, [&](int64_t begin, int64_t end) {
      const int64_t count = end - begin;
      auto *masters = w ? w + begin : nullptr;
      if (!narrow) {
        update_fp32(
            static_cast<float *>(p) + begin, masters, static_cast<const float *>(g) + begin, m + begin, v + begin,
            count, step);
      } else if (narrow_gradient) {
        update_bf16(
            static_cast<BFloat *>(p) + begin, masters, static_cast<const BFloat *>(g) + begin, m + begin, v + begin,
            count, step);
      } else {
        update_bf16_wide_gradient(
            static_cast<BFloat *>(p) + begin, masters, static_cast<const float *>(g) + begin, m + begin, v + begin,
            count, step);
      }
    });
    parameter.unsafeGetTensorImpl()->bump_version();
  });
}
