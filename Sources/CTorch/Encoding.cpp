// What encoders need beside libtorch's own operations; the kernels themselves are in Kernels/.
#include "Guard.hpp"
#include "Kernels/TextAttention.hpp"

using namespace ctorch;

bool ct_takes_text_attention(ct_tensor projected, int64_t heads) {
  return caught([&] { return takes_text_attention(unbox(projected), heads); }, false);
}

ct_tensor ct_text_attention(
    ct_tensor projected, const int64_t *starts, const int64_t *lengths, int64_t texts, int64_t heads, double scale) {
  return guarded([&] {
    TORCH_CHECK(takes_text_attention(unbox(projected), heads), "not a case of text attention");
    return text_attention(unbox(projected), starts, lengths, texts, heads, scale);
  });
}
