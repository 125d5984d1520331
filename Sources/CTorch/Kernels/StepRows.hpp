// What the steps of a decoding program do to single rows: norms, sums and products.
#pragma once

#include "Dot.hpp"
#include "StepProgram.hpp"
#include "Vectored.hpp"

namespace ctorch {

namespace {

template <class Element>
CT_INLINE void norm_row(
    const Element *__restrict x, const Element *__restrict scale, const Element *__restrict shift,
    const Element *__restrict residual, Element *__restrict out, int64_t width, float epsilon, float offset, bool is_centred) {
  float mean = 0, sum = 0;
  {
#pragma clang fp reassociate(on)
    if (is_centred) {
      for (int64_t i = 0; i < width; i++) mean += load(x[i]);
      mean /= static_cast<float>(width);
    }
    for (int64_t i = 0; i < width; i++) sum += (load(x[i]) - mean) * (load(x[i]) - mean);
  }
  const float factor = 1 / __builtin_sqrtf(sum / static_cast<float>(width) + epsilon);
  auto normed = [&](int64_t i) { return (load(x[i]) - mean) * factor * (load(scale[i]) + offset); };
  // Four loops: one with conditions inside would look at what is not there, masked, which costs as much as a fault.
  if (shift && residual) {
    for (int64_t i = 0; i < width; i++) store(out[i], normed(i) + load(shift[i]) + load(residual[i]));
  } else if (shift) {
    for (int64_t i = 0; i < width; i++) store(out[i], normed(i) + load(shift[i]));
  } else if (residual) {
    for (int64_t i = 0; i < width; i++) store(out[i], normed(i) + load(residual[i]));
  } else {
    for (int64_t i = 0; i < width; i++) store(out[i], normed(i));
  }
}

#define CT_STEP_NORM(name, Element)                                                                                  \
  CT_VECTORED(                                                                                                       \
      name,                                                                                                          \
      (const Element *x, const Element *scale, const Element *shift, const Element *residual, Element *out,          \
       int64_t width, float epsilon, float offset, bool is_centred),                                                 \
      (x, scale, shift, residual, out, width, epsilon, offset, is_centred)) {                                        \
    norm_row(x, scale, shift, residual, out, width, epsilon, offset, is_centred);                                    \
  }

CT_STEP_NORM(norm_fp32, float)
CT_STEP_NORM(norm_bf16, BFloat)

inline const BFloat *bits(const c10::BFloat16 *data) { return reinterpret_cast<const BFloat *>(data); }

template <class Element>
const Element *data(const at::Tensor &tensor) {
  return tensor.defined() ? tensor.const_data_ptr<Element>() : nullptr;
}

void normalize(const StepNorm &norm, const float *x, const float *residual, float *out, int64_t width) {
  norm_fp32(
      x, data<float>(norm.scale), data<float>(norm.shift), residual, out, width, static_cast<float>(norm.epsilon),
      static_cast<float>(norm.offset), norm.is_centred);
}

void normalize(
    const StepNorm &norm, const c10::BFloat16 *x, const c10::BFloat16 *residual, c10::BFloat16 *out, int64_t width) {
  norm_bf16(
      bits(x), bits(data<c10::BFloat16>(norm.scale)), bits(data<c10::BFloat16>(norm.shift)), bits(residual),
      reinterpret_cast<BFloat *>(out), width, static_cast<float>(norm.epsilon), static_cast<float>(norm.offset),
      norm.is_centred);
}

/// into += factor · x.
CT_VECTORED(add_scaled, (const float *x, float factor, float *into, int64_t count), (x, factor, into, count)) {
  for (int64_t i = 0; i < count; i++) into[i] += factor * x[i];
}

}  // namespace

}  // namespace ctorch
