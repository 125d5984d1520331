#include "CacheRows.hpp"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstring>

#include "Parallel.hpp"

namespace ctorch {

void move_cache_rows(
    const at::Tensor &cache, const int64_t *from, const int64_t *to, const bool *exchanges, const int64_t *lengths,
    int64_t count) {
  TORCH_CHECK(
      cache.dim() == 4 && cache.is_contiguous() && cache.device().is_cpu(), "a contiguous cache on the CPU expected, not ",
      cache.sizes());
  int64_t rows = cache.size(0), heads = cache.size(1), capacity = cache.size(2);
  int64_t place = cache.size(3) * static_cast<int64_t>(cache.element_size());
  auto data = static_cast<char *>(cache.mutable_data_ptr());
  for (int64_t i = 0; i < count; i++) {
    TORCH_CHECK(
        from[i] >= 0 && from[i] < rows && to[i] >= 0 && to[i] < rows && lengths[i] >= 0 && lengths[i] <= capacity,
        "a move beyond ", cache.sizes());
  }
  // A move may need what an earlier one wrote: heads go side by side, moves one after the other.
  int64_t longest = count ? *std::max_element(lengths, lengths + count) : 0;
  int64_t grain = std::max<int64_t>(1, 262144 / std::max<int64_t>(1, count * longest * place));
  parallel(heads, grain, [&](int64_t begin, int64_t end) {
    for (int64_t head = begin; head < end; head++) {
      for (int64_t i = 0; i < count; i++) {
        char *source = data + (from[i] * heads + head) * capacity * place;
        char *target = data + (to[i] * heads + head) * capacity * place;
        if (exchanges[i]) {
          std::swap_ranges(source, source + lengths[i] * place, target);
        } else {
          std::memcpy(target, source, lengths[i] * place);
        }
      }
    }
  });
}

}  // namespace ctorch
