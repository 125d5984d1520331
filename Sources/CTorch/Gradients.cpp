#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include "Guard.hpp"

using namespace ctorch;

bool ct_requires_grad(ct_tensor self) { return unbox(self).requires_grad(); }
int ct_set_requires_grad(ct_tensor self, bool on) {
  return status([&] { self->tensor.requires_grad_(on); });
}
int ct_backward(ct_tensor self, ct_tensor gradient, bool keep_graph) {
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
