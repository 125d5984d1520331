#include "Features.hpp"

#include <string>

#include "../Guard.hpp"

namespace ctorch {

Features find_features() {
  Features features;
#if defined(__x86_64__)
  __builtin_cpu_init();
  features.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  features.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  features.avx512_bf16 = features.avx512 && __builtin_cpu_supports("avx512bf16");
  features.avx512_vnni = features.avx512 && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
  features.neon = true;
#endif
  return features;
}

}  // namespace ctorch

const char *ct_cpu_features(void) {
  static const std::string text = [] {
    const auto &features = ctorch::features();
    std::string text = features.avx512 ? "avx512" : features.avx2 ? "avx2" : features.neon ? "neon" : "plain";
    if (features.avx512_bf16) text += " bf16";
    if (features.avx512_vnni) text += " vnni";
    return text;
  }();
  return text.c_str();
}
