#include "Guard.hpp"

using namespace ctorch;

ct_tensor ct_sum_all(ct_tensor self) {
  return guarded([&] { return unbox(self).sum(); });
}
ct_tensor ct_mean_all(ct_tensor self) {
  return guarded([&] { return unbox(self).mean(); });
}
ct_tensor ct_sum(ct_tensor self, int64_t dimension, bool keep) {
  return guarded([&] { return unbox(self).sum(dimension, keep); });
}
ct_tensor ct_mean(ct_tensor self, int64_t dimension, bool keep) {
  return guarded([&] { return unbox(self).mean(dimension, keep); });
}
ct_tensor ct_amax(ct_tensor self, int64_t dimension, bool keep) {
  return guarded([&] { return unbox(self).amax(dimension, keep); });
}
ct_tensor ct_amin(ct_tensor self, int64_t dimension, bool keep) {
  return guarded([&] { return unbox(self).amin(dimension, keep); });
}
ct_tensor ct_argmax(ct_tensor self, int64_t dimension, bool keep) {
  return guarded([&] { return unbox(self).argmax(dimension, keep); });
}
ct_tensor ct_all(ct_tensor self) {
  return guarded([&] { return unbox(self).all(); });
}
ct_tensor ct_any(ct_tensor self) {
  return guarded([&] { return unbox(self).any(); });
}
ct_tensor ct_cumulative_sum(ct_tensor self, int64_t dimension) {
  return guarded([&] { return unbox(self).cumsum(dimension); });
}
ct_tensor ct_log_sum_exp(ct_tensor self, int64_t dimension, bool keep) {
  return guarded([&] { return unbox(self).logsumexp(dimension, keep); });
}
ct_tensor ct_softmax(ct_tensor self, int64_t dimension) {
  return guarded([&] { return unbox(self).softmax(dimension); });
}
ct_tensor ct_log_softmax(ct_tensor self, int64_t dimension) {
  return guarded([&] { return unbox(self).log_softmax(dimension); });
}
int ct_top_k(ct_tensor self, int64_t k, int64_t dimension, bool sorted, ct_tensor *values, ct_tensor *indices) {
  return status([&] {
    auto [best, places] = unbox(self).topk(k, dimension, true, sorted);
    *values = box(best);
    *indices = box(places);
  });
}
int ct_sort(ct_tensor self, int64_t dimension, bool descending, ct_tensor *values, ct_tensor *indices) {
  return status([&] {
    auto [ordered, places] = unbox(self).sort(/*stable=*/true, dimension, descending);
    *values = box(ordered);
    *indices = box(places);
  });
}
