#include "NormalFloat.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "Dot.hpp"
#include "InstructionSets.hpp"
#include "Parallel.hpp"
#include "Vectored.hpp"
#include "WantedRows.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

/// The levels of QLoRA's appendix E: quantiles of the normal distribution, scaled to ±1, with an exact zero.
constexpr std::array<float, 16> levels = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

/// The levels of 8 bits for scales: Dettmers and others, "8-bit optimizers via block-wise quantization", 2022, section 2.1.
///
/// Seven powers of ten; the higher one is, the finer it is divided: the e-th has 2^e levels on each side of zero.
std::array<float, 256> dynamic_levels() {
  std::array<float, 256> made{};
  size_t count = 0;
  for (int e = 0; e < 7; e++) {
    const int parts = 1 << e;
    const double power = std::pow(10.0, e - 6);
    for (int i = 0; i < parts; i++) {
      const double middle = 0.1 + 0.9 * (i + 0.5) / parts;
      made[count++] = static_cast<float>(power * middle);
      made[count++] = static_cast<float>(-power * middle);
    }
  }
  made[count++] = 0;
  made[count++] = 1;
  std::sort(made.begin(), made.end());
  return made;
}

const std::array<float, 256> &scale_levels() {
  static const auto made = dynamic_levels();
  return made;
}

/// The place of the level that is nearest.
template <size_t Count>
uint8_t nearest(const std::array<float, Count> &sorted, float value) {
  const auto above = std::upper_bound(sorted.begin(), sorted.end(), value);
  if (above == sorted.begin()) return 0;
  if (above == sorted.end()) return Count - 1;
  const auto place = above - sorted.begin();
  return static_cast<uint8_t>(value - sorted[place - 1] <= sorted[place] - value ? place - 1 : place);
}

constexpr int64_t block_size = NormalFloatMatrix::block;
constexpr int64_t block_bytes = block_size / 2;

/// Where a number of a block lies among its bytes, and by how many bits it is shifted there.
///
/// A block is 8 words of 32 bits, the k-th four bits of all words being the numbers 8k to 8k + 7: a vector of words
/// shifted by 4k holds 8 neighbours.
CT_INLINE int64_t byte_of(int64_t number) { return number % 8 * 4 + number / 16; }
CT_INLINE int shift_of(int64_t number) { return number / 8 % 2 * 4; }

/// A matrix as loops walk through it.
struct Walk {
  const uint8_t *codes, *scales;
  const float *steps, *scale_table;
  float offset;
  int64_t inputs;

  explicit Walk(const NormalFloatMatrix &matrix)
      : codes(matrix.codes.const_data_ptr<uint8_t>()), scales(matrix.scales.const_data_ptr<uint8_t>()),
        steps(matrix.steps.const_data_ptr<float>()), scale_table(scale_levels().data()),
        offset(static_cast<float>(matrix.offset)), inputs(matrix.inputs) {}

  /// Whether every row begins with a block.
  bool is_even() const { return inputs % block_size == 0; }

  float scale(int64_t block) const {
    return scale_table[scales[block]] * steps[block / NormalFloatMatrix::scale_block] + offset;
  }

  /// One row in fp32, number by number.
  void row(int64_t number, float *into) const {
    const int64_t first = number * inputs;
    for (int64_t place = first; place < first + inputs; place++) {
      const int64_t block = place / block_size, within = place % block_size;
      const uint8_t pair = codes[block * block_bytes + byte_of(within)];
      into[place - first] = levels[(pair >> shift_of(within)) & 15] * scale(block);
    }
  }
};

#if defined(__x86_64__)

ORCHARD_AVX2_BEGIN

/// The levels of 8 neighbours, k = 0…7, of a block's words.
static inline __m256 eight(__m256i words, int k) {
  // A permutation looks at three bits alone; the fourth chooses the half of the table.
  const __m256i places = _mm256_srli_epi32(words, 4 * k);
  const __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(levels.data()), places);
  const __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(levels.data() + 8), places);
  return _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(words, 28 - 4 * k)));
}

template <int Rows>
static void products(const Walk &walk, int64_t output, const float *x, float *out) {
  __m256 totals[Rows];
  for (int r = 0; r < Rows; r++) totals[r] = _mm256_setzero_ps();
  const int64_t blocks = walk.inputs / block_size;
  for (int64_t b = 0; b < blocks; b++) {
    const int64_t block = output * blocks + b;
    const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(walk.codes + block * block_bytes));
    __m256 sums[Rows];
    for (int r = 0; r < Rows; r++) sums[r] = _mm256_setzero_ps();
#pragma clang loop unroll(full)
    for (int k = 0; k < 8; k++) {
      const __m256 level = eight(words, k);
#pragma clang loop unroll(full)
      for (int r = 0; r < Rows; r++) {
        sums[r] = _mm256_fmadd_ps(level, _mm256_loadu_ps(x + r * walk.inputs + b * block_size + 8 * k), sums[r]);
      }
    }
    const __m256 scale = _mm256_set1_ps(walk.scale(block));
    for (int r = 0; r < Rows; r++) totals[r] = _mm256_fmadd_ps(sums[r], scale, totals[r]);
  }
  for (int r = 0; r < Rows; r++) {
    float lanes[8], sum = 0;
    _mm256_storeu_ps(lanes, totals[r]);
    for (float lane : lanes) sum += lane;
    out[r] = sum;
  }
}

static void row(const Walk &walk, int64_t number, float *into) {
  const int64_t blocks = walk.inputs / block_size;
  for (int64_t b = 0; b < blocks; b++) {
    const int64_t block = number * blocks + b;
    const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(walk.codes + block * block_bytes));
    const __m256 scale = _mm256_set1_ps(walk.scale(block));
#pragma clang loop unroll(full)
    for (int k = 0; k < 8; k++) {
      _mm256_storeu_ps(into + b * block_size + 8 * k, _mm256_mul_ps(eight(words, k), scale));
    }
  }
}

ORCHARD_TARGET_END

static bool is_vectored() { return features().avx2; }
#else
namespace avx2 {
template <int Rows>
static void products(const Walk &, int64_t, const float *, float *) {}
static void row(const Walk &, int64_t, float *) {}
}  // namespace avx2
static bool is_vectored() { return false; }
#endif

/// One row in fp32.
void unpack(const Walk &walk, int64_t number, float *into) {
  is_vectored() && walk.is_even() ? avx2::row(walk, number, into) : walk.row(number, into);
}

CT_VECTORED(narrow, (const float *x, int64_t count, BFloat *into), (x, count, into)) {
  for (int64_t i = 0; i < count; i++) store(into[i], x[i]);
}

/// The scale of each block, and codes of all numbers.
void encode(const float *weight, int64_t count, float *scales, uint8_t *codes) {
  parallel((count + block_size - 1) / block_size, 16, [&](int64_t begin, int64_t end) {
    for (int64_t number = begin; number < end; number++) {
      const int64_t first = number * block_size, stop = std::min(count, first + block_size);
      float most = 0;
      for (int64_t i = first; i < stop; i++) most = std::max(most, std::abs(weight[i]));
      scales[number] = most;
      const float inverse = most > 0 ? 1 / most : 0;
      for (int64_t i = first; i < stop; i++) {
        codes[number * block_bytes + byte_of(i - first)] |= nearest(levels, weight[i] * inverse) << shift_of(i - first);
      }
    }
  });
}

constexpr int64_t few_rows = 8;

/// At most 4 rows `x` `[count, I]` times one row of the matrix.
void row_products(const Walk &walk, int64_t output, const float *x, int64_t count, float *out) {
  if (is_vectored() && walk.is_even()) {
    switch (count) {
      case 1: return avx2::products<1>(walk, output, x, out);
      case 2: return avx2::products<2>(walk, output, x, out);
      case 3: return avx2::products<3>(walk, output, x, out);
      default: return avx2::products<4>(walk, output, x, out);
    }
  }
  static thread_local std::vector<float> weight;
  weight.resize(walk.inputs);
  walk.row(output, weight.data());
  for (int64_t row = 0; row < count; row++) dot_into(x + row * walk.inputs, weight.data(), walk.inputs, out + row);
}

}  // namespace

NormalFloatMatrix normal_float(const at::Tensor &weight) {
  TORCH_CHECK(weight.dim() == 2 && weight.is_cpu() && weight.numel() > 0, "a matrix on the CPU is quantised");
  const auto wide = weight.to(at::kFloat).contiguous();
  TORCH_CHECK(wide.isfinite().all().item<bool>(), "a weight holds numbers that are infinite or none");
  constexpr int64_t scale_block = NormalFloatMatrix::scale_block;
  const int64_t count = wide.numel(), blocks = (count + block_size - 1) / block_size;
  NormalFloatMatrix made{
      at::zeros({blocks * block_bytes}, at::kByte), at::empty({blocks}, at::kByte),
      at::empty({(blocks + scale_block - 1) / scale_block}, at::kFloat), 0, wide.size(0), wide.size(1)};
  auto exact = at::empty({blocks}, at::kFloat);
  encode(wide.const_data_ptr<float>(), count, exact.mutable_data_ptr<float>(), made.codes.mutable_data_ptr<uint8_t>());
  made.offset = exact.mean().item<float>();
  const auto *scales = exact.const_data_ptr<float>();
  for (int64_t first = 0; first < blocks; first += scale_block) {
    const int64_t stop = std::min(blocks, first + scale_block);
    const auto offset = static_cast<float>(made.offset);
    float most = 0;
    for (int64_t i = first; i < stop; i++) most = std::max(most, std::abs(scales[i] - offset));
    made.steps.mutable_data_ptr<float>()[first / scale_block] = most;
    for (int64_t i = first; i < stop; i++) {
      made.scales.mutable_data_ptr<uint8_t>()[i] = nearest(scale_levels(), most > 0 ? (scales[i] - offset) / most : 0);
    }
  }
  return made;
}

at::Tensor dequantize(const NormalFloatMatrix &matrix, const at::Tensor &ids, at::ScalarType type) {
  TORCH_CHECK(type == at::kFloat || type == at::kBFloat16, "quantised weights are read as fp32 or bf16");
  const WantedRows rows(ids, matrix.outputs, matrix.inputs);
  auto result = at::empty(rows.shape, type);
  const Walk walk(matrix);
  const int64_t inputs = matrix.inputs;
  auto *into = result.mutable_data_ptr();
  parallel(rows.count(), 16, [&](int64_t begin, int64_t end) {
    std::vector<float> wide(type == at::kFloat ? 0 : inputs);
    for (int64_t row = begin; row < end; row++) {
      if (type == at::kFloat) {
        unpack(walk, rows[row], static_cast<float *>(into) + row * inputs);
      } else {
        unpack(walk, rows[row], wide.data());
        narrow(wide.data(), inputs, static_cast<BFloat *>(into) + row * inputs);
      }
    }
  });
  return result;
}

at::Tensor linear(const at::Tensor &input, const NormalFloatMatrix &matrix, const std::optional<at::Tensor> &bias) {
  const int64_t rows = input.numel() / matrix.inputs;
  if (rows > few_rows || rows == 0) {
    return at::linear(input, dequantize(matrix, at::Tensor(), input.scalar_type()), bias);
  }
  const auto wide = input.to(at::kFloat).contiguous();
  auto shape = input.sizes().vec();
  shape.back() = matrix.outputs;
  auto made = at::empty(shape, at::kFloat);
  const Walk walk(matrix);
  const auto *x = wide.const_data_ptr<float>();
  auto *into = made.mutable_data_ptr<float>();
  parallel(matrix.outputs, 16, [&](int64_t begin, int64_t end) {
    for (int64_t output = begin; output < end; output++) {
      for (int64_t row = 0; row < rows; row += 4) {
        float sums[4];
        const int64_t taken = std::min<int64_t>(4, rows - row);
        row_products(walk, output, x + row * matrix.inputs, taken, sums);
        for (int64_t r = 0; r < taken; r++) into[(row + r) * matrix.outputs + output] = sums[r];
      }
    }
  });
  if (bias) made += *bias;
  return made.to(input.scalar_type());
}

}  // namespace ctorch
