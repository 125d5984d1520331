// Attention of one new token a row over a cache of keys and values.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch {

/// One layer's keys and values `[B, K, C, D]` (fp32 or bf16) as the queries of new tokens look at them.
struct DecodeCache {
  at::Tensor keys, values;
  /// `[H, P]` (fp32), where defined: added to the scores by the distance of a key from the last place; greater distances
  /// than P - 1 take the last number.
  at::Tensor bias;
  float scale;
  float cap;       // above 0: a score s becomes cap · tanh(s / cap) before the bias
  int64_t window;  // above 0: only a row's last places, so many, are seen

  /// Attention of the `group` queries `[group, D]` that share row `row`'s key head `head`, over its first `length`
  /// places, as `[group, D]`. The queries are changed.
  void attend(int64_t row, int64_t head, int64_t length, float *queries, int64_t group, float *output) const;
  /// Writes the `D` numbers of one head at a place.
  void write_key(int64_t row, int64_t head, int64_t place, const float *from) const;
  void write_value(int64_t row, int64_t head, int64_t place, const float *from) const;
  /// Key heads that a thread should take at a time.
  int64_t grain(const int64_t *lengths, int64_t group) const;
};

/// Complains of a cache that `rows` rows with `heads` queries cannot look at.
void check_decode_cache(const DecodeCache &cache, int64_t rows, int64_t heads);

/// Writes `rows` `[B, K, T, D]` behind the first `lengths[b]` places of each row of `cache` `[B, K, C, D]`.
void cache_append(const at::Tensor &cache, const at::Tensor &rows, const int64_t *lengths);

}  // namespace ctorch
