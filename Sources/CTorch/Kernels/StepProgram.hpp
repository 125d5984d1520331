// One new token of every row through all layers of a decoder, in one call: norms, products, attention over the cache.
//
// A program is a list of steps over numbered buffers `[rows, width]`; buffer 0 holds what goes in. The threads go
// through it side by side, and nothing is allocated on the way.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "DecodeAttention.hpp"
#include "RowProduct.hpp"

namespace ctorch {

/// Normalisation over the width, by the root mean square or, centred, by mean and variance.
struct StepNorm {
  at::Tensor scale, shift;  // no scale: no normalisation
  double epsilon = 0, offset = 0;
  bool is_centred = false;
};

/// Where the heads of queries, keys or values lie in a buffer's rows.
struct StepHeads {
  int64_t buffer = 0, start = 0, stride = 0;
};

/// What attention needs beside its buffers. With an `appends` the row's new key and value go into the cache first.
struct StepAttention {
  StepHeads query, key, value;
  StepNorm query_norm, key_norm;
  DecodeCache cache;
  at::Tensor cosine, sine;  // tables [P, R/2]; undefined: nothing is turned
  const int64_t *lengths = nullptr;
  int64_t heads = 0;
  bool appends = false;
};

/// What is learned beside a weight: scale · U·(D·x), U kept transposed. Undefined matrices: nothing.
struct StepLowRank {
  at::Tensor down, up;  // [R, I], [R, O] in fp32
  float scale = 0;
};

struct Step {
  enum class Kind { norm = 0, product = 1, gated = 2, attention = 3, low_rank = 4, activation = 5 };
  Kind kind;
  int64_t input = 0, residual = -1;
  int64_t factor = -1;  // of an activation: what it is multiplied with
  int64_t outputs[3] = {0, 0, 0};
  StepNorm norm;  // of a product or a low rank: of its input
  std::vector<RowWeight> weights;
  std::optional<FewRowsActivation> activation;
  StepAttention attention;
  std::vector<StepLowRank> low_ranks;
  const int64_t *choices = nullptr;  // which of them each row takes, -1 for none; null: the first

  int64_t choice(int64_t row) const { return choices ? choices[row] : 0; }
};

/// Runs the steps over `input` `[B, 1, D]`; returns the buffer that the last one wrote, as `[B, 1, W]`.
at::Tensor run_steps(const std::vector<Step> &steps, const at::Tensor &input);

}  // namespace ctorch
