// Which vector instructions this process may use, found once.
#pragma once

namespace ctorch {

struct Features {
  bool avx2 = false;         // AVX2 and FMA
  bool avx512 = false;       // AVX-512 F, BW, DQ, VL
  bool avx512_bf16 = false;
  bool avx512_vnni = false;
  bool neon = false;
};

Features find_features();

inline const Features &features() {
  static const Features found = find_features();
  return found;
}

}  // namespace ctorch
