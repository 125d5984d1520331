#include <ATen/ops/eq.h>
#include <ATen/ops/floor_divide.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/le.h>
#include <ATen/ops/logical_and.h>
#include <ATen/ops/logical_or.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/where.h>

#include "Guard.hpp"

using namespace ctorch;

#define UNARY(name, expression)     \
  ct_tensor ct_##name(ct_tensor a) { \
    return guarded([&] { return expression; }); \
  }
#define BINARY(name, expression)                  \
  ct_tensor ct_##name(ct_tensor a, ct_tensor b) { \
    return guarded([&] { return expression; });   \
  }
#define WITH_SCALAR(name, expression)          \
  ct_tensor ct_##name(ct_tensor a, double b) { \
    return guarded([&] { return expression; }); \
  }

BINARY(add, unbox(a) + unbox(b))
BINARY(subtract, unbox(a) - unbox(b))
BINARY(multiply, unbox(a) * unbox(b))
BINARY(divide, unbox(a) / unbox(b))
BINARY(minimum, at::minimum(unbox(a), unbox(b)))
BINARY(maximum, at::maximum(unbox(a), unbox(b)))
BINARY(logical_and, at::logical_and(unbox(a), unbox(b)))
BINARY(logical_or, at::logical_or(unbox(a), unbox(b)))

// A whole number must reach an integer tensor as one, or the result would turn into floating point.
static at::Scalar scalar_for(const at::Tensor &tensor, double value) {
  if (at::isIntegralType(tensor.scalar_type(), true) && value == std::floor(value)) {
    return at::Scalar(static_cast<int64_t>(value));
  }
  return at::Scalar(value);
}

WITH_SCALAR(add_scalar, unbox(a) + scalar_for(unbox(a), b))
WITH_SCALAR(multiply_scalar, unbox(a) * scalar_for(unbox(a), b))
WITH_SCALAR(power_scalar, unbox(a).pow(scalar_for(unbox(a), b)))
WITH_SCALAR(floor_divide_scalar, at::floor_divide(unbox(a), scalar_for(unbox(a), b)))

UNARY(negate, -unbox(a))
UNARY(absolute, unbox(a).abs())
UNARY(sign, unbox(a).sign())
UNARY(exp, unbox(a).exp())
UNARY(log, unbox(a).log())
UNARY(sqrt, unbox(a).sqrt())
UNARY(rsqrt, unbox(a).rsqrt())
UNARY(cos, unbox(a).cos())
UNARY(sin, unbox(a).sin())
UNARY(tanh, unbox(a).tanh())
UNARY(sigmoid, unbox(a).sigmoid())
UNARY(relu, unbox(a).relu())
UNARY(silu, at::silu(unbox(a)))
UNARY(logical_not, unbox(a).logical_not())
UNARY(is_finite, unbox(a).isfinite())

ct_tensor ct_gelu(ct_tensor a, bool tanh_form) {
  return guarded([&] { return at::gelu(unbox(a), tanh_form ? "tanh" : "none"); });
}
ct_tensor ct_clamp(ct_tensor a, double low, double high) {
  return guarded([&] { return unbox(a).clamp(scalar_for(unbox(a), low), scalar_for(unbox(a), high)); });
}
ct_tensor ct_where(ct_tensor condition, ct_tensor yes, ct_tensor no) {
  return guarded([&] { return at::where(unbox(condition), unbox(yes), unbox(no)); });
}
ct_tensor ct_masked_fill(ct_tensor self, ct_tensor mask, double value) {
  return guarded([&] { return unbox(self).masked_fill(unbox(mask), scalar_for(unbox(self), value)); });
}

template <class Left, class Right>
static at::Tensor compared(const Left &a, const Right &b, int relation) {
  switch (relation) {
    case 0: return at::eq(a, b);
    case 1: return at::ne(a, b);
    case 2: return at::lt(a, b);
    case 3: return at::le(a, b);
    case 4: return at::gt(a, b);
    case 5: return at::ge(a, b);
    default: TORCH_CHECK(false, "an unknown relation, code ", relation);
  }
}
ct_tensor ct_compare(ct_tensor a, ct_tensor b, int relation) {
  return guarded([&] { return compared(unbox(a), unbox(b), relation); });
}
ct_tensor ct_compare_scalar(ct_tensor a, double b, int relation) {
  return guarded([&] { return compared(unbox(a), scalar_for(unbox(a), b), relation); });
}
