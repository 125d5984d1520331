#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/stack.h>

#include "Guard.hpp"

using namespace ctorch;

static std::vector<at::Tensor> listed(const ct_tensor *tensors, size_t count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (size_t index = 0; index < count; index++) list.push_back(unbox(tensors[index]));
  return list;
}

ct_tensor ct_to(ct_tensor self, int dtype, ct_device device, bool copy) {
  return guarded([&] { return unbox(self).to(torch_device(device), scalar_type(dtype), false, copy); });
}
ct_tensor ct_clone(ct_tensor self) {
  return guarded([&] { return unbox(self).clone(); });
}
ct_tensor ct_contiguous(ct_tensor self) {
  return guarded([&] { return unbox(self).contiguous(); });
}
ct_tensor ct_reshape(ct_tensor self, const int64_t *shape, size_t rank) {
  return guarded([&] { return unbox(self).reshape(shape_of(shape, rank)); });
}
ct_tensor ct_expand(ct_tensor self, const int64_t *shape, size_t rank) {
  return guarded([&] { return unbox(self).expand(shape_of(shape, rank)); });
}
ct_tensor ct_permute(ct_tensor self, const int64_t *order, size_t rank) {
  return guarded([&] { return unbox(self).permute(shape_of(order, rank)); });
}
ct_tensor ct_transpose(ct_tensor self, int64_t a, int64_t b) {
  return guarded([&] { return unbox(self).transpose(a, b); });
}
ct_tensor ct_squeeze(ct_tensor self, int64_t dimension) {
  return guarded([&] { return unbox(self).squeeze(dimension); });
}
ct_tensor ct_unsqueeze(ct_tensor self, int64_t dimension) {
  return guarded([&] { return unbox(self).unsqueeze(dimension); });
}
ct_tensor ct_slice(ct_tensor self, int64_t dimension, int64_t start, int64_t end, int64_t step) {
  return guarded([&] { return at::slice(unbox(self), dimension, start, end, step); });
}
ct_tensor ct_select(ct_tensor self, int64_t dimension, int64_t index) {
  return guarded([&] { return unbox(self).select(dimension, index); });
}
ct_tensor ct_index_select(ct_tensor self, int64_t dimension, ct_tensor indices) {
  return guarded([&] { return unbox(self).index_select(dimension, unbox(indices)); });
}
ct_tensor ct_gather(ct_tensor self, int64_t dimension, ct_tensor indices) {
  return guarded([&] { return unbox(self).gather(dimension, unbox(indices)); });
}
ct_tensor ct_scatter(ct_tensor self, int64_t dimension, ct_tensor indices, ct_tensor source) {
  return guarded([&] { return unbox(self).scatter(dimension, unbox(indices), unbox(source)); });
}
ct_tensor ct_cat(const ct_tensor *tensors, size_t count, int64_t dimension) {
  return guarded([&] { return at::cat(listed(tensors, count), dimension); });
}
ct_tensor ct_stack(const ct_tensor *tensors, size_t count, int64_t dimension) {
  return guarded([&] { return at::stack(listed(tensors, count), dimension); });
}
ct_tensor ct_repeat_interleave(ct_tensor self, int64_t times, int64_t dimension) {
  return guarded([&] { return unbox(self).repeat_interleave(times, dimension); });
}
ct_tensor ct_flip(ct_tensor self, int64_t dimension) {
  return guarded([&] { return unbox(self).flip({dimension}); });
}
ct_tensor ct_pad(ct_tensor self, int64_t before, int64_t after, double value) {
  return guarded([&] { return at::constant_pad_nd(unbox(self), {before, after}, value); });
}
ct_tensor ct_triangle(ct_tensor self, int64_t diagonal, bool upper) {
  return guarded([&] { return upper ? unbox(self).triu(diagonal) : unbox(self).tril(diagonal); });
}
