#include "Quantized.hpp"

#include <ATen/ops/empty.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <atomic>

#include "Parallel.hpp"
#include "Vectored.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

/// Rows of activations in 8 bits: value = code · scale, a scale for each group.
struct Rows {
  const int8_t *codes;
  const float *scales;
  const int32_t *starts;  // -zero · Σ codes of a group: the weights' codes lie above zero
  int64_t groups;
};

/// How many rows share one pass over a panel: their sums stay in registers.
constexpr int64_t most_rows = 8;

std::atomic<bool> plainly{false};

template <int64_t Size>
CT_INLINE void round_group(const float *x, int64_t zero, int8_t *codes, float *scale, int32_t *start) {
  float greatest = 0;
  for (int64_t i = 0; i < Size; i++) {
    const float size = x[i] < 0 ? -x[i] : x[i];
    greatest = size > greatest ? size : greatest;
  }
  const float inverse = greatest > 0 ? 127 / greatest : 0;
  int32_t sum = 0;
  for (int64_t i = 0; i < Size; i++) {
    const auto code = static_cast<int32_t>((x[i] * inverse + 12582912.0f) - 12582912.0f);
    codes[i] = static_cast<int8_t>(code);
    sum += code;
  }
  // A number that is none would vanish in the rounding; the scale carries it on.
  float odd = 0;
  for (int64_t i = 0; i < Size; i++) odd += x[i] * 0;
  *scale = greatest / 127 + odd;
  *start = static_cast<int32_t>(-zero) * sum;
}

CT_VECTORED(
    round_row, (const float *x, int64_t groups, int64_t size, int8_t *codes, float *scales, int32_t *starts),
    (x, groups, size, codes, scales, starts)) {
  for (int64_t g = 0; g < groups; g++) {
    if (size == 64) {
      round_group<64>(x + g * 64, 128, codes + g * 64, scales + g, starts + g);
    } else {
      round_group<32>(x + g * 32, 8, codes + g * 32, scales + g, starts + g);
    }
  }
}

CT_VECTORED(widen, (const BFloat *x, int64_t count, float *into), (x, count, into)) {
  for (int64_t i = 0; i < count; i++) into[i] = load(x[i]);
}

/// `count` rows times one panel: `out` `[count, 16]`.
template <int Bits>
CT_INLINE void plain_panel(
    const uint8_t *codes, const float *scales, const Rows &rows, int64_t first, int64_t count, float *out) {
  constexpr int64_t size = quantized_group(Bits), bytes = size * quantized_outputs * Bits / 8;
  for (int64_t r = 0; r < count; r++, out += quantized_outputs) {
    for (int64_t o = 0; o < quantized_outputs; o++) out[o] = 0;
    for (int64_t g = 0; g < rows.groups; g++) {
      const int64_t place = (first + r) * rows.groups + g;
      int32_t sums[quantized_outputs];
      for (int64_t o = 0; o < quantized_outputs; o++) sums[o] = rows.starts[place];
      const int8_t *x = rows.codes + place * size;
      const uint8_t *w = codes + g * bytes;
      for (int64_t block = 0; block < bytes; block += 64, w += 64, x += 32 / Bits) {
        for (int64_t o = 0; o < quantized_outputs; o++) {
          for (int64_t j = 0; j < 4; j++) {
            if (Bits == 8) {
              sums[o] += w[o * 4 + j] * x[j];
            } else {
              sums[o] += (w[o * 4 + j] & 15) * x[j] + (w[o * 4 + j] >> 4) * x[4 + j];
            }
          }
        }
      }
      for (int64_t o = 0; o < quantized_outputs; o++) {
        out[o] += static_cast<float>(sums[o]) * (scales[g * quantized_outputs + o] * rows.scales[place]);
      }
    }
  }
}

CT_VECTORED(
    plain_panels,
    (int64_t bits, const uint8_t *codes, const float *scales, const Rows &rows, int64_t first, int64_t count,
     float *out),
    (bits, codes, scales, rows, first, count, out)) {
  if (bits == 8) return plain_panel<8>(codes, scales, rows, first, count, out);
  plain_panel<4>(codes, scales, rows, first, count, out);
}

#if defined(__x86_64__)

#define CT_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")))

template <int Bits, int R>
CT_VNNI inline void vnni_rows(
    const uint8_t *codes, const c10::Half *scales, const Rows &rows, int64_t first, float *out) {
  constexpr int64_t size = quantized_group(Bits), bytes = size * quantized_outputs * Bits / 8;
  const int64_t groups = rows.groups;
  const int8_t *x = rows.codes + first * groups * size;
  const float *x_scales = rows.scales + first * groups;
  const int32_t *starts = rows.starts + first * groups;
  const __m512i low = _mm512_set1_epi8(15);
  __m512 totals[R];
  for (int r = 0; r < R; r++) totals[r] = _mm512_setzero_ps();
  for (int64_t g = 0; g < groups; g++, codes += bytes, scales += quantized_outputs, x += size) {
    __m512i sums[R];
    for (int r = 0; r < R; r++) sums[r] = _mm512_set1_epi32(starts[r * groups + g]);
#pragma clang loop unroll(full)
    for (int64_t block = 0; block < bytes / 64; block++) {
      const __m512i w = _mm512_loadu_si512(codes + block * 64);
      if (R == 1) _mm_prefetch(reinterpret_cast<const char *>(codes + block * 64 + 4096), _MM_HINT_T0);
      const __m512i a = Bits == 8 ? w : _mm512_and_si512(w, low);
      const __m512i b = Bits == 8 ? w : _mm512_and_si512(_mm512_srli_epi16(w, 4), low);
#pragma clang loop unroll(full)
      for (int r = 0; r < R; r++) {
        const auto *four = reinterpret_cast<const int32_t *>(x + r * groups * size + block * (32 / Bits));
        sums[r] = _mm512_dpbusd_epi32(sums[r], a, _mm512_set1_epi32(four[0]));
        if (Bits == 4) sums[r] = _mm512_dpbusd_epi32(sums[r], b, _mm512_set1_epi32(four[1]));
      }
    }
    const __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(scales)));
    for (int r = 0; r < R; r++) {
      const __m512 both = _mm512_mul_ps(scale, _mm512_set1_ps(x_scales[r * groups + g]));
      totals[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r]), both, totals[r]);
    }
  }
  for (int r = 0; r < R; r++) _mm512_storeu_ps(out + r * quantized_outputs, totals[r]);
}

template <int Bits>
CT_VNNI void vnni_panel(
    const uint8_t *codes, const c10::Half *scales, const Rows &rows, int64_t first, int64_t count, float *out) {
  switch (count) {
    case 1: return vnni_rows<Bits, 1>(codes, scales, rows, first, out);
    case 2: return vnni_rows<Bits, 2>(codes, scales, rows, first, out);
    case 3: return vnni_rows<Bits, 3>(codes, scales, rows, first, out);
    case 4: return vnni_rows<Bits, 4>(codes, scales, rows, first, out);
    case 5: return vnni_rows<Bits, 5>(codes, scales, rows, first, out);
    case 6: return vnni_rows<Bits, 6>(codes, scales, rows, first, out);
    case 7: return vnni_rows<Bits, 7>(codes, scales, rows, first, out);
    default: return vnni_rows<Bits, 8>(codes, scales, rows, first, out);
  }
}

#endif

/// At most `most_rows` rows times panel number `number`, with the matrix's unit: `out` `[count, 16]`.
void multiply_panel(
    const QuantizedMatrix &matrix, int64_t number, const Rows &rows, int64_t first, int64_t count, float *out) {
  const int64_t groups = matrix.groups();
  const auto *codes = matrix.codes.const_data_ptr<uint8_t>() + number * groups * matrix.group_bytes();
  const auto *scales = matrix.scales.const_data_ptr<c10::Half>() + number * groups * quantized_outputs;
#if defined(__x86_64__)
  if (features().avx512_vnni && !plainly.load(std::memory_order_relaxed)) {
    matrix.bits == 8 ? vnni_panel<8>(codes, scales, rows, first, count, out)
                     : vnni_panel<4>(codes, scales, rows, first, count, out);
  } else
#endif
  {
    static thread_local std::vector<float> wide;
    wide.assign(scales, scales + groups * quantized_outputs);
    plain_panels(matrix.bits, codes, wide.data(), rows, first, count, out);
  }
  const auto unit = static_cast<float>(matrix.unit);
  for (int64_t i = 0; i < count * quantized_outputs; i++) out[i] *= unit;
}

/// The input's rows in 8 bits; the memory is kept for the next call.
Rows rounded_rows(const at::Tensor &input, int64_t bits) {
  static thread_local std::vector<int8_t> codes;
  static thread_local std::vector<float> scales;
  static thread_local std::vector<int32_t> starts;
  const int64_t size = quantized_group(bits), inputs = input.size(-1), count = input.numel() / inputs;
  const int64_t groups = (inputs + size - 1) / size;
  if (codes.size() < static_cast<size_t>(count * groups * size)) codes.resize(count * groups * size);
  if (scales.size() < static_cast<size_t>(count * groups)) {
    scales.resize(count * groups);
    starts.resize(count * groups);
  }
  auto *into = codes.data();
  auto *into_scales = scales.data();
  auto *into_starts = starts.data();
  const bool wide = input.scalar_type() == at::kFloat;
  const void *data = input.const_data_ptr();
  parallel(count, std::max<int64_t>(1, 32768 / inputs), [&](int64_t begin, int64_t end) {
    static thread_local std::vector<float> padded;
    padded.assign(groups * size, 0);
    for (int64_t row = begin; row < end; row++) {
      if (wide) {
        std::memcpy(padded.data(), static_cast<const float *>(data) + row * inputs, inputs * sizeof(float));
      } else {
        widen(static_cast<const BFloat *>(data) + row * inputs, inputs, padded.data());
      }
      round_row(
          padded.data(), groups, size, into + row * groups * size, into_scales + row * groups,
          into_starts + row * groups);
    }
  });
  return {into, into_scales, into_starts, groups};
}

void check(const at::Tensor &input, const QuantizedMatrix &matrix, const at::Tensor &bias, const at::Tensor &residual) {
  const auto type = input.scalar_type();
  TORCH_CHECK(
      input.is_cpu() && input.is_contiguous() && (type == at::kFloat || type == at::kBFloat16),
      "products with quantised weights take contiguous fp32 and bf16 on the CPU");
  TORCH_CHECK(
      input.dim() >= 1 && input.size(-1) == matrix.inputs && input.numel() > 0, "rows ", input.sizes(),
      " do not fit a quantised weight of ", matrix.inputs, " inputs");
  TORCH_CHECK(
      !bias.defined() || (bias.scalar_type() == type && bias.is_contiguous() && bias.numel() == matrix.outputs),
      "a bias that does not fit");
  TORCH_CHECK(
      !residual.defined() || (residual.scalar_type() == type && residual.is_contiguous() &&
                              residual.numel() == input.numel() / matrix.inputs * matrix.outputs),
      "a residual that does not fit");
}

at::Tensor output_for(const at::Tensor &input, int64_t outputs) {
  auto shape = input.sizes().vec();
  shape.back() = outputs;
  return at::empty(shape, input.options());
}

char *place(const at::Tensor &tensor, int64_t offset) {
  if (!tensor.defined()) return nullptr;
  return static_cast<char *>(tensor.data_ptr()) + offset * static_cast<int64_t>(tensor.element_size());
}

/// Panels that a thread takes at a time: enough to stream, few enough to share out.
constexpr int64_t panels_together = 4;

}  // namespace

std::vector<at::Tensor> quantized_linear(
    const at::Tensor &input, const std::vector<QuantizedMatrix> &weights, const std::vector<at::Tensor> &biases,
    const std::vector<at::Tensor> &residuals) {
  std::vector<at::Tensor> results;
  std::vector<int64_t> ends;  // of each weight's panels, all numbered through
  int64_t panels = 0;
  for (size_t i = 0; i < weights.size(); i++) {
    check(input, weights[i], biases[i], residuals[i]);
    TORCH_CHECK(weights[i].bits == weights[0].bits, "weights of one product differ in their bits");
    results.push_back(output_for(input, weights[i].outputs));
    ends.push_back(panels += weights[i].panels());
  }
  const int64_t count = input.numel() / input.size(-1);
  const auto rows = rounded_rows(input, weights[0].bits);
  const auto type = input.scalar_type();
  parallel(panels, panels_together, [&](int64_t begin, int64_t end) {
    float sums[most_rows * quantized_outputs];
    for (int64_t number = begin; number < end; number++) {
      size_t part = 0;
      while (number >= ends[part]) part++;
      const auto &weight = weights[part];
      const int64_t panel = number - (part > 0 ? ends[part - 1] : 0), output = panel * quantized_outputs;
      const int64_t some = std::min(quantized_outputs, weight.outputs - output);
      for (int64_t row = 0; row < count; row += most_rows) {
        const int64_t taken = std::min(most_rows, count - row);
        multiply_panel(weight, panel, rows, row, taken, sums);
        for (int64_t r = 0; r < taken; r++) {
          const int64_t offset = (row + r) * weight.outputs + output;
          few_rows_finish(
              type, sums + r * quantized_outputs, place(biases[part], output), place(residuals[part], offset),
              place(results[part], offset), some);
        }
      }
    }
  });
  return results;
}

at::Tensor quantized_gated(
    const at::Tensor &input, const QuantizedMatrix &gate, const at::Tensor &gate_bias, const QuantizedMatrix &up,
    const at::Tensor &up_bias, FewRowsActivation activation) {
  check(input, gate, gate_bias, {});
  check(input, up, up_bias, {});
  TORCH_CHECK(gate.bits == up.bits && gate.outputs == up.outputs, "a gate unlike what it lets through");
  auto result = output_for(input, up.outputs);
  const int64_t count = input.numel() / input.size(-1);
  const auto rows = rounded_rows(input, up.bits);
  const auto type = input.scalar_type();
  parallel(up.panels(), panels_together, [&](int64_t begin, int64_t end) {
    float gates[most_rows * quantized_outputs], ups[most_rows * quantized_outputs];
    for (int64_t panel = begin; panel < end; panel++) {
      const int64_t output = panel * quantized_outputs, some = std::min(quantized_outputs, up.outputs - output);
      for (int64_t row = 0; row < count; row += most_rows) {
        const int64_t taken = std::min(most_rows, count - row);
        multiply_panel(gate, panel, rows, row, taken, gates);
        multiply_panel(up, panel, rows, row, taken, ups);
        for (int64_t r = 0; r < taken; r++) {
          few_rows_finish_gated(
              type, gates + r * quantized_outputs, ups + r * quantized_outputs, place(gate_bias, output),
              place(up_bias, output), activation, place(result, (row + r) * up.outputs + output), some);
        }
      }
    }
  });
  return result;
}

void quantized_plainly(bool on) { plainly = on; }

}  // namespace ctorch
