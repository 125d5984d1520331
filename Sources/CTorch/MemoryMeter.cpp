// What the tensors of one thread take while they are watched: libtorch's allocator tells of each block by itself.
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <memory>
#include <mutex>
#include <vector>

#include "Guard.hpp"

using namespace ctorch;

namespace {

class Meter final : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void *, int64_t size, size_t, size_t, c10::Device device) override {
    if (!device.is_cpu()) return;
    // Backward passes may free blocks on threads of their own.
    std::lock_guard<std::mutex> lock(mutex);
    level += size;
    levels.push_back(level);
  }
  bool memoryProfilingEnabled() const override { return true; }

  std::mutex mutex;
  int64_t level = 0;
  std::vector<int64_t> levels;
};

thread_local std::shared_ptr<Meter> meter;
thread_local std::unique_ptr<c10::DebugInfoGuard> guard;

}  // namespace

int ct_meter_begin(void) {
  return status([&] {
    guard.reset();
    meter = std::make_shared<Meter>();
    guard = std::make_unique<c10::DebugInfoGuard>(c10::DebugInfoKind::PROFILER_STATE, meter);
  });
}
size_t ct_meter_count(void) { return meter ? meter->levels.size() : 0; }
void ct_meter_end(int64_t *levels) {
  guard.reset();
  if (meter) std::copy(meter->levels.begin(), meter->levels.end(), levels);
  meter.reset();
}
