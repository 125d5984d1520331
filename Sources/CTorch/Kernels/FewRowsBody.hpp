// The inner loops of FewRows.cpp for one instruction set; see LanesBody.hpp for how this is included.

/// Copies R rows of `input` side by side: `lanes` numbers of each row in turn, zeros behind the last.
///
/// Rows that lie a power of two apart would fight for the same few places of the first cache.
template <class Element>
static void pack(const Element *input, int64_t rows, int64_t count, float *packed) {
  for (int64_t k = 0; k < count; k += lanes) {
    for (int64_t row = 0; row < rows; row++, packed += lanes) {
      const Element *from = input + row * count + k;
      store(packed, count - k >= lanes ? load(from) : load_some(from, count - k));
    }
  }
}

/// R rows times O rows of the weight, over `count` of their `inputs` numbers.
///
/// Meanwhile the next O rows are fetched: the processor's own prefetching follows one stream well, and several badly.
template <int R, int O, class Element>
static inline void block(
    const Element *weight, int64_t inputs, int64_t count, const float *packed, float *out, int64_t stride) {
  Floats sums[R][O];
  for (int r = 0; r < R; r++) for (int o = 0; o < O; o++) sums[r][o] = Floats{};
  int64_t k = 0;
  for (; k + lanes <= count; k += lanes, packed += R * lanes) {
    Floats numbers[O];
    // A lone row streams through the weight by itself; what it needs is a hint for the page after the next, where the
    // processor would stop.
    if (R == 1 && k % (4096 / sizeof(Element)) == 0) {
      auto page = reinterpret_cast<const char *>(weight + k) + 8192;
      __builtin_prefetch(page, 0, 3);
      __builtin_prefetch(page + 64, 0, 3);
    }
    for (int o = 0; o < O; o++) {
      numbers[o] = load(weight + o * inputs + k);
      if (R > 1) __builtin_prefetch(weight + (O + o) * inputs + k, 0, 2);
    }
    for (int r = 0; r < R; r++) {
      Floats x = load(packed + r * lanes);
      for (int o = 0; o < O; o++) sums[r][o] += numbers[o] * x;
    }
  }
  if (k < count) {
    for (int o = 0; o < O; o++) {
      Floats number = load_some(weight + o * inputs + k, count - k);
      for (int r = 0; r < R; r++) sums[r][o] += number * load(packed + r * lanes);
    }
  }
  for (int r = 0; r < R; r++) for (int o = 0; o < O; o++) out[r * stride + o] += total(sums[r][o]);
}

/// R rows times `outputs` rows of the weight, added to `out`.
template <int R, int O, class Element>
static void group(
    const Element *weight, int64_t inputs, int64_t outputs, const float *packed, float *out, int64_t stride) {
  // So many numbers of every row fit the first cache; one row alone streams best without a break.
  constexpr int64_t most = R == 1 ? INT64_MAX / 2 : 6144 / R / lanes * lanes;
  int64_t parts = (inputs + most - 1) / most;
  int64_t part = ((inputs + parts - 1) / parts + lanes - 1) / lanes * lanes;
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
    const Element *weight, int64_t inputs, int64_t outputs, int64_t rows, const float *packed, float *out,
    int64_t stride) {
  for (int64_t i = 0; i < rows * stride; i++) out[i] = 0;
  while (rows > 0) {
    int64_t taken = few_rows_group(rows);
    // As many sums as there are registers: 32 with AVX-512 and NEON, else 16.
    constexpr bool many = ORCHARD_REGISTERS >= 32;
    switch (taken) {
      case 1: group<1, 1>(weight, inputs, outputs, packed, out, stride); break;
      case 2: group<2, 4>(weight, inputs, outputs, packed, out, stride); break;
      case 3: group<3, many ? 4 : 3>(weight, inputs, outputs, packed, out, stride); break;
      case 4: group<4, many ? 4 : 2>(weight, inputs, outputs, packed, out, stride); break;
      case 5: group<5, many ? 4 : 2>(weight, inputs, outputs, packed, out, stride); break;
      case 6: group<6, many ? 4 : 2>(weight, inputs, outputs, packed, out, stride); break;
      case 7: group<7, many ? 3 : 1>(weight, inputs, outputs, packed, out, stride); break;
      default: group<8, many ? 3 : 1>(weight, inputs, outputs, packed, out, stride); break;
    }
    rows -= taken;
    packed += taken * ((inputs + lanes - 1) / lanes * lanes);
    out += taken * stride;
  }
}

template <class Element>
static void pack_groups(const Element *input, int64_t rows, int64_t count, float *packed) {
  while (rows > 0) {
    int64_t taken = few_rows_group(rows);
    pack(input, taken, count, packed);
    rows -= taken;
    input += taken * count;
    packed += taken * ((count + lanes - 1) / lanes * lanes);
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

/// output = sums + bias + residual; the latter two may be absent.
template <class Element>
static void finish(
    const float *sums, const Element *bias, const Element *residual, Element *output, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    Floats value = load(sums + i);
    if (bias) value += load(bias + i);
    if (residual) value += load(residual + i);
    store(output + i, value);
  }
  if (i < count) {
    Floats value = load_some(sums + i, count - i);
    if (bias) value += load_some(bias + i, count - i);
    if (residual) value += load_some(residual + i, count - i);
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
static const FewRowsKernels<Element> *few_rows_kernels() {
  static const FewRowsKernels<Element> kernels = {
      lanes, pack_groups<Element>, panel<Element>, finish<Element>, finish_gated<Element>};
  return &kernels;
}
