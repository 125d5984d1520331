#include "NormalFloat.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "Parallel.hpp"
#include "Vectored.hpp"

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

/// The pair of levels that each byte stands for.
const std::array<std::array<float, 2>, 256> &level_pairs() {
  static const auto made = [] {
    std::array<std::array<float, 2>, 256> pairs{};
    for (size_t byte = 0; byte < 256; byte++) pairs[byte] = {levels[byte & 15], levels[byte >> 4]};
    return pairs;
  }();
  return made;
}

/// A matrix as loops walk through it.
struct Walk {
  const uint8_t *codes, *scales;
  const float *steps;
  float offset;
  int64_t inputs;

  explicit Walk(const NormalFloatMatrix &matrix)
      : codes(matrix.codes.const_data_ptr<uint8_t>()), scales(matrix.scales.const_data_ptr<uint8_t>()),
        steps(matrix.steps.const_data_ptr<float>()), offset(static_cast<float>(matrix.offset)), inputs(matrix.inputs) {}

  float scale(int64_t block) const {
    return scale_levels()[scales[block]] * steps[block / NormalFloatMatrix::scale_block] + offset;
  }

  float level(int64_t place) const { return levels[place % 2 ? codes[place / 2] >> 4 : codes[place / 2] & 15]; }

  /// One row in fp32.
  void row(int64_t number, float *into) const {
    constexpr int64_t block = NormalFloatMatrix::block;
    const auto &pairs = level_pairs();
    const int64_t first = number * inputs, end = first + inputs;
    for (int64_t place = first; place < end;) {
      const int64_t stop = std::min(end, (place / block + 1) * block);
      const float scale = this->scale(place / block);
      float *x = into + (place - first);
      if (place % 2) *x++ = level(place++) * scale;
      for (; place + 1 < stop; place += 2, x += 2) {
        const auto &pair = pairs[codes[place / 2]];
        x[0] = pair[0] * scale;
        x[1] = pair[1] * scale;
      }
      if (place < stop) *x = level(place++) * scale;
    }
  }
};

CT_VECTORED(dot, (const float *a, const float *b, int64_t count, float *sum), (a, b, count, sum)) {
  constexpr int64_t lanes = 32;
  float sums[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (int64_t j = 0; j < lanes; j++) sums[j] += a[i + j] * b[i + j];
  }
  float total = 0;
  for (; i < count; i++) total += a[i] * b[i];
  for (int64_t j = 0; j < lanes; j++) total += sums[j];
  *sum = total;
}

CT_VECTORED(narrow, (const float *x, int64_t count, BFloat *into), (x, count, into)) {
  for (int64_t i = 0; i < count; i++) store(into[i], x[i]);
}

/// The scale of each block, and codes of all numbers.
void encode(const float *weight, int64_t count, float *scales, uint8_t *codes) {
  constexpr int64_t block = NormalFloatMatrix::block;
  parallel((count + block - 1) / block, 16, [&](int64_t begin, int64_t end) {
    for (int64_t number = begin; number < end; number++) {
      const int64_t first = number * block, stop = std::min(count, first + block);
      float most = 0;
      for (int64_t i = first; i < stop; i++) most = std::max(most, std::abs(weight[i]));
      scales[number] = most;
      const float inverse = most > 0 ? 1 / most : 0;
      for (int64_t i = first; i < stop; i++) {
        const uint8_t code = nearest(levels, weight[i] * inverse);
        auto &pair = codes[i / 2];
        pair = i % 2 ? (pair & 0x0f) | (code << 4) : code;
      }
    }
  });
}

constexpr int64_t few_rows = 8;

}  // namespace

NormalFloatMatrix normal_float(const at::Tensor &weight) {
  TORCH_CHECK(weight.dim() == 2 && weight.is_cpu() && weight.numel() > 0, "a matrix on the CPU is quantised");
  const auto wide = weight.to(at::kFloat).contiguous();
  TORCH_CHECK(wide.isfinite().all().item<bool>(), "a weight holds numbers that are infinite or none");
  constexpr int64_t block = NormalFloatMatrix::block, scale_block = NormalFloatMatrix::scale_block;
  const int64_t count = wide.numel(), blocks = (count + block - 1) / block;
  NormalFloatMatrix made{
      at::empty({(count + 1) / 2}, at::kByte), at::empty({blocks}, at::kByte),
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
  at::Tensor rows;
  std::vector<int64_t> shape{matrix.outputs, matrix.inputs};
  if (ids.defined()) {
    TORCH_CHECK(ids.scalar_type() == at::kLong && ids.is_cpu(), "rows are named by whole numbers on the CPU");
    rows = ids.contiguous();
    for (int64_t i = 0; i < rows.numel(); i++) {
      const int64_t id = rows.const_data_ptr<int64_t>()[i];
      TORCH_CHECK(id >= 0 && id < matrix.outputs, "row ", id, " of ", matrix.outputs);
    }
    shape = ids.sizes().vec();
    shape.push_back(matrix.inputs);
  }
  auto result = at::empty(shape, type);
  const Walk walk(matrix);
  const int64_t *wanted = rows.defined() ? rows.const_data_ptr<int64_t>() : nullptr;
  auto *into = static_cast<uint8_t *>(result.mutable_data_ptr());
  const int64_t inputs = matrix.inputs;
  parallel(wanted ? rows.numel() : matrix.outputs, 16, [&](int64_t begin, int64_t end) {
    std::vector<float> wide(type == at::kFloat ? 0 : inputs);
    for (int64_t row = begin; row < end; row++) {
      const int64_t number = wanted ? wanted[row] : row;
      if (type == at::kFloat) {
        walk.row(number, reinterpret_cast<float *>(into) + row * inputs);
      } else {
        walk.row(number, wide.data());
        narrow(wide.data(), inputs, reinterpret_cast<BFloat *>(into) + row * inputs);
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
    std::vector<float> weight(matrix.inputs);
    for (int64_t output = begin; output < end; output++) {
      walk.row(output, weight.data());
      for (int64_t row = 0; row < rows; row++) {
        dot(x + row * matrix.inputs, weight.data(), matrix.inputs, into + row * matrix.outputs + output);
      }
    }
  });
  if (bias) made += *bias;
  return made.to(input.scalar_type());
}

}  // namespace ctorch
