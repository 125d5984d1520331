// The kernels of LogitRow.hpp for one instruction set. Behind LanesBody.hpp, and like it without a guard.
//
// Sums run in fp32 over blocks and in fp64 over these: a vocabulary's worth of fp32 additions would cost digits.

constexpr int64_t row_block = 64 * lanes;

static float greatest_of(const float *values, int64_t count) {
  constexpr float least = -__builtin_inff();
  Floats most[4] = {Floats{} + least, Floats{} + least, Floats{} + least, Floats{} + least};
  int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    for (int k = 0; k < 4; k++) {
      Floats value = load(values + i + k * lanes);
      most[k] = value > most[k] ? value : most[k];
    }
  }
  float greatest = least;
  for (int k = 0; k < 4; k++) {
    for (int64_t lane = 0; lane < lanes; lane++) greatest = most[k][lane] > greatest ? most[k][lane] : greatest;
  }
  for (; i < count; i++) greatest = values[i] > greatest ? values[i] : greatest;
  return greatest;
}

static void exponentials_of(
    const float *values, float *weights, int64_t count, float greatest, double *sum, double *moment) {
  constexpr float least = -__builtin_inff();
  double sums = 0, moments = 0;
  for (int64_t start = 0; start < count; start += row_block) {
    int64_t end = start + row_block < count ? start + row_block : count;
    Floats part{}, moved{};
    for (int64_t i = start; i < end; i += lanes) {
      int64_t left = end - i;
      Floats value = left >= lanes ? load(values + i) : load_some(values + i, left);
      Floats difference = value - greatest;
      Floats weight = exponential(difference);
      // What is ruled out has no weight; the exponential's least number would be one. Nor has what lies behind the end.
      weight = difference < -87.0f ? Floats{} : weight;
      weight = difference == difference ? weight : difference;
      weight = value == Floats{} + least ? Floats{} : weight;
      if (left < lanes) {
        for (int64_t lane = left; lane < lanes; lane++) weight[lane] = 0;
        store_some(weights + i, weight, left);
      } else {
        store(weights + i, weight);
      }
      part += weight;
      moved += weight == 0.0f ? Floats{} : weight * difference;
    }
    sums += total(part);
    moments += total(moved);
  }
  *sum = sums;
  *moment = moments;
}

static void masses_of(const float *keys, const float *weights, int64_t count, const float *edges, double *masses) {
  for (int64_t e = 0; e < row_edges; e++) masses[e] = 0;
  for (int64_t start = 0; start < count; start += row_block) {
    int64_t end = start + row_block < count ? start + row_block : count;
    Floats parts[row_edges] = {};
    int64_t i = start;
    for (; i + lanes <= end; i += lanes) {
      Floats key = load(keys + i), weight = load(weights + i);
      for (int64_t e = 0; e < row_edges; e++) parts[e] += key >= edges[e] ? weight : Floats{};
    }
    for (int64_t e = 0; e < row_edges; e++) {
      float part = total(parts[e]);
      for (int64_t j = i; j < end; j++) part += keys[j] >= edges[e] ? weights[j] : 0;
      masses[e] += part;
    }
  }
}
