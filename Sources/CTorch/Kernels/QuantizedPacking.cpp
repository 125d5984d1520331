// Rounding of weights to 8 and 4 bits, and back.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Half.h>

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "Parallel.hpp"
#include "Quantized.hpp"
#include "Vectored.hpp"
#include "WantedRows.hpp"

namespace ctorch {

namespace {

constexpr int64_t longest_group = 64;

/// Asks for large pages, where the system has them on request: a weight that is read once a token touches fewer of them.
void prefer_large_pages(void *data, size_t bytes) {
#if defined(MADV_HUGEPAGE)
  constexpr uintptr_t page = 4096;
  const auto begin = (reinterpret_cast<uintptr_t>(data) + page - 1) / page * page;
  const auto end = (reinterpret_cast<uintptr_t>(data) + bytes) / page * page;
  if (end > begin) madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

/// To the nearest whole number, ties to even, for numbers below 2^22.
CT_INLINE float rounded(float x) { return (x + 12582912.0f) - 12582912.0f; }

CT_INLINE float limited(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/// The number of the group that is farthest from zero.
CT_VECTORED(farthest, (const float *x, float *found), (x, found)) {
  float low = 0, high = 0;
  for (int64_t i = 0; i < longest_group; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  *found = high >= -low ? high : low;
}

/// For codes -8…7 of 32 numbers at 1 / scale `inverse`: the scale that fits these codes best, and how much that gains.
CT_INLINE void fit(const float *x, float inverse, float *scale, float *gain) {
  float products = 0, squares = 0;
  for (int64_t i = 0; i < 32; i++) {
    const float code = limited(rounded(x[i] * inverse), -8, 7);
    products += code * x[i];
    squares += code * code;
  }
  // Σ(x - s·c)² = Σx² - (Σcx)² / Σc² where s = Σcx / Σc²: the greater the gain the smaller the error.
  *scale = squares > 0 ? products / squares : 0;
  *gain = squares > 0 ? products * products / squares : 0;
}

/// The scale of 32 numbers, with the sign that gives the farthest the code -8 where that is best.
CT_VECTORED(best_scale, (const float *x, float far, float *best), (x, far, best)) {
  float most = -1;
  *best = 0;
  for (int64_t step = -6; step <= 6; step++) {
    float scale, gain;
    fit(x, -(8 + 0.25f * step) / far, &scale, &gain);
    if (gain > most) {
      most = gain;
      *best = scale;
    }
  }
}

CT_VECTORED(
    encode, (const float *x, float inverse, float low, float high, float *codes), (x, inverse, low, high, codes)) {
  for (int64_t i = 0; i < longest_group; i++) codes[i] = limited(rounded(x[i] * inverse), low, high);
}

template <class Element>
void load_group(const Element *row, int64_t start, int64_t count, float *into) {
  for (int64_t i = 0; i < longest_group; i++) into[i] = i < count ? static_cast<float>(row[start + i]) : 0;
}

template <class Element>
void pack(const Element *weight, QuantizedMatrix &matrix) {
  const int64_t bits = matrix.bits, size = quantized_group(bits), groups = matrix.groups(), inputs = matrix.inputs;
  auto *codes = matrix.codes.mutable_data_ptr<uint8_t>();
  auto *scales = matrix.scales.mutable_data_ptr<c10::Half>();
  std::vector<float> exact(matrix.panels() * groups * quantized_outputs);
  parallel(matrix.panels(), 1, [&](int64_t begin, int64_t end) {
    float x[longest_group];
    for (int64_t place = begin * groups; place < end * groups; place++) {
      for (int64_t o = 0; o < quantized_outputs; o++) {
        const int64_t output = place / groups * quantized_outputs + o, start = place % groups * size;
        if (output >= matrix.outputs) continue;
        load_group(weight + output * inputs, start, std::min(size, inputs - start), x);
        float far, scale;
        farthest(x, &far);
        scale = std::abs(far) / 127;
        if (bits == 4 && far != 0) best_scale(x, far, &scale);
        // A number that is none gets lost in comparisons: it is carried on by the scale.
        for (float number : x) scale += number * 0;
        exact[place * quantized_outputs + o] = scale;
      }
    }
  });
  float greatest = 0;
  bool finite = true;
  for (float scale : exact) {
    greatest = std::max(greatest, std::abs(scale));
    finite = finite && std::isfinite(scale);
  }
  TORCH_CHECK(finite, "a weight holds numbers that are infinite or none");
  // The greatest scale lies between 2^13 and 2^14: fp16 then holds scales down to a millionth of it exactly enough.
  matrix.unit = greatest > 0 ? std::ldexp(1.0, std::ilogb(greatest) - 13) : 1;
  parallel(matrix.panels(), 1, [&](int64_t begin, int64_t end) {
    float x[longest_group], whole[longest_group];
    for (int64_t place = begin * groups; place < end * groups; place++) {
      uint8_t *block = codes + place * matrix.group_bytes();
      std::memset(block, bits == 8 ? 128 : 0x88, matrix.group_bytes());
      for (int64_t o = 0; o < quantized_outputs; o++) {
        const int64_t output = place / groups * quantized_outputs + o, start = place % groups * size;
        if (output >= matrix.outputs) continue;
        const c10::Half kept(static_cast<float>(exact[place * quantized_outputs + o] / matrix.unit));
        scales[place * quantized_outputs + o] = kept;
        const double scale = static_cast<float>(kept) * matrix.unit;
        load_group(weight + output * inputs, start, std::min(size, inputs - start), x);
        encode(x, scale != 0 ? static_cast<float>(1 / scale) : 0, bits == 8 ? -127 : -8, bits == 8 ? 127 : 7, whole);
        for (int64_t i = 0; i < size; i++) {
          const auto code = static_cast<uint8_t>(static_cast<int>(whole[i]) + (bits == 8 ? 128 : 8));
          if (bits == 8) {
            block[i / 4 * 64 + o * 4 + i % 4] = code;
          } else {
            auto &pair = block[i / 8 * 64 + o * 4 + i % 4];
            pair = i % 8 < 4 ? (pair & 0xf0) | code : (pair & 0x0f) | (code << 4);
          }
        }
      }
    }
  });
}

/// The numbers of one group of an output, whose codes begin at `codes` and go on in every block.
CT_VECTORED(
    widen_group, (const uint8_t *codes, int64_t bits, float scale, float *into), (codes, bits, scale, into)) {
  if (bits == 8) {
    for (int64_t i = 0; i < quantized_group(8); i += 4, codes += 64) {
      for (int64_t j = 0; j < 4; j++) into[i + j] = static_cast<float>(codes[j] - 128) * scale;
    }
  } else {
    for (int64_t i = 0; i < quantized_group(4); i += 8, codes += 64) {
      for (int64_t j = 0; j < 4; j++) {
        into[i + j] = static_cast<float>((codes[j] & 15) - 8) * scale;
        into[i + 4 + j] = static_cast<float>((codes[j] >> 4) - 8) * scale;
      }
    }
  }
}

template <class Element>
void unpack_row(const QuantizedMatrix &matrix, int64_t output, Element *into) {
  const int64_t size = quantized_group(matrix.bits), groups = matrix.groups(), o = output % quantized_outputs;
  const int64_t first = output / quantized_outputs * groups;
  const auto *codes = matrix.codes.const_data_ptr<uint8_t>();
  const auto *scales = matrix.scales.const_data_ptr<c10::Half>();
  float group[longest_group];
  for (int64_t g = 0; g < groups; g++) {
    const int64_t place = first + g, start = g * size;
    const float scale = static_cast<float>(scales[place * quantized_outputs + o]) * static_cast<float>(matrix.unit);
    widen_group(codes + place * matrix.group_bytes() + o * 4, matrix.bits, scale, group);
    const int64_t count = std::min(size, matrix.inputs - start);
    for (int64_t i = 0; i < count; i++) into[start + i] = static_cast<Element>(group[i]);
  }
}

template <class Element>
void unpack(const QuantizedMatrix &matrix, const WantedRows &rows, at::Tensor &result) {
  auto *into = result.mutable_data_ptr<Element>();
  parallel(rows.count(), 16, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) unpack_row(matrix, rows[row], into + row * matrix.inputs);
  });
}

}  // namespace

QuantizedMatrix quantize(const at::Tensor &weight, int64_t bits) {
  TORCH_CHECK(bits == 8 || bits == 4, "weights of ", bits, " bits");
  TORCH_CHECK(weight.dim() == 2 && weight.is_cpu() && weight.numel() > 0, "a matrix on the CPU is quantised");
  const auto matrix = weight.scalar_type() == at::kBFloat16 ? weight.contiguous() : weight.to(at::kFloat).contiguous();
  QuantizedMatrix made{{}, {}, 1, bits, weight.size(0), weight.size(1)};
  made.codes = at::empty({made.panels(), made.groups() * made.group_bytes()}, at::kByte);
  prefer_large_pages(made.codes.data_ptr(), made.codes.nbytes());
  made.scales = at::zeros({made.panels(), made.groups() * quantized_outputs}, at::kHalf);
  if (matrix.scalar_type() == at::kBFloat16) {
    pack(matrix.const_data_ptr<c10::BFloat16>(), made);
  } else {
    pack(matrix.const_data_ptr<float>(), made);
  }
  return made;
}

at::Tensor dequantize(const QuantizedMatrix &matrix, const at::Tensor &ids, at::ScalarType type) {
  TORCH_CHECK(type == at::kFloat || type == at::kBFloat16, "quantised weights are read as fp32 or bf16");
  const WantedRows rows(ids, matrix.outputs, matrix.inputs);
  auto result = at::empty(rows.shape, type);
  type == at::kFloat ? unpack<float>(matrix, rows, result) : unpack<c10::BFloat16>(matrix, rows, result);
  return result;
}

}  // namespace ctorch
