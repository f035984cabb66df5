#if defined(__x86_64__)

#include <immintrin.h>

#include "linnet_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

enum { SUMS = 12 };

uint64_t linnet_s8_peak_12x8c4__avxvnni(size_t rounds, int8_t activation, int8_t weight, int32_t *sum) {
  __m256i sums[SUMS];
#pragma clang loop unroll(full)
  for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
  __m256i x = _mm256_set1_epi8(activation), w = _mm256_set1_epi8(weight);
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) {
      __asm__("" : "+x"(x));  // no instruction: another x as far as the compiler knows
      sums[i] = _mm256_dpbusd_avx_epi32(sums[i], x, w);
    }
  }
  __m256i total = sums[0];
#pragma clang loop unroll(full)
  for (int i = 1; i < SUMS; i++) total = _mm256_add_epi32(total, sums[i]);
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
  half = _mm_hadd_epi32(half, half);
  *sum = _mm_cvtsi128_si32(_mm_hadd_epi32(half, half));
  return (uint64_t)rounds * SUMS * 32;
}

#pragma clang attribute pop

#endif
