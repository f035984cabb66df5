#if defined(__x86_64__)

#include <smmintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)

enum { SUMS = 12 };

/// Eight weights are widened for the twelve sums that the registers hold.
uint64_t linnet_s8_peak_12x4c2__sse41(size_t rounds, int8_t activation, int8_t weight, int32_t *sum) {
  __m128i sums[SUMS];
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS; i++) sums[i] = _mm_setzero_si128();
  __m128i x = _mm_set1_epi16(activation), w = _mm_set1_epi8(weight);
  for (size_t round = 0; round < rounds; round++) {
    __asm__("" : "+x"(w));  // no instruction: another w as far as the compiler knows, and below another x
    const __m128i wide = _mm_cvtepi8_epi16(w);
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      __asm__("" : "+x"(x));
      sums[i] = _mm_add_epi32(sums[i], _mm_madd_epi16(x, wide));
    }
  }
  __m128i total = sums[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < SUMS; i++) total = _mm_add_epi32(total, sums[i]);
  total = _mm_hadd_epi32(total, total);
  *sum = _mm_cvtsi128_si32(_mm_hadd_epi32(total, total));
  return (uint64_t)rounds * SUMS * 8;
}

#pragma clang attribute pop

#endif
