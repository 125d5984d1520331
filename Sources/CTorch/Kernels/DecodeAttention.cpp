#include "DecodeAttention.hpp"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "Features.hpp"
#include "InstructionSets.hpp"
#include "Parallel.hpp"

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

template <class Element>
at::Tensor attention(
    const at::Tensor &query, const at::Tensor &keys, const at::Tensor &values, const int64_t *lengths,
    const at::Tensor &bias, double scale, int64_t window, double cap) {
  int64_t rows = query.size(0), heads = query.size(1), width = query.size(3);
  int64_t key_heads = keys.size(1), group = heads / key_heads;
  auto result = at::empty({rows, 1, heads * width}, query.options());
  auto from = query.const_data_ptr<Element>();
  auto into = result.mutable_data_ptr<Element>();
  const DecodeCache cache{keys, values, bias, static_cast<float>(scale), static_cast<float>(cap), window};
  parallel(rows * key_heads, cache.grain(lengths, group), [&](int64_t begin, int64_t end) {
    static thread_local std::vector<float> memory;
    if (memory.size() < static_cast<size_t>(2 * group * width)) memory.resize(2 * group * width);
    float *queries = memory.data(), *sums = queries + group * width;
    for (int64_t number = begin; number < end; number++) {
      int64_t row = number / key_heads, head = number % key_heads;
      for (int64_t g = 0; g < group; g++) {
        const Element *one = from + row * query.stride(0) + (head * group + g) * query.stride(1);
        for (int64_t d = 0; d < width; d++) queries[g * width + d] = static_cast<float>(one[d]);
      }
      cache.attend(row, head, lengths[row], queries, group, sums);
      Element *to = into + (row * heads + head * group) * width;
      for (int64_t i = 0; i < group * width; i++) to[i] = static_cast<Element>(sums[i]);
    }
  });
  return result;
}

template <class Element>
at::Tensor turn(const at::Tensor &heads, const at::Tensor &cosine, const at::Tensor &sine, const int64_t *starts) {
  int64_t rows = heads.size(0), count = heads.size(1), length = heads.size(2), half = heads.size(3) / 2;
  auto result = at::empty({rows, length, count, 2 * half}, heads.options());
  auto from = heads.const_data_ptr<Element>();
  auto into = result.mutable_data_ptr<Element>();
  auto cosines = cosine.const_data_ptr<float>(), sines = sine.const_data_ptr<float>();
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t place = 0; place < length; place++) {
      const float *c = cosines + (starts[row] + place) * half, *s = sines + (starts[row] + place) * half;
      for (int64_t head = 0; head < count; head++, into += 2 * half) {
        const Element *x = from + row * heads.stride(0) + head * heads.stride(1) + place * heads.stride(2);
        for (int64_t i = 0; i < half; i++) {
          float first = x[i], second = x[i + half];
          into[i] = static_cast<Element>(first * c[i] - second * s[i]);
          into[i + half] = static_cast<Element>(second * c[i] + first * s[i]);
        }
      }
    }
  }
  return result.transpose(1, 2);
}

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

at::Tensor decode_attention(
    const at::Tensor &query, const at::Tensor &keys, const at::Tensor &values, const int64_t *lengths,
    const at::Tensor &bias, double scale, int64_t window, double cap) {
  check_type(query);
  check_decode_cache({keys, values, bias, 0, static_cast<float>(cap), window}, query.size(0), query.size(1));
  auto type = query.scalar_type();
  TORCH_CHECK(
      query.size(2) == 1 && query.size(3) == keys.size(3) && query.stride(3) == 1, "query ", query.sizes(),
      " does not fit keys ", keys.sizes());
  for (int64_t row = 0; row < query.size(0); row++) {
    TORCH_CHECK(lengths[row] >= 1 && lengths[row] <= keys.size(2), "length ", lengths[row], " of ", keys.size(2));
  }
  return type == at::kFloat ? attention<float>(query, keys, values, lengths, bias, scale, window, cap)
                            : attention<c10::BFloat16>(query, keys, values, lengths, bias, scale, window, cap);
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

at::Tensor turn_heads(
    const at::Tensor &heads, const at::Tensor &cosine, const at::Tensor &sine, const int64_t *starts) {
  check_type(heads);
  TORCH_CHECK(
      cosine.sizes() == sine.sizes() && cosine.is_contiguous() && sine.is_contiguous() &&
          cosine.scalar_type() == at::kFloat && sine.scalar_type() == at::kFloat &&
          cosine.size(1) * 2 == heads.size(3) && heads.stride(3) == 1,
      "angles ", cosine.sizes(), " do not fit heads ", heads.sizes());
  for (int64_t row = 0; row < heads.size(0); row++) {
    TORCH_CHECK(starts[row] >= 0 && starts[row] + heads.size(2) <= cosine.size(0), "a position beyond the table");
  }
  return heads.scalar_type() == at::kFloat ? turn<float>(heads, cosine, sine, starts)
                                           : turn<c10::BFloat16>(heads, cosine, sine, starts);
}

}  // namespace ctorch
