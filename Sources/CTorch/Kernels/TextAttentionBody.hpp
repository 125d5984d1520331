// The inner loops of TextAttention.cpp for one instruction set; see LanesBody.hpp for how this is included.

// Queries and vectors of keys that are held in registers at a time.
#if ORCHARD_REGISTERS >= 32
constexpr int queries_together = 6, key_vectors = 4;
#else
constexpr int queries_together = 5, key_vectors = 2;
#endif
constexpr int64_t keys_together = key_vectors * lanes;

/// scores[q][0..<keys_together] = queries[q] · keys, which stand `[width][keys_together]`.
static inline void score_keys(const float *queries, const float *keys, int64_t width, float *scores, int64_t stride) {
  Floats sums[queries_together][key_vectors] = {};
  for (int64_t i = 0; i < width; i++) {
    Floats key[key_vectors];
    for (int v = 0; v < key_vectors; v++) key[v] = load(keys + i * keys_together + v * lanes);
    for (int q = 0; q < queries_together; q++) {
      for (int v = 0; v < key_vectors; v++) sums[q][v] += key[v] * queries[q * width + i];
    }
  }
  for (int q = 0; q < queries_together; q++) {
    for (int v = 0; v < key_vectors; v++) store(scores + q * stride + v * lanes, sums[q][v]);
  }
}

/// output[q][0..<V·lanes] = Σ weights[q][s] · values[s], over `places` rows that lie `width` apart.
template <int V>
static inline void weigh_values(
    const float *weights, int64_t stride, const float *values, int64_t places, int64_t width, float *output) {
  Floats sums[queries_together][V] = {};
  for (int64_t s = 0; s < places; s++) {
    Floats value[V];
    for (int v = 0; v < V; v++) value[v] = load(values + s * width + v * lanes);
    for (int q = 0; q < queries_together; q++) {
      for (int v = 0; v < V; v++) sums[q][v] += value[v] * weights[q * stride + s];
    }
  }
  for (int q = 0; q < queries_together; q++) {
    for (int v = 0; v < V; v++) store(output + q * width + v * lanes, sums[q][v]);
  }
}

/// Turns a row of scores into weights that are not yet divided by their sum, which is returned.
static inline float soften(float *row, int64_t count) {
  Floats most = Floats{} + row[0];
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Floats scores = load(row + i);
    most = scores > most ? scores : most;
  }
  float greatest = most[0];
  for (int64_t lane = 1; lane < lanes; lane++) greatest = most[lane] > greatest ? most[lane] : greatest;
  for (int64_t s = i; s < count; s++) greatest = row[s] > greatest ? row[s] : greatest;
  Floats sum = {};
  for (i = 0; i + lanes <= count; i += lanes) {
    const Floats weights = exponential(load(row + i) - greatest);
    sum += weights;
    store(row + i, weights);
  }
  float rest = 0;
  if (i < count) {
    const Floats weights = exponential(load_some(row + i, count - i) - greatest);
    store_some(row + i, weights, count - i);
    for (int64_t s = 0; s < count - i; s++) rest += weights[s];
  }
  return total(sum) + rest;
}

static int64_t text_memory(int64_t length, int64_t width) {
  const int64_t padded = (length + keys_together - 1) / keys_together * keys_together;
  return padded * width + length * width + queries_together * (2 * width + padded);
}

/// One head of one text; `memory` holds `text_memory` numbers.
template <class Element>
static void attend_text(const TextTask<Element> &task, float *memory) {
  const int64_t width = task.width, length = task.length;
  const int64_t padded = (length + keys_together - 1) / keys_together * keys_together;
  float *keys = memory, *values = keys + padded * width, *queries = values + length * width,
        *output = queries + queries_together * width, *scores = output + queries_together * width;
  for (int64_t j = 0; j < padded; j++) {
    float *column = keys + j / keys_together * keys_together * width + j % keys_together;
    // Number by number: the compiler's scatter instructions take longer than all the rest of a head.
#pragma clang loop vectorize(disable) interleave(disable)
    for (int64_t i = 0; i < width; i++) {
      column[i * keys_together] = j < length ? static_cast<float>(task.key[j * task.stride + i]) : 0;
    }
  }
  for (int64_t j = 0; j < length; j++) {
    for (int64_t i = 0; i < width; i += lanes) store(values + j * width + i, load(task.value + j * task.stride + i));
  }
  for (int64_t first = 0; first < length; first += queries_together) {
    const int64_t count = first + queries_together < length ? queries_together : length - first;
    for (int64_t q = 0; q < queries_together; q++) {
      for (int64_t i = 0; i < width; i += lanes) {
        const Floats query = q < count ? load(task.query + (first + q) * task.stride + i) : Floats{};
        store(queries + q * width + i, query * task.scale);
      }
    }
    for (int64_t j = 0; j < padded; j += keys_together) score_keys(queries, keys + j * width, width, scores + j, padded);
    float shares[queries_together];
    for (int64_t q = 0; q < count; q++) shares[q] = 1 / soften(scores + q * padded, length);
    int64_t d = 0;
    for (; d + 4 * lanes <= width; d += 4 * lanes) weigh_values<4>(scores, padded, values + d, length, width, output + d);
    for (; d + 2 * lanes <= width; d += 2 * lanes) weigh_values<2>(scores, padded, values + d, length, width, output + d);
    for (; d < width; d += lanes) weigh_values<1>(scores, padded, values + d, length, width, output + d);
    for (int64_t q = 0; q < count; q++) {
      for (int64_t i = 0; i < width; i += lanes) {
        store(task.output + (first + q) * task.output_stride + i, load(output + q * width + i) * shares[q]);
      }
    }
  }
}

template <class Element>
static const TextKernels<Element> *text_kernels() {
  static const TextKernels<Element> made = {lanes, text_memory, attend_text<Element>};
  return &made;
}
