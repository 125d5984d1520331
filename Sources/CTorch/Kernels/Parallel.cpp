#include "Parallel.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <thread>

#if defined(__APPLE__)
#include <dispatch/dispatch.h>
#endif

namespace ctorch {

namespace {

/// Takes a piece of what is left of 0..<count; false where nothing is.
///
/// Large pieces first, so that each thread reads long stretches of memory (a third faster than short ones in turn), and
/// then smaller ones, so that all end together.
inline bool take(
    std::atomic<int64_t> &next, int64_t count, int64_t grain, int64_t threads, int64_t &begin, int64_t &end) {
  begin = next.load(std::memory_order_relaxed);
  do {
    if (begin >= count) return false;
    end = std::min(count, begin + std::max(grain, (count - begin) / (2 * threads)));
  } while (!next.compare_exchange_weak(begin, end, std::memory_order_relaxed));
  return true;
}

struct Work {
  int64_t count, grain, threads;
  Piece piece;
  const void *body;
  std::atomic<int64_t> next{0};

  void run() {
    int64_t begin, end;
    while (take(next, count, grain, threads, begin, end)) piece(body, begin, end);
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

Entry entry() {
  static const auto found = reinterpret_cast<Entry>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  return found;
}

void spread(Work &work, int64_t) {
  // With 0 threads asked for, the pool keeps its size: a changing size makes libgomp start threads anew.
  if (entry()) entry()([](void *work) { static_cast<Work *>(work)->run(); }, &work, 0, 0);
  work.run();
}

/// The number of threads that run the region a thread is in, or null where it cannot be known.
using Size = int (*)();

Size team_size() {
  static const auto found = reinterpret_cast<Size>(dlsym(RTLD_DEFAULT, "omp_get_num_threads"));
  return found;
}

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Phases that a team of threads goes through together.
struct Team {
  const Phase *phases;
  int64_t count;
  // Apart from each other, so that a thread that looks does not disturb those that write.
  alignas(64) std::atomic<int64_t> next{0};
  alignas(64) std::atomic<int64_t> arrived{0};
  alignas(64) std::atomic<int64_t> finished{0};

  void run(int64_t size) {
    for (int64_t number = 0; number < count; number++) {
      const Phase &phase = phases[number];
      int64_t begin, end;
      while (take(next, phase.count, phase.grain, size, begin, end)) phase.run(phase.body, begin, end);
      if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == size) {
        // Nobody takes pieces now: all have found none left.
        next.store(0, std::memory_order_relaxed);
        arrived.store(0, std::memory_order_relaxed);
        finished.store(number + 1, std::memory_order_release);
      } else {
        // Another program may have the core that a late thread needs: then looking on would keep it from coming.
        for (int64_t looks = 0; finished.load(std::memory_order_acquire) <= number; looks++) {
          looks < 4000 ? pause() : std::this_thread::yield();
        }
      }
    }
  }
};

#endif

#if defined(__APPLE__)

bool run_together(const Phase *, int64_t) { return false; }

#else

bool run_together(const Phase *phases, int64_t count) {
  if (!entry() || !team_size()) return false;
  Team team{phases, count};
  entry()([](void *team) { static_cast<Team *>(team)->run(team_size()()); }, &team, 0, 0);
  return true;
}

#endif

}  // namespace

void run_phases(const Phase *phases, int64_t count) {
  if (at::get_num_threads() > 1 && !at::in_parallel_region() && run_together(phases, count)) return;
  for (int64_t number = 0; number < count; number++) {
    run_in_parallel(phases[number].count, phases[number].grain, phases[number].run, phases[number].body);
  }
}

void run_in_parallel(int64_t count, int64_t grain, Piece piece, const void *body) {
  if (count <= 0) return;
  grain = std::max<int64_t>(1, grain);
  auto threads = std::min<int64_t>(at::get_num_threads(), (count + grain - 1) / grain);
  if (threads <= 1 || at::in_parallel_region()) {
    piece(body, 0, count);
    return;
  }
  Work work{count, grain, threads, piece, body};
  spread(work, threads);
}

}  // namespace ctorch
