// Moves of whole rows within a key-value cache.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace ctorch {

/// Copies row from[i] to row to[i] of a cache [B, K, C, D], or exchanges them, the first lengths[i] places of each head.
void move_cache_rows(
    const at::Tensor &cache, const int64_t *from, const int64_t *to, const bool *exchanges, const int64_t *lengths,
    int64_t count);

}  // namespace ctorch
