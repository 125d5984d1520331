// One row of logits: its maximum, its exponentials, and how its weight lies along a key.
#pragma once

#include <cstdint>

namespace ctorch {

/// The greatest of `count` numbers; not-a-numbers are passed over.
float row_greatest(const float *values, int64_t count);

/// Writes exp(value − greatest) to `weights`; gives their sum, and the sum of weight · (value − greatest).
void row_exponentials(
    const float *values, float *weights, int64_t count, float greatest, double *sum, double *moment);

/// The place of the greatest of `count` numbers, the first of equal ones, and the logarithm of its share in the sum of
/// all exponentials: no number where one of them is none. `memory` holds `count` numbers.
int64_t row_likeliest(const float *values, int64_t count, float *memory, float *log_probability);

/// The number of edges that `row_masses` looks at.
constexpr int64_t row_edges = 16;

/// For each edge, edges[e] falling, the sum of the weights whose key is at least edges[e].
void row_masses(const float *keys, const float *weights, int64_t count, const float *edges, double *masses);

}  // namespace ctorch
