#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { SUMS = 12 };

/// Sixteen weights are widened for the twelve sums that the registers hold.
uint64_t linnet_s8_peak_12x8c2__avx2(size_t rounds, int8_t activation, int8_t weight, int32_t *sum) {
  __m256i sums[SUMS];
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
  __m256i x = _mm256_set1_epi16(activation);
  __m128i w = _mm_set1_epi8(weight);
  for (size_t round = 0; round < rounds; round++) {
    __asm__("" : "+x"(w));  // no instruction: another w as far as the compiler knows, and below another x
    const __m256i wide = _mm256_cvtepi8_epi16(w);
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      __asm__("" : "+x"(x));
      sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(x, wide));
    }
  }
  __m256i total = sums[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < SUMS; i++) total = _mm256_add_epi32(total, sums[i]);
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
  half = _mm_hadd_epi32(half, half);
  *sum = _mm_cvtsi128_si32(_mm_hadd_epi32(half, half));
  return (uint64_t)rounds * SUMS * 16;
}

#pragma clang attribute pop

#endif
