// The inner loops of FewRows.cpp for one instruction set; see LanesBody.hpp for how this is included.

/// How numbers of a weight meet those of a packed row: widened to fp32.
template <class Element>
struct Terms {
  typedef float Packed;
  typedef Floats Numbers;
  static constexpr int64_t step = lanes;
  static inline Numbers weights(const Element *from) { return load(from); }
  static inline Numbers some_weights(const Element *from, int64_t count) { return load_some(from, count); }
  static inline Numbers row(const Packed *from) { return load(from); }
  static inline void add(Floats &sum, Numbers a, Numbers b) { sum += a * b; }
  static inline void pack(const Element *from, Packed *to) { store(to, load(from)); }
  static inline void pack_some(const Element *from, int64_t count, Packed *to) { store(to, load_some(from, count)); }
};

#if defined(ORCHARD_BF16_DOT)
/// In pairs, as they are: exact products of bf16 numbers, summed in fp32.
template <>
struct Terms<c10::BFloat16> {
  typedef c10::BFloat16 Packed;
  typedef __m512bh Numbers;
  static constexpr int64_t step = 32;
  static inline Numbers weights(const c10::BFloat16 *from) { return (__m512bh)_mm512_loadu_si512(from); }
  static inline Numbers some_weights(const c10::BFloat16 *from, int64_t count) {
    return (__m512bh)_mm512_maskz_loadu_epi16((1u << count) - 1, from);
  }
  static inline Numbers row(const Packed *from) { return weights(from); }
  static inline void add(Floats &sum, Numbers a, Numbers b) { sum = (Floats)_mm512_dpbf16_ps((__m512)sum, a, b); }
  static inline void pack(const c10::BFloat16 *from, Packed *to) {
    _mm512_storeu_si512(to, _mm512_loadu_si512(from));
  }
  static inline void pack_some(const c10::BFloat16 *from, int64_t count, Packed *to) {
    _mm512_storeu_si512(to, (__m512i)some_weights(from, count));
  }
};
#endif

/// Writes row `place` of `rows` that lie side by side: `step` numbers of each row in turn, zeros behind the last.
///
/// Rows that lie a power of two apart would fight for the same few places of the first cache.
template <class Element>
static void pack_row(const Element *input, int64_t count, int64_t rows, int64_t place, void *packed) {
  typedef Terms<Element> T;
  auto *to = static_cast<typename T::Packed *>(packed) + place * T::step;
  for (int64_t k = 0; k < count; k += T::step, to += rows * T::step) {
    count - k >= T::step ? T::pack(input + k, to) : T::pack_some(input + k, count - k, to);
  }
}

/// One row times one row of the weight: several sums, so that none waits for the last addition to it.
template <class Element>
static inline float lone(const Element *weight, int64_t count, const typename Terms<Element>::Packed *packed) {
  typedef Terms<Element> T;
  Floats sums[4] = {Floats{}, Floats{}, Floats{}, Floats{}};
  int64_t k = 0;
  for (; k + 4 * T::step <= count; k += 4 * T::step) {
    for (int i = 0; i < 4; i++) T::add(sums[i], T::weights(weight + k + i * T::step), T::row(packed + k + i * T::step));
  }
  for (; k + T::step <= count; k += T::step) T::add(sums[0], T::weights(weight + k), T::row(packed + k));
  if (k < count) T::add(sums[1], T::some_weights(weight + k, count - k), T::row(packed + k));
  return total((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// R rows times O rows of the weight, over `count` of their `inputs` numbers.
///
/// Meanwhile the next O rows are fetched: the processor's own prefetching follows one stream well, and several badly.
template <int R, int O, class Element>
static inline void block(
    const Element *weight, int64_t inputs, int64_t count, const typename Terms<Element>::Packed *packed, float *out,
    int64_t stride) {
  typedef Terms<Element> T;
  Floats sums[R][O];
  for (int r = 0; r < R; r++) for (int o = 0; o < O; o++) sums[r][o] = Floats{};
  int64_t k = 0;
  for (; k + T::step <= count; k += T::step, packed += R * T::step) {
    typename T::Numbers numbers[O];
    for (int o = 0; o < O; o++) {
      numbers[o] = T::weights(weight + o * inputs + k);
      __builtin_prefetch(weight + (O + o) * inputs + k, 0, 2);
    }
    for (int r = 0; r < R; r++) {
      auto x = T::row(packed + r * T::step);
      for (int o = 0; o < O; o++) T::add(sums[r][o], numbers[o], x);
    }
  }
  if (k < count) {
    for (int o = 0; o < O; o++) {
      auto number = T::some_weights(weight + o * inputs + k, count - k);
      for (int r = 0; r < R; r++) T::add(sums[r][o], number, T::row(packed + r * T::step));
    }
  }
  for (int r = 0; r < R; r++) for (int o = 0; o < O; o++) out[r * stride + o] += total(sums[r][o]);
}

/// R rows times `outputs` rows of the weight, added to `out`.
template <int R, int O, class Element>
static void group(
    const Element *weight, int64_t inputs, int64_t outputs, const typename Terms<Element>::Packed *packed, float *out,
    int64_t stride) {
  typedef Terms<Element> T;
  // So many numbers of every row fit the first cache.
  constexpr int64_t most = 6144 * 4 / static_cast<int64_t>(sizeof(typename T::Packed)) / R / T::step * T::step;
  int64_t parts = (inputs + most - 1) / most;
  int64_t part = ((inputs + parts - 1) / parts + T::step - 1) / T::step * T::step;
  for (int64_t k = 0; k < inputs; k += part) {
    int64_t count = inputs - k < part ? inputs - k : part;
    int64_t o = 0;
    for (; o + O <= outputs; o += O) {
      block<R, O>(weight + o * inputs + k, inputs, count, packed + k * R, out + o, stride);
    }
    for (; o < outputs; o++) block<R, 1>(weight + o * inputs + k, inputs, count, packed + k * R, out + o, stride);
  }
}

/// All rows times one panel of the weight: `out` `[rows, outputs]`, its rows `stride` apart.
template <class Element>
static void panel(
    const Element *weight, int64_t inputs, int64_t outputs, int64_t rows, const void *memory, float *out,
    int64_t stride) {
  typedef Terms<Element> T;
  auto *packed = static_cast<const typename T::Packed *>(memory);
  if (rows == 1) {
    for (int64_t o = 0; o < outputs; o++) out[o] = lone(weight + o * inputs, inputs, packed);
    return;
  }
  for (int64_t i = 0; i < rows * stride; i++) out[i] = 0;
  while (rows > 0) {
    int64_t taken = few_rows_group(rows);
    // As many sums as there are registers: 32 with AVX-512 and NEON, else 16.
    constexpr bool many = ORCHARD_REGISTERS >= 32;
    switch (taken) {
      case 1: group<1, 4>(weight, inputs, outputs, packed, out, stride); break;
      case 2: group<2, 4>(weight, inputs, outputs, packed, out, stride); break;
      case 3: group<3, many ? 4 : 3>(weight, inputs, outputs, packed, out, stride); break;
      case 4: group<4, many ? 4 : 2>(weight, inputs, outputs, packed, out, stride); break;
      case 5: group<5, many ? 4 : 2>(weight, inputs, outputs, packed, out, stride); break;
      case 6: group<6, many ? 4 : 2>(weight, inputs, outputs, packed, out, stride); break;
      case 7: group<7, many ? 3 : 1>(weight, inputs, outputs, packed, out, stride); break;
      default: group<8, many ? 3 : 1>(weight, inputs, outputs, packed, out, stride); break;
    }
    rows -= taken;
    packed += taken * ((inputs + T::step - 1) / T::step * T::step);
    out += taken * stride;
  }
}

static inline Floats activated(Floats x, FewRowsActivation activation) {
  switch (activation) {
    case FewRowsActivation::relu: return x > 0.0f ? x : Floats{};
    case FewRowsActivation::silu: return x / (exponential(-x) + 1.0f);
    case FewRowsActivation::gelu_tanh: {
      // ½(1 + tanh z) is 1 / (1 + e^-2z).
      Floats z = x * 0.7978845608f * (x * x * 0.044715f + 1.0f);
      return x / (exponential(z * -2.0f) + 1.0f);
    }
    case FewRowsActivation::gelu: {
      for (int i = 0; i < lanes; i++) x[i] = x[i] * 0.5f * (1 + erff(x[i] * 0.70710678f));
      return x;
    }
  }
  return x;
}

/// output = sums + bias + residual, and of that the activation; all but the sums may be absent.
template <class Element>
static void finish(
    const float *sums, const Element *bias, const Element *residual, const FewRowsActivation *activation,
    Element *output, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    Floats value = load(sums + i);
    if (bias) value += load(bias + i);
    if (residual) value += load(residual + i);
    if (activation) value = activated(value, *activation);
    store(output + i, value);
  }
  if (i < count) {
    Floats value = load_some(sums + i, count - i);
    if (bias) value += load_some(bias + i, count - i);
    if (residual) value += load_some(residual + i, count - i);
    if (activation) value = activated(value, *activation);
    store_some(output + i, value, count - i);
  }
}

/// output = activation(gate) · up.
template <class Element>
static void finish_gated(
    const float *gate, const float *up, const Element *gate_bias, const Element *up_bias,
    FewRowsActivation activation, Element *output, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    Floats g = load(gate + i), u = load(up + i);
    if (gate_bias) g += load(gate_bias + i);
    if (up_bias) u += load(up_bias + i);
    store(output + i, activated(g, activation) * u);
  }
  if (i < count) {
    int64_t some = count - i;
    Floats g = load_some(gate + i, some), u = load_some(up + i, some);
    if (gate_bias) g += load_some(gate_bias + i, some);
    if (up_bias) u += load_some(up_bias + i, some);
    store_some(output + i, activated(g, activation) * u, some);
  }
}

template <class Element>
static const FewRowsKernels<Element> *kernels() {
  static const FewRowsKernels<Element> made = {
      Terms<Element>::step, sizeof(typename Terms<Element>::Packed), pack_row<Element>, panel<Element>, finish<Element>,
      finish_gated<Element>};
  return &made;
}
