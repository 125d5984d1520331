#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <atomic>

#include "Guard.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

using namespace ctorch;

static std::atomic<bool> gives_back{false};

void ct_keep_freed_memory(void) {
#if defined(__GLIBC__)
  static const bool kept = !gives_back && mallopt(M_MMAP_THRESHOLD, 1 << 30) && mallopt(M_TRIM_THRESHOLD, 2'000'000'000) &&
                           mallopt(M_TOP_PAD, 64 << 20);
  (void)kept;
#endif
}

void ct_give_back_freed_memory(void) {
#if defined(__GLIBC__)
  gives_back = true;
  static const bool given = mallopt(M_MMAP_THRESHOLD, 1 << 20) && mallopt(M_TRIM_THRESHOLD, 1 << 20);
  (void)given;
#endif
}

bool ct_requires_grad(ct_tensor self) { return unbox(self).requires_grad(); }
int ct_set_requires_grad(ct_tensor self, bool on) {
  return status([&] { self->tensor.requires_grad_(on); });
}
int ct_backward(ct_tensor self, ct_tensor gradient, bool keep_graph) {
  ct_keep_freed_memory();
  return status([&] {
    torch::autograd::backward({unbox(self)}, {gradient ? unbox(gradient) : at::Tensor()}, keep_graph);
  });
}
ct_tensor ct_grad(ct_tensor self) {
  auto &gradient = unbox(self).grad();
  return gradient.defined() ? box(gradient) : nullptr;
}
int ct_set_grad(ct_tensor self, ct_tensor gradient) {
  return status([&] { self->tensor.mutable_grad() = gradient ? unbox(gradient) : at::Tensor(); });
}
ct_tensor ct_detach(ct_tensor self) {
  return guarded([&] { return unbox(self).detach(); });
}
