// What decoding needs beside libtorch's own operations; the kernels themselves are in Kernels/.
#include "Fused/Product.hpp"
#include "Guard.hpp"
#include "Kernels/CacheRows.hpp"
#include "Kernels/DecodeAttention.hpp"
#include "Kernels/LogitRow.hpp"
#include "Kernels/Parallel.hpp"
#include "Kernels/RowProduct.hpp"

using namespace ctorch;

ct_tensor ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias) {
  return guarded([&] {
    const auto &x = unbox(input), &w = unbox(weight);
    auto b = unbox_optional(bias);
    if (takes_few_rows(x, w, b)) return row_linear(x, {{w, {}, unbox_or_none(bias)}}, {})[0];
    return ctorch::linear(x, w, b);
  });
}

bool ct_takes_few_rows(ct_tensor input, ct_tensor weight) {
  return caught([&] { return takes_few_rows(unbox(input), unbox(weight), std::nullopt); }, false);
}

int ct_few_rows_linear(
    ct_tensor input, const ct_tensor *weights, const ct_tensor *biases_or_nulls, size_t count, ct_tensor *results) {
  return status([&] {
    std::vector<RowWeight> w;
    for (size_t i = 0; i < count; i++) {
      w.push_back({unbox(weights[i]), {}, unbox_or_none(biases_or_nulls[i])});
      TORCH_CHECK(takes_few_rows(unbox(input), w[i].plain, unbox_optional(biases_or_nulls[i])), "not a case of few rows");
    }
    auto made = row_linear(unbox(input), w, {});
    for (size_t i = 0; i < count; i++) results[i] = box(made[i]);
  });
}

int ct_cache_append(ct_tensor cache, ct_tensor rows, const int64_t *lengths) {
  return status([&] { cache_append(unbox(cache), unbox(rows), lengths); });
}

int ct_cache_move_rows(
    ct_tensor cache, const int64_t *from, const int64_t *to, const bool *exchanges, const int64_t *lengths,
    size_t count) {
  return status([&] { move_cache_rows(unbox(cache), from, to, exchanges, lengths, static_cast<int64_t>(count)); });
}

int ct_likeliest(ct_tensor logits, int64_t *tokens, float *log_probabilities) {
  return status([&] {
    const auto &values = unbox(logits);
    TORCH_CHECK(
        values.dim() == 2 && values.is_cpu() && values.is_contiguous() && values.scalar_type() == at::kFloat &&
            values.size(1) > 0,
        "rows of logits expected, not ", values.sizes());
    const int64_t count = values.size(1);
    const auto *data = values.const_data_ptr<float>();
    parallel(values.size(0), 1, [&](int64_t begin, int64_t end) {
      static thread_local std::vector<float> memory;
      if (memory.size() < static_cast<size_t>(count)) memory.resize(count);
      for (int64_t row = begin; row < end; row++) {
        tokens[row] = row_likeliest(data + row * count, count, memory.data(), log_probabilities + row);
      }
    });
  });
}

float ct_row_greatest(const float *values, int64_t count) { return row_greatest(values, count); }

void ct_row_exponentials(
    const float *values, float *weights, int64_t count, float greatest, double *sum, double *moment) {
  row_exponentials(values, weights, count, greatest, sum, moment);
}

void ct_row_masses(const float *keys, const float *weights, int64_t count, const float *edges, double *masses) {
  row_masses(keys, weights, count, edges, masses);
}
