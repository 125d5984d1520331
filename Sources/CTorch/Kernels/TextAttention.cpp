#include "TextAttention.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <cstdint>
#include <vector>

#include "Features.hpp"
#include "InstructionSets.hpp"
#include "Parallel.hpp"

namespace ctorch {

namespace {

/// One head of one text: its rows lie `stride` apart in what was projected, `output_stride` in the result.
template <class Element>
struct TextTask {
  const Element *query, *key, *value;
  Element *output;
  int64_t stride, output_stride, length, width;
  float scale;
};

template <class Element>
struct TextKernels {
  int64_t lanes;
  int64_t (*memory)(int64_t length, int64_t width);
  void (*attend)(const TextTask<Element> &task, float *memory);
};

#if defined(__x86_64__)

#define ORCHARD_LANES 16
#define ORCHARD_REGISTERS 32
ORCHARD_AVX512_BEGIN
#include "LanesBody.hpp"
#include "TextAttentionBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

#define ORCHARD_LANES 8
#define ORCHARD_REGISTERS 16
ORCHARD_AVX2_BEGIN
#include "LanesBody.hpp"
#include "TextAttentionBody.hpp"
ORCHARD_TARGET_END
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

#endif

#define ORCHARD_LANES 4
#if defined(__aarch64__)
#define ORCHARD_REGISTERS 32
#else
#define ORCHARD_REGISTERS 16
#endif
namespace plain {
#include "LanesBody.hpp"
#include "TextAttentionBody.hpp"
}
#undef ORCHARD_LANES
#undef ORCHARD_REGISTERS

template <class Element>
const TextKernels<Element> &kernels() {
#if defined(__x86_64__)
  if (features().avx512) return *avx512::text_kernels<Element>();
  if (features().avx2) return *avx2::text_kernels<Element>();
#endif
  return *plain::text_kernels<Element>();
}

template <class Element>
void attend(
    const at::Tensor &projected, const int64_t *starts, const int64_t *lengths, int64_t texts, int64_t heads,
    float scale, at::Tensor &output) {
  const auto &best = kernels<Element>();
  const int64_t row = projected.size(1), inner = row / 3, width = inner / heads;
  const auto *from = projected.const_data_ptr<Element>();
  auto *to = output.mutable_data_ptr<Element>();
  parallel(texts * heads, 1, [&](int64_t begin, int64_t end) {
    static thread_local std::vector<float> memory;
    for (int64_t number = begin; number < end; number++) {
      const int64_t text = number / heads, head = number % heads * width;
      if (lengths[text] == 0) continue;
      const auto needed = static_cast<size_t>(best.memory(lengths[text], width));
      if (memory.size() < needed) memory.resize(needed);
      const auto *query = from + starts[text] * row + head;
      best.attend(
          {query, query + inner, query + 2 * inner, to + starts[text] * inner + head, row, inner, lengths[text], width,
           scale},
          memory.data());
    }
  });
}

}  // namespace

bool takes_text_attention(const at::Tensor &projected, int64_t heads) {
  const auto type = projected.scalar_type();
  if (c10::GradMode::is_enabled() || !projected.device().is_cpu() || !projected.is_contiguous()) return false;
  if (projected.dim() != 2 || heads < 1 || projected.size(1) % (3 * heads) != 0) return false;
  const int64_t lanes = kernels<float>().lanes;
  return (type == at::kFloat || type == at::kBFloat16) && projected.size(1) / (3 * heads) % lanes == 0;
}

at::Tensor text_attention(
    const at::Tensor &projected, const int64_t *starts, const int64_t *lengths, int64_t texts, int64_t heads,
    double scale) {
  int64_t tokens = 0;
  for (int64_t text = 0; text < texts; text++) {
    TORCH_CHECK(
        starts[text] >= 0 && lengths[text] >= 0 && starts[text] + lengths[text] <= projected.size(0), "text ", text,
        " lies outside of ", projected.sizes());
    tokens += lengths[text];
  }
  const int64_t shape[] = {projected.size(0), projected.size(1) / 3};
  auto output = tokens == shape[0] ? at::empty(shape, projected.options()) : at::zeros(shape, projected.options());
  const auto factor = static_cast<float>(scale);
  if (projected.scalar_type() == at::kFloat) {
    attend<float>(projected, starts, lengths, texts, heads, factor, output);
  } else {
    attend<c10::BFloat16>(projected, starts, lengths, texts, heads, factor, output);
  }
  return output;
}

}  // namespace ctorch
