// The operations that change contents. They run without recording gradients: only parameters, optimisers and caches
// use them.
#include <ATen/ops/linalg_vector_norm.h>

#include "Guard.hpp"

using namespace ctorch;

int ct_copy_into(ct_tensor self, ct_tensor source) {
  return status([&] {
    at::NoGradGuard no_grad;
    self->tensor.copy_(unbox(source));
  });
}
int ct_add_into(ct_tensor self, ct_tensor other, double scale) {
  return status([&] {
    at::NoGradGuard no_grad;
    self->tensor.add_(unbox(other), scale);
  });
}
int ct_multiply_into(ct_tensor self, double factor) {
  return status([&] {
    at::NoGradGuard no_grad;
    self->tensor.mul_(factor);
  });
}
int ct_fill(ct_tensor self, double value) {
  return status([&] {
    at::NoGradGuard no_grad;
    self->tensor.fill_(value);
  });
}
int ct_index_copy_into(ct_tensor self, int64_t dimension, ct_tensor indices, ct_tensor source) {
  return status([&] {
    at::NoGradGuard no_grad;
    self->tensor.index_copy_(dimension, unbox(indices), unbox(source));
  });
}
int ct_gradient_norm(const ct_tensor *gradients, size_t count, double *norm) {
  return status([&] {
    at::NoGradGuard no_grad;
    double sum = 0;
    for (size_t index = 0; index < count; index++) {
      // The sum of squares of a whole gradient is taken in fp32 by libtorch's pairwise kernel, then in double.
      auto length = at::linalg_vector_norm(unbox(gradients[index]), 2, std::nullopt, false, at::kFloat).item<float>();
      sum += static_cast<double>(length) * length;
    }
    *norm = std::sqrt(sum);
  });
}
int ct_scale_all(const ct_tensor *tensors, size_t count, double factor) {
  return status([&] {
    at::NoGradGuard no_grad;
    for (size_t index = 0; index < count; index++) tensors[index]->tensor.mul_(factor);
  });
}
