// The inner loops of DecodeAttention.cpp for one instruction set; see LanesBody.hpp for how this is included.

/// Places that are taken at a time, so that several queries find their keys and values in the first cache.
constexpr int64_t decode_chunk = 64;

template <class Element>
static inline float dot(const float *a, const Element *b, int64_t count) {
  Floats sum = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) sum += load(a + i) * load(b + i);
  if (i < count) sum += load_some(a + i, count - i) * load_some(b + i, count - i);
  return total(sum);
}
/// sums[0..<V·lanes] += Σ weights[s] · values[s], over `places` rows that lie `width` apart.
template <int V, class Element>
static inline void weigh(const float *weights, const Element *values, int64_t places, int64_t width, float *sums) {
  Floats held[V];
  for (int v = 0; v < V; v++) held[v] = load(sums + v * lanes);
  for (int64_t s = 0; s < places; s++, values += width) {
    for (int v = 0; v < V; v++) held[v] += load(values + v * lanes) * weights[s];
  }
  for (int v = 0; v < V; v++) store(sums + v * lanes, held[v]);
}

/// The attention of `task.group` queries over one row's keys and values; `scores` holds `group` · `length` numbers.
template <class Element>
static void decode_heads(const DecodeTask<Element> &task, float *scores) {
  int64_t width = task.width, length = task.length;
  float *queries = task.queries, *sums = task.output;
  for (int64_t i = 0; i < task.group * width; i++) {
    queries[i] *= task.scale;
    sums[i] = 0;
  }
  for (int64_t start = 0; start < length; start += decode_chunk) {
    int64_t end = start + decode_chunk < length ? start + decode_chunk : length;
    for (int64_t g = 0; g < task.group; g++) {
      for (int64_t s = start; s < end; s++) {
        scores[g * length + s] = dot(queries + g * width, task.keys + s * width, width);
      }
    }
  }
  for (int64_t g = 0; g < task.group; g++) {
    float *row = scores + g * length;
    if (task.cap > 0) {
      // cap · tanh(s / cap), tanh x = 1 - 2 / (e^2x + 1).
      const float twice = 2 / task.cap;
      int64_t s = 0;
      for (; s + lanes <= length; s += lanes) {
        store(row + s, task.cap - 2 * task.cap / (exponential(load(row + s) * twice) + 1));
      }
      if (s < length) {
        Floats capped = task.cap - 2 * task.cap / (exponential(load_some(row + s, length - s) * twice) + 1);
        store_some(row + s, capped, length - s);
      }
    }
    if (task.bias) {
      // By the distance from the query, which stands at the last place; far ones share the last number.
      const float *bias = task.bias + g * task.bias_count;
      int64_t far = length - task.bias_count;
      for (int64_t s = 0; s < length; s++) row[s] += bias[s < far ? task.bias_count - 1 : length - 1 - s];
    }
    float greatest = row[0];
    for (int64_t s = 1; s < length; s++) greatest = row[s] > greatest ? row[s] : greatest;
    Floats sum = {};
    float rest = 0;
    int64_t s = 0;
    for (; s + lanes <= length; s += lanes) {
      Floats weight = exponential(load(row + s) - greatest);
      sum += weight;
      store(row + s, weight);
    }
    if (s < length) {
      Floats weight = exponential(load_some(row + s, length - s) - greatest);
      store_some(row + s, weight, length - s);
      for (int64_t i = 0; i < length - s; i++) rest += weight[i];
    }
    float share = 1 / (total(sum) + rest);
    for (int64_t s = 0; s < length; s++) row[s] *= share;
  }
  for (int64_t start = 0; start < length; start += decode_chunk) {
    int64_t places = (start + decode_chunk < length ? start + decode_chunk : length) - start;
    for (int64_t g = 0; g < task.group; g++) {
      const float *weights = scores + g * length + start;
      const Element *values = task.values + start * width;
      float *into = sums + g * width;
      int64_t d = 0;
      for (; d + 8 * lanes <= width; d += 8 * lanes) weigh<8>(weights, values + d, places, width, into + d);
      for (; d + 4 * lanes <= width; d += 4 * lanes) weigh<4>(weights, values + d, places, width, into + d);
      for (; d + lanes <= width; d += lanes) weigh<1>(weights, values + d, places, width, into + d);
      for (; d < width; d++) {
        for (int64_t s = 0; s < places; s++) into[d] += static_cast<float>(values[s * width + d]) * weights[s];
      }
    }
  }
}
