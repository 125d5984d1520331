// x·Wᵀ and what follows it, for a few rows and weights of any kind: bias, activation, gate, residual.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "FewRows.hpp"
#include "Quantized.hpp"

namespace ctorch {

/// One weight of a product `[O, I]`, in the rows' own type or quantised, with its bias where it has one.
struct RowWeight {
  at::Tensor plain;  // undefined where it is quantised
  QuantizedMatrix quantized;
  at::Tensor bias;

  int64_t outputs() const { return plain.defined() ? plain.size(0) : quantized.outputs; }
  int64_t inputs() const { return plain.defined() ? plain.size(1) : quantized.inputs; }
  /// 8 or 4, or 0 where it is plain.
  int64_t bits() const { return plain.defined() ? 0 : quantized.bits; }
};

/// Complains of a weight that rows of `type` cannot meet.
void check_weight(const RowWeight &weight, at::ScalarType type);

/// Where rows lie as the kernels read them; kept from one product to the next.
struct RowMemory {
  std::vector<char> packed;
  std::vector<int8_t> codes;
  std::vector<float> scales;
  std::vector<int32_t> starts;
};

/// Rows of fp32 or bf16 times one weight or several side by side, in pieces that threads share.
///
/// First `prepare` every row, then `run` all pieces; neither allocates. What it is given must outlive it.
class RowProduct {
 public:
  /// Plain outputs `[rows, O]`, one for each weight; `residual`, where not null, is added to the first, and of the first
  /// the activation is taken where there is one.
  RowProduct(
      at::ScalarType type, int64_t rows, const RowWeight *weights, void *const *outputs, int64_t count,
      const void *residual, std::optional<FewRowsActivation> activation, RowMemory &memory);
  /// activation(x·Gᵀ) · (x·Uᵀ).
  RowProduct(
      at::ScalarType type, int64_t rows, const RowWeight &gate, const RowWeight &up, FewRowsActivation activation,
      void *output, RowMemory &memory);

  /// Reads row number `row`, which lies at `input`.
  void prepare(const void *input, int64_t row) const;
  int64_t pieces() const { return ends[count - 1]; }
  /// Pieces that a thread should take at a time.
  int64_t grain() const { return bits ? 4 : 1; }
  void run(int64_t begin, int64_t end) const;

 private:
  static constexpr int64_t most_weights = 3;
  /// A weight as the pieces walk through it.
  struct Part {
    const void *plain = nullptr, *bias = nullptr;
    QuantizedPanels quantized;
    int64_t outputs = 0;
    void *output = nullptr;

    Part() = default;
    Part(const RowWeight &weight, void *output);
  };

  Part parts[most_weights];
  int64_t ends[most_weights];  // of each weight's pieces, all numbered through
  at::ScalarType type;
  int64_t rows, count, inputs, bits;
  const void *residual = nullptr;
  std::optional<Part> up;
  std::optional<FewRowsActivation> activation;
  // Looked into only at work: a later product may have made it grow.
  RowMemory &memory;

  void reserve();
  template <class Element> void prepare_as(const Element *input, int64_t row) const;
  template <class Element> void run_as(int64_t begin, int64_t end) const;
  template <class Element>
  void multiply(const Part &part, int64_t first, int64_t some, int64_t row, int64_t taken, float *sums) const;
};

/// Whether x·Wᵀ can and should be computed here: few rows, on the CPU, nothing recorded for gradients.
bool takes_few_rows(const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// x·Wᵀ + b for several weights over one input `[…, I]`; `residual`, where defined, is added to the first.
std::vector<at::Tensor> row_linear(
    const at::Tensor &input, const std::vector<RowWeight> &weights, const at::Tensor &residual);

/// activation(x·Gᵀ) · (x·Uᵀ).
at::Tensor row_gated(
    const at::Tensor &input, const RowWeight &gate, const RowWeight &up, FewRowsActivation activation);

}  // namespace ctorch
