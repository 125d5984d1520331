#include "FewRows.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <cstdint>

#include "Features.hpp"
#include "InstructionSets.hpp"
#include "Parallel.hpp"

namespace ctorch {

namespace {

/// Rows are taken in groups of at most eight, of about the same size.
inline int64_t few_rows_group(int64_t rows) {
  int64_t groups = (rows + 7) / 8;
  return (rows + groups - 1) / groups;
}

/// Outputs that one thread computes at a time: a multiple of every number of weight rows that go together.
constexpr int64_t panel_outputs = 24;

template <class Element>
struct FewRowsKernels {
  int64_t lanes;
  void (*pack)(const Element *input, int64_t rows, int64_t count, float *packed);
  void (*panel)(
      const Element *weight, int64_t inputs, int64_t outputs, int64_t rows, const float *packed, float *out,
      int64_t stride);
  void (*finish)(const float *sums, const Element *bias, const Element *residual, Element *output, int64_t count);
  void (*finish_gated)(
      const float *gate, const float *up, const Element *gate_bias, const Element *up_bias,
      FewRowsActivation activation, Element *output, int64_t count);
};

#if defined(__x86_64__)

#define ORCHARD_LANES 16
#define ORCHARD_REGISTERS 32
ORCHARD_AVX512_BEGIN
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

#define ORCHARD_LANES 8
#define ORCHARD_REGISTERS 16
ORCHARD_AVX2_BEGIN
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

#endif

#define ORCHARD_LANES 4
#if defined(__aarch64__)
#define ORCHARD_REGISTERS 32
#else
#define ORCHARD_REGISTERS 16
#endif
namespace plain {
#include "LanesBody.hpp"
#include "FewRowsBody.hpp"
}
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

template <class Element>
const FewRowsKernels<Element> &kernels() {
#if defined(__x86_64__)
  if (features().avx512) return *avx512::few_rows_kernels<Element>();
  if (features().avx2) return *avx2::few_rows_kernels<Element>();
#endif
  return *plain::few_rows_kernels<Element>();
}

/// The input's rows as the kernels read them; the memory is kept for the next call.
template <class Element>
const float *packed(const at::Tensor &input, int64_t rows, int64_t inputs) {
  static thread_local std::vector<float> memory;
  const auto &best = kernels<Element>();
  int64_t padded = (inputs + best.lanes - 1) / best.lanes * best.lanes;
  if (memory.size() < static_cast<size_t>(rows * padded)) memory.resize(rows * padded);
  best.pack(input.const_data_ptr<Element>(), rows, inputs, memory.data());
  return memory.data();
}

template <class Element>
const Element *data_or_null(const at::Tensor &tensor, int64_t offset) {
  return tensor.defined() ? tensor.const_data_ptr<Element>() + offset : nullptr;
}

at::Tensor output_for(const at::Tensor &input, int64_t outputs) {
  auto shape = input.sizes().vec();
  shape.back() = outputs;
  return at::empty(shape, input.options());
}

template <class Element>
std::vector<at::Tensor> linear(
    const at::Tensor &input, const std::vector<at::Tensor> &weights, const std::vector<at::Tensor> &biases,
    const std::vector<at::Tensor> &residuals) {
  const auto &best = kernels<Element>();
  int64_t inputs = input.size(-1), rows = input.numel() / inputs;
  const float *rows_packed = packed<Element>(input, rows, inputs);
  std::vector<at::Tensor> results;
  std::vector<Element *> into;
  std::vector<int64_t> ends;  // of each weight's panels, all numbered through
  int64_t panels = 0;
  for (const auto &weight : weights) {
    results.push_back(output_for(input, weight.size(0)));
    into.push_back(results.back().mutable_data_ptr<Element>());
    ends.push_back(panels += (weight.size(0) + panel_outputs - 1) / panel_outputs);
  }
  parallel(panels, 1, [&](int64_t begin, int64_t end) {
    float sums[few_rows_limit * panel_outputs];
    for (int64_t number = begin; number < end; number++) {
      size_t part = 0;
      while (number >= ends[part]) part++;
      int64_t outputs = weights[part].size(0);
      int64_t first = (number - (part > 0 ? ends[part - 1] : 0)) * panel_outputs;
      int64_t count = std::min(panel_outputs, outputs - first);
      best.panel(
          weights[part].const_data_ptr<Element>() + first * inputs, inputs, count, rows, rows_packed, sums,
          panel_outputs);
      for (int64_t row = 0; row < rows; row++) {
        best.finish(
            sums + row * panel_outputs, data_or_null<Element>(biases[part], first),
            data_or_null<Element>(residuals[part], row * outputs + first), into[part] + row * outputs + first, count);
      }
    }
  });
  return results;
}

template <class Element>
at::Tensor gated(
    const at::Tensor &input, const at::Tensor &gate, const at::Tensor &gate_bias, const at::Tensor &up,
    const at::Tensor &up_bias, FewRowsActivation activation) {
  const auto &best = kernels<Element>();
  int64_t inputs = input.size(-1), rows = input.numel() / inputs, outputs = up.size(0);
  const float *rows_packed = packed<Element>(input, rows, inputs);
  auto result = output_for(input, outputs);
  auto into = result.mutable_data_ptr<Element>();
  parallel((outputs + panel_outputs - 1) / panel_outputs, 1, [&](int64_t begin, int64_t end) {
    float gates[few_rows_limit * panel_outputs], ups[few_rows_limit * panel_outputs];
    for (int64_t number = begin; number < end; number++) {
      int64_t first = number * panel_outputs;
      int64_t count = std::min(panel_outputs, outputs - first);
      auto product = [&](const at::Tensor &weight, float *sums) {
        best.panel(
            weight.const_data_ptr<Element>() + first * inputs, inputs, count, rows, rows_packed, sums, panel_outputs);
      };
      product(gate, gates);
      product(up, ups);
      for (int64_t row = 0; row < rows; row++) {
        best.finish_gated(
            gates + row * panel_outputs, ups + row * panel_outputs, data_or_null<Element>(gate_bias, first),
            data_or_null<Element>(up_bias, first), activation, into + row * outputs + first, count);
      }
    }
  });
  return result;
}

}  // namespace

bool takes_few_rows(const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  if (!input.defined() || !weight.defined() || !input.is_cpu() || !weight.is_cpu()) return false;
  auto type = input.scalar_type();
  if (type != weight.scalar_type() || (type != at::kFloat && type != at::kBFloat16)) return false;
  if (weight.dim() != 2 || input.dim() < 1 || input.size(-1) != weight.size(1) || weight.size(1) == 0) return false;
  if (input.numel() == 0 || input.numel() > few_rows_limit * weight.size(1)) return false;
  if (!input.is_contiguous() || !weight.is_contiguous()) return false;
  if (bias && (bias->scalar_type() != type || !bias->is_contiguous() || bias->numel() != weight.size(0))) return false;
  if (!c10::GradMode::is_enabled()) return true;
  return !input.requires_grad() && !weight.requires_grad() && !(bias && bias->requires_grad());
}

std::vector<at::Tensor> few_rows_linear(
    const at::Tensor &input, const std::vector<at::Tensor> &weights, const std::vector<at::Tensor> &biases,
    const std::vector<at::Tensor> &residuals) {
  return input.scalar_type() == at::kFloat ? linear<float>(input, weights, biases, residuals)
                                           : linear<c10::BFloat16>(input, weights, biases, residuals);
}

at::Tensor few_rows_gated(
    const at::Tensor &input, const at::Tensor &gate, const at::Tensor &gate_bias, const at::Tensor &up,
    const at::Tensor &up_bias, FewRowsActivation activation) {
  return input.scalar_type() == at::kFloat
             ? gated<float>(input, gate, gate_bias, up, up_bias, activation)
             : gated<c10::BFloat16>(input, gate, gate_bias, up, up_bias, activation);
}

template <class Element>
static void finish_as(const float *sums, const void *bias, const void *residual, void *output, int64_t count) {
  kernels<Element>().finish(
      sums, static_cast<const Element *>(bias), static_cast<const Element *>(residual), static_cast<Element *>(output),
      count);
}

void few_rows_finish(
    at::ScalarType type, const float *sums, const void *bias, const void *residual, void *output, int64_t count) {
  type == at::kFloat ? finish_as<float>(sums, bias, residual, output, count)
                     : finish_as<c10::BFloat16>(sums, bias, residual, output, count);
}

template <class Element>
static void finish_gated_as(
    const float *gate, const float *up, const void *gate_bias, const void *up_bias, FewRowsActivation activation,
    void *output, int64_t count) {
  kernels<Element>().finish_gated(
      gate, up, static_cast<const Element *>(gate_bias), static_cast<const Element *>(up_bias), activation,
      static_cast<Element *>(output), count);
}

void few_rows_finish_gated(
    at::ScalarType type, const float *gate, const float *up, const void *gate_bias, const void *up_bias,
    FewRowsActivation activation, void *output, int64_t count) {
  type == at::kFloat ? finish_gated_as<float>(gate, up, gate_bias, up_bias, activation, output, count)
                     : finish_gated_as<c10::BFloat16>(gate, up, gate_bias, up_bias, activation, output, count);
}

}  // namespace ctorch
