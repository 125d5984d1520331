// Vectors of ORCHARD_LANES numbers. Included once for every instruction set, each time inside a namespace of its own
// and under that set's target attribute: hence neither a guard nor an include here.
//
// The vector types are the compiler's own, so that one text serves AVX-512 (16 lanes), AVX2 (8), NEON and SSE (4).

constexpr int64_t lanes = ORCHARD_LANES;

typedef float Floats __attribute__((vector_size(ORCHARD_LANES * 4)));
typedef int32_t Integers __attribute__((vector_size(ORCHARD_LANES * 4)));
typedef uint32_t Words __attribute__((vector_size(ORCHARD_LANES * 4)));
typedef uint16_t Halves __attribute__((vector_size(ORCHARD_LANES * 2)));
typedef float LooseFloats __attribute__((vector_size(ORCHARD_LANES * 4), aligned(4)));
typedef uint16_t LooseHalves __attribute__((vector_size(ORCHARD_LANES * 2), aligned(2)));

static inline Floats load(const float *from) { return *reinterpret_cast<const LooseFloats *>(from); }
static inline Floats load(const c10::BFloat16 *from) {
  Halves bits = *reinterpret_cast<const LooseHalves *>(from);
  return reinterpret_cast<Floats>(__builtin_convertvector(bits, Words) << 16);
}
static inline void store(float *to, Floats values) { *reinterpret_cast<LooseFloats *>(to) = values; }
static inline void store(c10::BFloat16 *to, Floats values) {
  Words bits = reinterpret_cast<Words>(values);
  Words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  Words kept = values == values ? rounded : (rounded & 0) + 0x7fc0;
  *reinterpret_cast<LooseHalves *>(to) = __builtin_convertvector(kept, Halves);
}

/// The first `count` numbers, zeros behind them.
template <class Element>
static inline Floats load_some(const Element *from, int64_t count) {
  float values[lanes] = {};
  for (int64_t i = 0; i < count; i++) values[i] = static_cast<float>(from[i]);
  return load(values);
}
template <class Element>
static inline void store_some(Element *to, Floats values, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<Element>(values[i]);
}

/// The sum of all lanes.
static inline float total(Floats v) {
#if ORCHARD_LANES == 16
  auto eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
               __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#elif ORCHARD_LANES == 8
  auto eight = v;
#endif
#if ORCHARD_LANES >= 8
  auto four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
#else
  auto four = v;
#endif
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/// e to each lane, to about one unit in the last place; beyond the range of fp32 the nearest number in it.
static inline Floats exponential(Floats x) {
  x = x < -87.3f ? Floats{} - 87.3f : x;
  x = x > 88.3f ? Floats{} + 88.3f : x;
  // e^x = 2^n · e^r with |r| at most ln 2 / 2. Adding 1.5 · 2^23 rounds to a whole number; ln 2 is taken in two parts.
  Floats n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  Floats r = x - n * 0.693359375f + n * 2.12194440e-4f;
  // Cephes' polynomial for e^r.
  Floats p = ((((r * 1.9875691500e-4f + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r +
              1.6666665459e-1f) * r + 5.0000001201e-1f;
  Floats y = p * r * r + r + 1.0f;
  return y * reinterpret_cast<Floats>((__builtin_convertvector(n, Integers) + 127) << 23);
}
