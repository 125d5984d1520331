#include "RowProduct.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "Parallel.hpp"

namespace ctorch {

namespace {

/// The group of rows that `row` is packed with: where it begins, and its size. Panels take `few_rows_limit` at a time.
struct RowGroup {
  int64_t start, size;
};

RowGroup group_of(int64_t row, int64_t rows) {
  int64_t start = row / few_rows_limit * few_rows_limit;
  int64_t left = std::min(few_rows_limit, rows - start);
  for (;;) {
    int64_t size = few_rows_group(left);
    if (row < start + size) return {start, size};
    start += size;
    left -= size;
  }
}

/// A multiple of the rows that any kernel takes at once.
constexpr int64_t rows_in_cache = 64;

template <class Element>
int64_t packed_row(int64_t inputs) {
  const auto &best = few_rows_kernels<Element>();
  return (inputs + best.step - 1) / best.step * best.step * best.packed_size;
}

}  // namespace

void check_weight(const RowWeight &weight, at::ScalarType type) {
  TORCH_CHECK(
      !weight.plain.defined() || (weight.plain.scalar_type() == type && weight.plain.is_contiguous() &&
                                  weight.plain.is_cpu() && weight.plain.dim() == 2),
      "a weight that does not fit its rows");
  TORCH_CHECK(
      !weight.bias.defined() || (weight.bias.scalar_type() == type && weight.bias.is_contiguous() &&
                                 weight.bias.numel() == weight.outputs()),
      "a bias that does not fit");
}

RowProduct::Part::Part(const RowWeight &weight, void *output)
    : plain(weight.plain.defined() ? weight.plain.const_data_ptr() : nullptr),
      bias(weight.bias.defined() ? weight.bias.const_data_ptr() : nullptr), outputs(weight.outputs()), output(output) {
  if (!plain) quantized = QuantizedPanels(weight.quantized);
}

RowProduct::RowProduct(
    at::ScalarType type, int64_t rows, const RowWeight *given, void *const *into, int64_t count, const void *residual,
    std::optional<FewRowsActivation> activation, RowMemory &memory)
    : type(type), rows(rows), count(count), inputs(given[0].inputs()), bits(given[0].bits()), residual(residual),
      activation(activation), memory(memory) {
  TORCH_CHECK(count >= 1 && count <= most_weights, count, " weights in one product");
  const int64_t width = bits ? quantized_outputs : few_rows_outputs;
  int64_t pieces = 0;
  for (int64_t i = 0; i < count; i++) {
    TORCH_CHECK(given[i].bits() == bits && given[i].inputs() == inputs, "weights of one product differ");
    parts[i] = Part(given[i], into[i]);
    ends[i] = pieces += (given[i].outputs() + width - 1) / width;
  }
  reserve();
}

RowProduct::RowProduct(
    at::ScalarType type, int64_t rows, const RowWeight &gate, const RowWeight &up, FewRowsActivation activation,
    void *output, RowMemory &memory)
    : RowProduct(type, rows, &gate, &output, 1, nullptr, activation, memory) {
  TORCH_CHECK(
      gate.bits() == up.bits() && gate.outputs() == up.outputs() && gate.inputs() == up.inputs(),
      "a gate unlike what it lets through");
  this->up.emplace(up, nullptr);
}

void RowProduct::reserve() {
  auto grow = [](auto &part, int64_t size) {
    if (part.size() < static_cast<size_t>(size)) part.resize(size);
  };
  if (bits) {
    const int64_t size = quantized_group(bits), groups = (inputs + size - 1) / size;
    grow(memory.codes, rows * groups * size);
    grow(memory.scales, rows * groups);
    grow(memory.starts, rows * groups);
  } else {
    grow(memory.packed, rows * (type == at::kFloat ? packed_row<float>(inputs) : packed_row<c10::BFloat16>(inputs)));
  }
}

template <class Element>
void RowProduct::prepare_as(const Element *input, int64_t row) const {
  if (bits) {
    const int64_t size = quantized_group(bits), groups = (inputs + size - 1) / size;
    return quantized_round(
        input, inputs, bits, memory.codes.data() + row * groups * size, memory.scales.data() + row * groups,
        memory.starts.data() + row * groups);
  }
  const auto group = group_of(row, rows);
  few_rows_kernels<Element>().pack(
      input, inputs, group.size, row - group.start,
      memory.packed.data() + group.start * packed_row<Element>(inputs));
}

void RowProduct::prepare(const void *input, int64_t row) const {
  type == at::kFloat ? prepare_as(static_cast<const float *>(input), row)
                     : prepare_as(static_cast<const c10::BFloat16 *>(input), row);
}

/// `taken` rows from `row` on times `some` outputs from `first` on.
template <class Element>
void RowProduct::multiply(
    const Part &part, int64_t first, int64_t some, int64_t row, int64_t taken, float *sums) const {
  if (bits) {
    const int64_t size = quantized_group(bits);
    const QuantizedRows quantized{
        memory.codes.data(), memory.scales.data(), memory.starts.data(), (inputs + size - 1) / size};
    return quantized_panel(part.quantized, first / quantized_outputs, quantized, row, taken, sums);
  }
  few_rows_kernels<Element>().panel(
      static_cast<const Element *>(part.plain) + first * inputs, inputs, some, taken,
      memory.packed.data() + row * packed_row<Element>(inputs), sums, few_rows_outputs);
}

template <class Element>
void RowProduct::run_as(int64_t begin, int64_t end) const {
  const auto &best = few_rows_kernels<Element>();
  const int64_t width = bits ? quantized_outputs : few_rows_outputs;
  const int64_t together = bits ? quantized_rows_together : few_rows_limit;
  float sums[few_rows_limit * few_rows_outputs], ups[few_rows_limit * few_rows_outputs];
  // Many rows go by in blocks that stay in the second cache while the weights pass; few rows are one block.
  for (int64_t block = 0; block < rows; block += rows_in_cache) {
    const int64_t last = std::min(rows, block + rows_in_cache);
    for (int64_t number = begin; number < end; number++) {
      int64_t number_of_part = 0;
      while (number >= ends[number_of_part]) number_of_part++;
      const bool leads = number_of_part == 0;
      const auto &part = parts[number_of_part];
      const int64_t all = part.outputs, first = (number - (leads ? 0 : ends[number_of_part - 1])) * width;
      const int64_t some = std::min(width, all - first);
      const auto *bias = part.bias ? static_cast<const Element *>(part.bias) + first : nullptr;
      const auto *up_bias = up && up->bias ? static_cast<const Element *>(up->bias) + first : nullptr;
      for (int64_t row = block; row < last; row += together) {
        const int64_t taken = std::min(together, last - row);
        multiply<Element>(part, first, some, row, taken, sums);
        if (up) multiply<Element>(*up, first, some, row, taken, ups);
        for (int64_t r = 0; r < taken; r++) {
          const int64_t offset = (row + r) * all + first;
          auto *output = static_cast<Element *>(part.output) + offset;
          if (up) {
            best.finish_gated(sums + r * width, ups + r * width, bias, up_bias, *activation, output, some);
          } else {
            best.finish(
                sums + r * width, bias, leads && residual ? static_cast<const Element *>(residual) + offset : nullptr,
                leads && activation ? &*activation : nullptr, output, some);
          }
        }
      }
    }
  }
}

void RowProduct::run(int64_t begin, int64_t end) const {
  type == at::kFloat ? run_as<float>(begin, end) : run_as<c10::BFloat16>(begin, end);
}

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

namespace {

at::Tensor output_for(const at::Tensor &input, int64_t outputs) {
  auto shape = input.sizes().vec();
  shape.back() = outputs;
  return at::empty(shape, input.options());
}

void check_input(const at::Tensor &input, int64_t inputs) {
  const auto type = input.scalar_type();
  TORCH_CHECK(
      input.is_cpu() && input.is_contiguous() && (type == at::kFloat || type == at::kBFloat16),
      "products of rows take contiguous fp32 and bf16 on the CPU");
  TORCH_CHECK(
      input.dim() >= 1 && input.size(-1) == inputs && input.numel() > 0, "rows ", input.sizes(),
      " do not fit a weight of ", inputs, " inputs");
}

void run_product(const RowProduct &product, const at::Tensor &input) {
  const int64_t inputs = input.size(-1), rows = input.numel() / inputs;
  const auto *data = static_cast<const char *>(input.const_data_ptr());
  const int64_t bytes = inputs * static_cast<int64_t>(input.element_size());
  parallel(rows, std::max<int64_t>(1, 32768 / inputs), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) product.prepare(data + row * bytes, row);
  });
  parallel(product.pieces(), product.grain(), [&](int64_t begin, int64_t end) { product.run(begin, end); });
}

RowMemory &row_memory() {
  static thread_local RowMemory memory;
  return memory;
}

}  // namespace

std::vector<at::Tensor> row_linear(
    const at::Tensor &input, const std::vector<RowWeight> &weights, const at::Tensor &residual) {
  std::vector<at::Tensor> results;
  std::vector<void *> into;
  for (const auto &weight : weights) {
    check_input(input, weight.inputs());
    check_weight(weight, input.scalar_type());
    results.push_back(output_for(input, weight.outputs()));
    into.push_back(results.back().data_ptr());
  }
  TORCH_CHECK(
      !residual.defined() || (residual.scalar_type() == input.scalar_type() && residual.is_contiguous() &&
                              residual.numel() == results[0].numel()),
      "a residual that does not fit");
  const RowProduct product(
      input.scalar_type(), input.numel() / input.size(-1), weights.data(), into.data(),
      static_cast<int64_t>(weights.size()), residual.defined() ? residual.const_data_ptr() : nullptr, std::nullopt,
      row_memory());
  run_product(product, input);
  return results;
}

at::Tensor row_gated(
    const at::Tensor &input, const RowWeight &gate, const RowWeight &up, FewRowsActivation activation) {
  check_input(input, gate.inputs());
  check_weight(gate, input.scalar_type());
  check_weight(up, input.scalar_type());
  auto result = output_for(input, gate.outputs());
  const RowProduct product(
      input.scalar_type(), input.numel() / input.size(-1), gate, up, activation, result.data_ptr(), row_memory());
  run_product(product, input);
  return result;
}

}  // namespace ctorch
