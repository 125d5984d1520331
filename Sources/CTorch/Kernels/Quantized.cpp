#include "Quantized.hpp"

#include <c10/util/Half.h>

#include <atomic>

#include "Vectored.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ctorch {

namespace {

constexpr int64_t longest_group = 64;

std::atomic<bool> plainly{false};

template <int64_t Size>
CT_INLINE void round_group(const float *x, int64_t zero, int8_t *codes, float *scale, int32_t *start) {
  // Sixteen at a time, lane by lane: the compiler may not reorder a single sum or maximum.
  constexpr int64_t lanes = 16;
  float most[lanes] = {}, odd[lanes] = {};
  for (int64_t i = 0; i < Size; i += lanes) {
    for (int64_t j = 0; j < lanes; j++) {
      const float value = x[i + j], size = value < 0 ? -value : value;
      most[j] = size > most[j] ? size : most[j];
      // A number that is none would vanish in the rounding; the scale carries it on.
      odd[j] += value * 0;
    }
  }
  float greatest = 0, rest = 0;
  for (int64_t j = 0; j < lanes; j++) {
    greatest = most[j] > greatest ? most[j] : greatest;
    rest += odd[j];
  }
  const float inverse = greatest > 0 ? 127 / greatest : 0;
  int32_t sum = 0;
  for (int64_t i = 0; i < Size; i++) {
    const auto code = static_cast<int32_t>((x[i] * inverse + 12582912.0f) - 12582912.0f);
    codes[i] = static_cast<int8_t>(code);
    sum += code;
  }
  *scale = greatest / 127 + rest;
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
    const uint8_t *codes, const float *scales, const QuantizedRows &rows, int64_t first, int64_t count, float *out) {
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
    (int64_t bits, const uint8_t *codes, const float *scales, const QuantizedRows &rows, int64_t first, int64_t count,
     float *out),
    (bits, codes, scales, rows, first, count, out)) {
  if (bits == 8) return plain_panel<8>(codes, scales, rows, first, count, out);
  plain_panel<4>(codes, scales, rows, first, count, out);
}

#if defined(__x86_64__)

#define CT_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")))

template <int Bits, int R>
CT_VNNI inline void vnni_rows(
    const uint8_t *codes, const c10::Half *scales, const QuantizedRows &rows, int64_t first, float *out) {
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
      if (R > 1) _mm_prefetch(reinterpret_cast<const char *>(codes + block * 64 + 4096), _MM_HINT_T0);
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
    const uint8_t *codes, const c10::Half *scales, const QuantizedRows &rows, int64_t first, int64_t count, float *out) {
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

}  // namespace

QuantizedPanels::QuantizedPanels(const QuantizedMatrix &matrix)
    : codes(matrix.codes.const_data_ptr<uint8_t>()), scales(matrix.scales.const_data_ptr<c10::Half>()),
      unit(static_cast<float>(matrix.unit)), bits(matrix.bits), groups(matrix.groups()) {}

void quantized_panel(
    const QuantizedPanels &matrix, int64_t number, const QuantizedRows &rows, int64_t first, int64_t count,
    float *out) {
  const int64_t groups = matrix.groups;
  const int64_t group_bytes = quantized_group(matrix.bits) * quantized_outputs * matrix.bits / 8;
  const auto *codes = matrix.codes + number * groups * group_bytes;
  const auto *scales = matrix.scales + number * groups * quantized_outputs;
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
  for (int64_t i = 0; i < count * quantized_outputs; i++) out[i] *= matrix.unit;
}

void quantized_round(const float *row, int64_t inputs, int64_t bits, int8_t *codes, float *scales, int32_t *starts) {
  const int64_t size = quantized_group(bits), whole = inputs / size;
  round_row(row, whole, size, codes, scales, starts);
  if (whole * size == inputs) return;
  float last[longest_group] = {};
  std::memcpy(last, row + whole * size, (inputs - whole * size) * sizeof(float));
  round_row(last, 1, size, codes + whole * size, scales + whole, starts + whole);
}

void quantized_round(
    const c10::BFloat16 *row, int64_t inputs, int64_t bits, int8_t *codes, float *scales, int32_t *starts) {
  static thread_local std::vector<float> wide;
  if (wide.size() < static_cast<size_t>(inputs)) wide.resize(inputs);
  widen(reinterpret_cast<const BFloat *>(row), inputs, wide.data());
  quantized_round(wide.data(), inputs, bits, codes, scales, starts);
}

void quantized_plainly(bool on) { plainly = on; }

}  // namespace ctorch
