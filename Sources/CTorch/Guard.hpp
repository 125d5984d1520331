// The only try/catch of the project, and the boxes that tensors travel in.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>

#include <new>
#include <optional>
#include <string>

#include "ctorch.h"

struct ct_tensor_box {
  at::Tensor tensor;
};

namespace ctorch {

/// Keeps the message of a failure for ct_error().
void remember(const char *message) noexcept;

inline ct_tensor box(at::Tensor tensor) { return new ct_tensor_box{std::move(tensor)}; }
inline const at::Tensor &unbox(ct_tensor box) { return box->tensor; }
inline std::optional<at::Tensor> unbox_optional(ct_tensor box) {
  return box ? std::optional<at::Tensor>(box->tensor) : std::nullopt;
}
inline at::Tensor unbox_or_none(ct_tensor box) { return box ? box->tensor : at::Tensor(); }

/// Runs `body`; on an exception keeps its message and returns `failed`.
template <class Body, class Result>
inline Result caught(Body &&body, Result failed) noexcept {
  try {
    return body();
  } catch (const c10::Error &error) {
    remember(error.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    remember("not enough memory");
  } catch (const std::exception &error) {
    remember(error.what());
  } catch (...) {
    remember("an unknown failure inside libtorch");
  }
  return failed;
}

/// Runs an operation that gives a tensor; NULL on failure.
template <class Body>
inline ct_tensor guarded(Body &&body) noexcept {
  return caught([&]() -> ct_tensor { return box(body()); }, static_cast<ct_tensor>(nullptr));
}

/// Runs an operation that gives nothing; 0 on success.
template <class Body>
inline int status(Body &&body) noexcept {
  return caught([&]() -> int { body(); return 0; }, 1);
}

/// This thread's random numbers on the CPU: what runs side by side does not disturb each other.
at::Generator &generator();

at::ScalarType scalar_type(int dtype);
int dtype_code(at::ScalarType type);
at::Device torch_device(ct_device device);
inline at::TensorOptions options(int dtype, ct_device device) {
  return at::TensorOptions().dtype(scalar_type(dtype)).device(torch_device(device));
}
inline at::IntArrayRef shape_of(const int64_t *shape, size_t rank) { return at::IntArrayRef(shape, rank); }

}  // namespace ctorch
