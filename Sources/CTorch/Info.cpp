#include "Guard.hpp"

using namespace ctorch;

void ct_free(ct_tensor self) { delete self; }
ct_tensor ct_share(ct_tensor self) {
  return guarded([&] { return unbox(self); });
}
size_t ct_rank(ct_tensor self) { return static_cast<size_t>(unbox(self).dim()); }
int64_t ct_size(ct_tensor self, size_t dimension) { return unbox(self).sizes()[dimension]; }
int64_t ct_count(ct_tensor self) { return unbox(self).numel(); }
int ct_dtype_of(ct_tensor self) { return dtype_code(unbox(self).scalar_type()); }
ct_device ct_device_of(ct_tensor self) {
  auto device = unbox(self).device();
  int32_t kind = device.is_cpu() ? CT_CPU : device.is_cuda() ? CT_CUDA : device.is_mps() ? CT_MPS : CT_OTHER_DEVICE;
  return {kind, device.has_index() ? device.index() : 0};
}
bool ct_is_contiguous(ct_tensor self) { return unbox(self).is_contiguous(); }
void *ct_data(ct_tensor self) { return unbox(self).is_cpu() ? unbox(self).data_ptr() : nullptr; }
bool ct_shares_storage(ct_tensor a, ct_tensor b) { return unbox(a).is_alias_of(unbox(b)); }
int ct_read(ct_tensor self, void *into, size_t bytes) {
  return status([&] {
    auto source = unbox(self).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(source.nbytes() == bytes, "read of ", bytes, " bytes from a tensor of ", source.nbytes());
    if (bytes > 0) std::memcpy(into, source.data_ptr(), bytes);
  });
}
int ct_item(ct_tensor self, double *value) {
  return status([&] { *value = unbox(self).item().toDouble(); });
}
int ct_item_int(ct_tensor self, int64_t *value) {
  return status([&] { *value = unbox(self).item().toLong(); });
}
