#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

enum { SUMS = 24 };

uint64_t linnet_s8_peak_24x16c4__avx512vnni(size_t rounds, int8_t activation, int8_t weight, int32_t *sum) {
  __m512i sums[SUMS];
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS; i++) sums[i] = _mm512_setzero_si512();
  __m512i x = _mm512_set1_epi8(activation), w = _mm512_set1_epi8(weight);
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      __asm__("" : "+v"(x));  // no instruction: another x as far as the compiler knows
      sums[i] = _mm512_dpbusd_epi32(sums[i], x, w);
    }
  }
  __m512i total = sums[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < SUMS; i++) total = _mm512_add_epi32(total, sums[i]);
  *sum = _mm512_reduce_add_epi32(total);
  return (uint64_t)rounds * SUMS * 64;
}

#pragma clang attribute pop

#endif
