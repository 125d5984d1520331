#include "DecodeAttention.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "Features.hpp"
#include "InstructionSets.hpp"

namespace ctorch {

namespace {

/// The queries that share one row's one key head.
template <class Cached>
struct DecodeTask {
  float *queries;  // [group, width], scaled on the way
  const Cached *keys, *values;
  const float *bias;
  float *output;  // [group, width]
  int64_t group, width, length, bias_count;
  float scale;
  float cap;  // 0: none
};

#if defined(__x86_64__)
#define ORCHARD_LANES 16
ORCHARD_AVX512_BEGIN
#include "LanesBody.hpp"
#include "DecodeAttentionBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#define ORCHARD_LANES 8
ORCHARD_AVX2_BEGIN
#include "LanesBody.hpp"
#include "DecodeAttentionBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#endif
#define ORCHARD_LANES 4
namespace plain {
#include "LanesBody.hpp"
#include "DecodeAttentionBody.hpp"
}
#undef ORCHARD_LANES

void check_type(const at::Tensor &tensor) {
  TORCH_CHECK(
      tensor.is_cpu() && (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16),
      "the decoding kernels take fp32 and bf16 on the CPU");
  TORCH_CHECK(tensor.dim() == 4, "four dimensions expected, not ", tensor.dim());
}

template <class Cached>
void attend_heads(const DecodeTask<Cached> &task, float *memory) {
#if defined(__x86_64__)
  if (features().avx512) return avx512::decode_heads(task, memory);
  if (features().avx2) return avx2::decode_heads(task, memory);
#endif
  plain::decode_heads(task, memory);
}

template <class Cached>
void attend_one(
    const DecodeCache &cache, int64_t row, int64_t head, int64_t length, float *queries, int64_t group, float *output) {
  int64_t key_heads = cache.keys.size(1), width = cache.keys.size(3), capacity = cache.keys.size(2);
  // What lies before the window is left out altogether.
  int64_t hidden = cache.window > 0 ? std::max<int64_t>(0, length - cache.window) : 0;
  int64_t place = ((row * key_heads + head) * capacity + hidden) * width;
  DecodeTask<Cached> task;
  task.queries = queries;
  task.keys = cache.keys.const_data_ptr<Cached>() + place;
  task.values = cache.values.const_data_ptr<Cached>() + place;
  task.bias_count = cache.bias.defined() ? cache.bias.size(1) : 0;
  task.bias = cache.bias.defined() ? cache.bias.const_data_ptr<float>() + head * group * task.bias_count : nullptr;
  task.output = output;
  task.group = group;
  task.width = width;
  task.length = length - hidden;
  task.scale = cache.scale;
  task.cap = cache.cap;
  static thread_local std::vector<float> scores;
  if (scores.size() < static_cast<size_t>(group * task.length)) scores.resize(2 * group * task.length);
  attend_heads(task, scores.data());
}

}  // namespace

void DecodeCache::attend(
    int64_t row, int64_t head, int64_t length, float *queries, int64_t group, float *output) const {
  keys.scalar_type() == at::kFloat ? attend_one<float>(*this, row, head, length, queries, group, output)
                                   : attend_one<c10::BFloat16>(*this, row, head, length, queries, group, output);
}

static void write_head(
    const at::Tensor &into, int64_t row, int64_t head, int64_t place, const float *from) {
  const int64_t width = into.size(3), offset = ((row * into.size(1) + head) * into.size(2) + place) * width;
  if (into.scalar_type() == at::kFloat) {
    std::memcpy(static_cast<float *>(into.data_ptr()) + offset, from, width * sizeof(float));
  } else {
    auto *to = static_cast<c10::BFloat16 *>(into.data_ptr()) + offset;
    for (int64_t i = 0; i < width; i++) to[i] = static_cast<c10::BFloat16>(from[i]);
  }
}

void DecodeCache::write_key(int64_t row, int64_t head, int64_t place, const float *from) const {
  write_head(keys, row, head, place, from);
}

void DecodeCache::write_value(int64_t row, int64_t head, int64_t place, const float *from) const {
  write_head(values, row, head, place, from);
}

void check_decode_cache(const DecodeCache &cache, int64_t rows, int64_t heads) {
  const auto &keys = cache.keys, &values = cache.values, &bias = cache.bias;
  check_type(keys);
  check_type(values);
  TORCH_CHECK(
      keys.sizes() == values.sizes() && keys.scalar_type() == values.scalar_type() && keys.is_contiguous() &&
          values.is_contiguous(),
      "keys unlike values");
  TORCH_CHECK(
      keys.size(0) == rows && keys.size(1) > 0 && heads % keys.size(1) == 0, rows, " rows of ", heads,
      " queries do not fit keys ", keys.sizes());
  TORCH_CHECK(
      !bias.defined() || (bias.scalar_type() == at::kFloat && bias.is_contiguous() && bias.dim() == 2 &&
                          bias.size(0) == heads && bias.size(1) > 0),
      "bias that does not fit");
  TORCH_CHECK(cache.window >= 0 && cache.cap >= 0, "a window of ", cache.window, " and a cap of ", cache.cap);
}

int64_t DecodeCache::grain(const int64_t *lengths, int64_t group) const {
  int64_t longest = *std::max_element(lengths, lengths + keys.size(0));
  if (window > 0) longest = std::min(longest, window);
  // A thread is worth waking for some thousand products.
  return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, longest * keys.size(3) * group));
}

void cache_append(const at::Tensor &cache, const at::Tensor &rows, const int64_t *lengths) {
  check_type(cache);
  check_type(rows);
  TORCH_CHECK(
      cache.scalar_type() == rows.scalar_type() && cache.is_contiguous() && rows.stride(3) == 1 &&
          cache.size(0) == rows.size(0) && cache.size(1) == rows.size(1) && cache.size(3) == rows.size(3),
      "rows ", rows.sizes(), " do not fit a cache ", cache.sizes());
  auto bytes = rows.element_size();
  int64_t heads = rows.size(1), count = rows.size(2), width = rows.size(3), capacity = cache.size(2);
  auto from = static_cast<const char *>(rows.const_data_ptr());
  auto into = static_cast<char *>(cache.mutable_data_ptr());
  for (int64_t row = 0; row < rows.size(0); row++) {
    TORCH_CHECK(lengths[row] >= 0 && lengths[row] + count <= capacity, "a cache of ", capacity, " places is full");
    for (int64_t head = 0; head < heads; head++) {
      for (int64_t place = 0; place < count; place++) {
        std::memcpy(
            into + ((row * heads + head) * capacity + lengths[row] + place) * width * bytes,
            from + (row * rows.stride(0) + head * rows.stride(1) + place * rows.stride(2)) * bytes, width * bytes);
      }
    }
  }
}

}  // namespace ctorch
