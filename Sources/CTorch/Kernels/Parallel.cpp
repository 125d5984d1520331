#include "Parallel.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <atomic>

#if defined(__APPLE__)
#include <dispatch/dispatch.h>
#endif

namespace ctorch {

namespace {

struct Work {
  int64_t count, grain;
  Piece piece;
  const void *body;
  std::atomic<int64_t> next{0};

  void run() {
    for (;;) {
      int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
      if (begin >= count) return;
      piece(body, begin, std::min(count, begin + grain));
    }
  }
};

#if defined(__APPLE__)

void spread(Work &work, int64_t threads) {
  dispatch_apply_f(
      static_cast<size_t>(threads), DISPATCH_APPLY_AUTO, &work, [](void *work, size_t) {
        static_cast<Work *>(work)->run();
      });
}

#else

// The entry of libgomp that compilers call for a parallel region; libtorch has loaded the library.
using Entry = void (*)(void (*)(void *), void *, unsigned threads, unsigned flags);

void spread(Work &work, int64_t) {
  static const auto entry = reinterpret_cast<Entry>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  // With 0 threads asked for, the pool keeps its size: a changing size makes libgomp start threads anew.
  if (entry) entry([](void *work) { static_cast<Work *>(work)->run(); }, &work, 0, 0);
  work.run();
}

#endif

}  // namespace

void run_in_parallel(int64_t count, int64_t grain, Piece piece, const void *body) {
  if (count <= 0) return;
  grain = std::max<int64_t>(1, grain);
  auto threads = std::min<int64_t>(at::get_num_threads(), (count + grain - 1) / grain);
  if (threads <= 1 || at::in_parallel_region()) {
    piece(body, 0, count);
    return;
  }
  Work work{count, grain, piece, body};
  spread(work, threads);
}

}  // namespace ctorch
