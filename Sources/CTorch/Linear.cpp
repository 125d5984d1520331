#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/scaled_dot_product_attention.h>

#include "Guard.hpp"

using namespace ctorch;

ct_tensor ct_matmul(ct_tensor a, ct_tensor b) {
  return guarded([&] { return unbox(a).matmul(unbox(b)); });
}
int ct_singular_values(ct_tensor self, ct_tensor *left, ct_tensor *values, ct_tensor *right) {
  return status([&] {
    auto [u, s, v] = at::linalg_svd(unbox(self), /*full_matrices=*/false);
    *left = box(u);
    *values = box(s);
    *right = box(v);
  });
}
ct_tensor ct_embedding(ct_tensor weight, ct_tensor ids) {
  return guarded([&] { return at::embedding(unbox(weight), unbox(ids)); });
}
ct_tensor ct_layer_norm(ct_tensor input, ct_tensor weight, ct_tensor bias, double epsilon) {
  return guarded([&] {
    return at::layer_norm(
        unbox(input), {unbox(input).size(-1)}, unbox_optional(weight), unbox_optional(bias), epsilon);
  });
}
ct_tensor ct_dropout(ct_tensor input, double probability) {
  return guarded([&] { return at::dropout(unbox(input), probability, true); });
}
ct_tensor ct_scaled_dot_product_attention(
    ct_tensor query, ct_tensor key, ct_tensor value, ct_tensor mask, double dropout, bool causal, double scale) {
  return guarded([&] {
    return at::scaled_dot_product_attention(
        unbox(query), unbox(key), unbox(value), unbox_optional(mask), dropout, causal, scale);
  });
}
ct_tensor ct_cross_entropy(ct_tensor logits, ct_tensor targets, int64_t ignored, double smoothing) {
  return guarded([&] {
    return at::cross_entropy_loss(
        unbox(logits), unbox(targets), {}, at::Reduction::Sum, ignored, smoothing);
  });
}
