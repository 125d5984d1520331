// Attention of whole texts to themselves, of any lengths side by side and without padding: what encoders do.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch {

/// Whether `text_attention` takes queries, keys and values that stand side by side in `projected` `[N, 3·H·D]`.
bool takes_text_attention(const at::Tensor &projected, int64_t heads);

/// Each token's attention to the tokens of its own text, as `[N, H·D]`.
///
/// Text r has `lengths[r]` tokens from row `starts[r]` on; rows of no text give zeros.
at::Tensor text_attention(
    const at::Tensor &projected, const int64_t *starts, const int64_t *lengths, int64_t texts, int64_t heads,
    double scale);

}  // namespace ctorch
