#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>

#include "Guard.hpp"

using namespace ctorch;

ct_tensor ct_from_data(const void *data, const int64_t *shape, size_t rank, int dtype) {
  return guarded([&] {
    auto tensor = at::empty(shape_of(shape, rank), at::TensorOptions().dtype(scalar_type(dtype)));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    return tensor;
  });
}
ct_tensor ct_from_borrowed(
    void *data, const int64_t *shape, size_t rank, int dtype, void *context, ct_release release) {
  return guarded([&] {
    return at::from_blob(
        data, shape_of(shape, rank), [context, release](void *) { release(context); },
        at::TensorOptions().dtype(scalar_type(dtype)));
  });
}
ct_tensor ct_empty(const int64_t *shape, size_t rank, int dtype, ct_device device) {
  return guarded([&] { return at::empty(shape_of(shape, rank), options(dtype, device)); });
}
ct_tensor ct_full(const int64_t *shape, size_t rank, double value, int dtype, ct_device device) {
  return guarded([&] { return at::full(shape_of(shape, rank), value, options(dtype, device)); });
}
ct_tensor ct_arange(int64_t start, int64_t end, int64_t step, int dtype, ct_device device) {
  return guarded([&] { return at::arange(start, end, step, options(dtype, device)); });
}
/// The generator that fills tensors of a device.
static std::optional<at::Generator> own(ct_device device) {
  return torch_device(device).is_cpu() ? std::optional<at::Generator>(generator()) : std::nullopt;
}
ct_tensor ct_normal(const int64_t *shape, size_t rank, double mean, double deviation, int dtype, ct_device device) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    return at::empty(shape_of(shape, rank), options(dtype, device)).normal_(mean, deviation, own(device));
  });
}
ct_tensor ct_uniform(const int64_t *shape, size_t rank, double low, double high, int dtype, ct_device device) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    return at::empty(shape_of(shape, rank), options(dtype, device)).uniform_(low, high, own(device));
  });
}
ct_tensor ct_like(ct_tensor self, double value) {
  return guarded([&] { return at::full_like(unbox(self), value); });
}
