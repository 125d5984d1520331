// How a kernel's text is compiled for several instruction sets and the best one chosen where the program runs:
//
//   namespace ctorch {
//   ORCHARD_AVX512_BEGIN
//   #define ORCHARD_LANES 16 … #include "SomeBody.hpp" … #undef ORCHARD_LANES
//   ORCHARD_TARGET_END
//   }
//
// Compiler flags cannot do this: they would go to whole files, and packages that others depend on may carry none.
#pragma once

#define ORCHARD_TARGET(names) \
  _Pragma(ORCHARD_TEXT(clang attribute push(__attribute__((target(names))), apply_to = function)))
#define ORCHARD_TEXT(text) #text
#define ORCHARD_AVX512_BEGIN ORCHARD_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma") namespace avx512 {
#define ORCHARD_AVX512_BF16_BEGIN \
  ORCHARD_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma") namespace avx512_bf16 {
#define ORCHARD_AVX2_BEGIN ORCHARD_TARGET("avx2,fma") namespace avx2 {
#define ORCHARD_TARGET_END } _Pragma("clang attribute pop")
