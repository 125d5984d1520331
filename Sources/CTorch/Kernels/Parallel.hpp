// Work shared out over libtorch's own threads.
#pragma once

#include <cstdint>

namespace ctorch {

using Piece = void (*)(const void *body, int64_t begin, int64_t end);

void run_in_parallel(int64_t count, int64_t grain, Piece piece, const void *body);

/// Runs `body(begin, end)` until 0..<count is done, in pieces of `grain` that free threads take as they come.
///
/// at::parallel_for is a template that needs -fopenmp where it is used, and without it silently runs on one thread; a
/// pool of our own would fight with libtorch's, whose threads spin for a while after each of their own operations. So
/// the work goes to the very pool that libtorch uses.
template <class Body>
inline void parallel(int64_t count, int64_t grain, const Body &body) {
  run_in_parallel(
      count, grain,
      [](const void *body, int64_t begin, int64_t end) { (*static_cast<const Body *>(body))(begin, end); }, &body);
}

/// One part of a long work: `run(body, begin, end)` for 0..<count, in pieces of `grain`.
struct Phase {
  int64_t count, grain;
  Piece run;
  const void *body;
};

/// Runs phases one after the other, each shared out like `parallel`; one begins when the one before it is done.
///
/// The threads stay together from the first phase to the last and wait for each other by looking, not by sleeping: a
/// parallel region for each of hundreds of short phases would cost more than many of them.
void run_phases(const Phase *phases, int64_t count);

}  // namespace ctorch
