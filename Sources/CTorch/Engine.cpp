#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include "Guard.hpp"

namespace ctorch {

static thread_local std::string last_error;

void remember(const char *message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }
}

at::ScalarType scalar_type(int dtype) {
  switch (dtype) {
    case CT_FLOAT32: return at::kFloat;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_FLOAT16: return at::kHalf;
    case CT_FLOAT64: return at::kDouble;
    case CT_INT64: return at::kLong;
    case CT_INT32: return at::kInt;
    case CT_INT16: return at::kShort;
    case CT_INT8: return at::kChar;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    default: TORCH_CHECK(false, "an unknown element type, code ", dtype);
  }
}

int dtype_code(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return CT_FLOAT32;
    case at::kBFloat16: return CT_BFLOAT16;
    case at::kHalf: return CT_FLOAT16;
    case at::kDouble: return CT_FLOAT64;
    case at::kLong: return CT_INT64;
    case at::kInt: return CT_INT32;
    case at::kShort: return CT_INT16;
    case at::kChar: return CT_INT8;
    case at::kByte: return CT_UINT8;
    case at::kBool: return CT_BOOL;
    default: return CT_OTHER_DTYPE;
  }
}

at::Device torch_device(ct_device device) {
  switch (device.kind) {
    case CT_CPU: return at::Device(at::kCPU);
    case CT_CUDA: return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
    case CT_MPS: return at::Device(at::kMPS, static_cast<at::DeviceIndex>(device.index));
    default: TORCH_CHECK(false, "an unknown device, code ", device.kind);
  }
}

}  // namespace ctorch

using namespace ctorch;

const char *ct_error(void) { return last_error.c_str(); }
const char *ct_version(void) { return TORCH_VERSION; }
const char *ct_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}
int ct_threads(void) { return at::get_num_threads(); }
int ct_set_threads(int count) {
  return status([&] { at::set_num_threads(count); });
}
bool ct_has_cuda(void) {
  return caught([] { return at::hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0; }, false);
}
int ct_cuda_count(void) {
  return caught([]() -> int { return at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }, 0);
}
bool ct_has_mps(void) {
  return caught([] { return at::detail::getMPSHooks().hasMPS(); }, false);
}
bool ct_grad_enabled(void) { return at::GradMode::is_enabled(); }
void ct_set_grad_enabled(bool on) { at::GradMode::set_enabled(on); }
at::Generator &ctorch::generator() {
  static thread_local at::Generator own = at::detail::createCPUGenerator();
  return own;
}
int ct_manual_seed(uint64_t seed) {
  return status([&] {
    generator().set_current_seed(seed);
    at::manual_seed(seed);  // those of other devices, and of libtorch's own dropout
  });
}
ct_tensor ct_random_state(void) {
  return guarded([] { return generator().get_state(); });
}
int ct_set_random_state(ct_tensor state) {
  return status([&] { generator().set_state(unbox(state)); });
}
void ct_flush_denormals(bool on) { at::globalContext().setFlushDenormal(on); }
int ct_synchronize(ct_device device) {
  return status([&] {
    if (device.kind == CT_CPU) return;
    c10::impl::VirtualGuardImpl guard(torch_device(device).type());
    guard.synchronizeDevice(static_cast<c10::DeviceIndex>(device.index));
  });
}
